const SCORES = {
  psnr: 2,
  ssim: 4,
  hole: 2,
  seen: 2,
  never: 2,
  feat: 3,
  flicker: 2,
  texture: 3,
  hf: 2,
  outline: 2,
};
const MASKS = { recall: 3, p1: 3, head: 3, shadow: 3, excess: 3, jitter: 3 };
const CROSSINGS = { kept: 3, median: 3, p5: 3, p1: 3, head: 3 };
const HARDSHIPS = { recall: 3, least: 3, heads: 3, excess: 2, hole: 3, raw: 0, covered: 2, doubt: 2, changes: 1 };
const NAMES = {
  'push-pull': '**ours**, push-pull',
  completed: '**ours**, as in a call',
  network: '**ours**, network',
  live: '**ours**, network as it can',
};

const cells = (row, columns) => Object.entries(columns).map(([key, digits]) => row[key]?.toFixed(digits) ?? '–');

function markdown(header, rows) {
  const all = [header, header.map(() => '---'), ...rows];
  return all.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Means over clips, as the scorer takes them: clips without such a pixel are left out of that column. */
function meanOf(rows) {
  return Object.fromEntries(
    Object.keys(SCORES).map((key) => {
      const values = rows.map((row) => row[key]).filter((value) => value != null);
      return [key, values.length ? values.reduce((a, b) => a + b) / values.length : undefined];
    }),
  );
}

/** The published rows of a set, if there are any, and ours: means over clips, in the columns that any row has. */
export function setTable(set, rows, published = [], clips = 0) {
  const ours = Object.keys(NAMES).flatMap((fill) => {
    const mine = rows.filter((row) => row.set === set && row.fill === fill);
    if (!mine.length) return [];
    const part = mine.length < clips ? `, ${mine.length} of ${clips} clips: not comparable` : '';
    return [{ ...meanOf(mine), method: NAMES[fill] + part }];
  });
  const all = [...published, ...ours];
  const columns = Object.fromEntries(Object.entries(SCORES).filter(([key]) => all.some((row) => row[key] != null)));
  return markdown(
    [set, ...Object.keys(columns)],
    all.map((row) => [row.method, ...cells(row, columns)]),
  );
}

export function clipTable(rows) {
  return markdown(
    ['clip', 'fill', ...Object.keys(SCORES), 'ms'],
    rows.map((row) => [`${row.set}/${row.clip}`, row.fill, ...cells(row, { ...SCORES, ms: 0 })]),
  );
}

export function maskTable(rows) {
  return markdown(
    ['clip', 'masks', ...Object.keys(MASKS)],
    rows.map((row) => [row.clip, row.masks, ...cells(row, MASKS)]),
  );
}

export function hardshipTable(rows) {
  return markdown(
    [
      'hardship',
      'clip',
      'recall',
      'worst frame',
      'heads missed',
      'excess',
      'hole',
      'raw frames',
      'covered',
      'in doubt',
      'changes a second',
    ],
    rows.map((row) => [row.name, row.clip, ...cells(row, HARDSHIPS)]),
  );
}

const KIND_FIGURES = { least: 3, heads: 3, excess: 2, covered: 2 };

/** The kinds of hardships: the worst frame's recall, then means, then what was wanted and what was measured. */
export function kindTable(rows) {
  return markdown(
    ['hardship', 'recall', 'heads', 'excess', 'covered', 'wanted: measured'],
    rows.map((row) => [row.kind, ...cells(row, KIND_FIGURES), row.holds]),
  );
}

/**
 * Composites of two people: the main one's pixels that are kept; the share of the other one's that is covered, by
 * frame.
 */
export function crossingTable(rows) {
  return markdown(
    ['composite', 'kept', 'covered, median', 'p5', 'p1', 'head, p1'],
    rows.map((row) => [row.name, ...cells(row, CROSSINGS)]),
  );
}

/** A remembered room: what the clip came to with it and without, from the eleventh frame on. */
export function roomTable(rows) {
  const digits = (value, n) => (typeof value === 'number' ? value.toFixed(n) : '–');
  return markdown(
    [
      'room',
      'of',
      'given to',
      'hole',
      'without',
      'flicker',
      'without',
      'feat',
      'without',
      'shown',
      'search, ms',
      'on show after, s',
    ],
    rows.map(({ room, of, clip, without, hole, flicker, feat, shown, onShow, search }) => [
      ...[room, of, clip],
      ...[digits(hole, 2), digits(without.hole, 2), digits(flicker, 2), digits(without.flicker, 2)],
      ...[digits(feat, 3), digits(without.feat, 3), digits(shown, 2), digits(search, 0), digits(onShow, 1)],
    ]),
  );
}

/** Milliseconds a frame for the mask as parts are added; the ratio is to MediaPipe's one run over the whole frame. */
export function costTable(costs, plain) {
  const digits = (value) => value?.toFixed(1) ?? '–';
  const rows = Object.entries(costs).map(([stage, { segment, 'segment.settle': settle, ...ms }]) => [
    stage,
    ...['segment.shrink', 'segment.infer', 'segment.refine'].map((key) => digits(ms[key]?.p50)),
    digits(settle?.p50),
    digits(segment.p50 + (settle?.p50 ?? 0)),
    digits(segment.p95),
    ((segment.p50 + (settle?.p50 ?? 0)) / plain).toFixed(2),
  ]);
  return markdown(
    [
      '640x480, ms',
      'thumbnail',
      'MediaPipe',
      'refiner',
      'learning',
      'all',
      'p95 before the frame is out',
      'all / MediaPipe',
    ],
    rows,
  );
}
