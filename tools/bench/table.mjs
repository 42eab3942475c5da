/** Milliseconds a frame of the fake camera takes. */
const FRAME_MS = 1000 / 30;

export const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** How a row is called: that of the other build of a pair says so. */
const nameOf = ({ variant, build }) => (build === 'pair' ? `${variant} (pair)` : variant);

/** One row a variant and size: the means over the rounds; long tasks are summed. */
function summarise(results) {
  const rows = new Map();
  for (const result of results) {
    const key = `${result.size} ${nameOf(result)}`;
    rows.set(key, [...(rows.get(key) ?? []), result]);
  }
  return [...rows.values()].map((rounds) => {
    const of = (pick) => mean(rounds.map(pick));
    return {
      size: rounds[0].size,
      variant: nameOf(rounds[0]),
      fps: of((each) => each.fps),
      distinct: of((each) => each.distinct / each.seconds),
      p50: of((each) => each.latencyMs.p50),
      p95: of((each) => each.latencyMs.p95),
      busy: of((each) => each.mainBusy),
      longTasks: rounds.reduce((sum, each) => sum + each.longTasks.count, 0),
      longest: Math.max(...rounds.map((each) => each.longTasks.longestMs)),
      cpu: of((each) => each.cpuPerSecond),
      memory: of((each) => each.memoryMb.all.end ?? Number.NaN),
      growth: of((each) => each.memoryMb.all.end - each.memoryMb.all.start),
      agreed: of((each) => each.timecodes.agreed / Math.max(1, each.timecodes.read)),
    };
  });
}

const COLUMNS = [
  ['size', (row) => row.size],
  ['variant', (row) => row.variant],
  ['fps', (row) => row.fps.toFixed(1)],
  ['distinct/s', (row) => row.distinct.toFixed(1)],
  ['latency p50', (row) => `${row.p50.toFixed(1)} ms`],
  ['p95', (row) => `${row.p95.toFixed(1)} ms`],
  ['p95 - nothing', (row, { nothing }) => nothing && `${signed((row.p95 - nothing.p95) / FRAME_MS)} frames`],
  ['fps / blur', (row, { bestBlur }) => bestBlur && (row.fps / bestBlur.fps).toFixed(2)],
  ['main busy', (row) => `${(row.busy * 100).toFixed(1)} %`],
  ['long tasks', (row) => (row.longTasks ? `${row.longTasks} (${row.longest.toFixed(0)} ms)` : '0')],
  ['CPU s/s', (row) => row.cpu.toFixed(2)],
  ['CPU / camera', (row, { camera }) => camera && (row.cpu / camera.cpu).toFixed(2)],
  // What a frame costs beyond the camera itself: the figure that a busy machine changes least.
  [
    'CPU a frame',
    (row, { camera }) => camera && `${(Math.max(0, (row.cpu - camera.cpu) / row.fps) * 1000).toFixed(0)} ms`,
  ],
  [
    'CPU a frame / people',
    (row, { camera, people }) =>
      camera && people && ((row.cpu - camera.cpu) / row.fps / ((people.cpu - camera.cpu) / people.fps)).toFixed(2),
  ],
  ['memory', (row) => (Number.isNaN(row.memory) ? '-' : `${row.memory.toFixed(0)} MB (${signed(row.growth)})`)],
  ['timecodes', (row) => `${(row.agreed * 100).toFixed(0)} %`],
];

const signed = (value) => `${value < 0 ? '' : '+'}${value.toFixed(1)}`;

/** The table of ratios, as Markdown. Variants are compared at the same size only: those ran in one Chromium. */
export function table(results) {
  const rows = summarise(results);
  const cells = rows.map((row) => {
    const peers = rows.filter(({ size }) => size === row.size);
    const peer = (name) => peers.find(({ variant }) => variant === name);
    const blurs = peers.filter(({ variant }) => variant.startsWith('blur')).sort((a, b) => b.fps - a.fps);
    const context = { camera: peer('camera'), nothing: peer('nothing'), people: peer('people'), bestBlur: blurs[0] };
    return COLUMNS.map(([, cell]) => cell(row, context) ?? '-');
  });
  return markdown([COLUMNS.map(([name]) => name), ...cells]);
}

export function markdown(lines) {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const format = (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [head, ...body] = lines;
  return [format(head), format(widths.map((width) => '-'.repeat(width))), ...body.map(format)].join('\n');
}

/** What the build costs against the other one of a pair, round by round: the mean of the ratios, and their spread. */
export function pairTable(results) {
  const groups = new Map();
  for (const result of results.filter(({ build }) => build)) {
    const key = `${result.size} ${result.variant}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const body = [...groups.values()].map((rounds) => {
    const [{ size, variant }] = rounds;
    const cameras = results.filter((each) => each.size === size && each.variant === 'camera');
    const camera = cameras.length ? mean(cameras.map(({ cpuPerSecond }) => cpuPerSecond)) : 0;
    const own = rounds.filter(({ build }) => build === 'clean-plate');
    const other = own.map(({ round }) => rounds.find((each) => each.build === 'pair' && each.round === round));
    const spread = (of) => {
      const values = own.map((each, i) => of(each, other[i]));
      return `${mean(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
    };
    const ratio = (pick) => spread((a, b) => pick(a) / pick(b));
    const periods = (pick) => spread((a, b) => (pick(a) - pick(b)) / FRAME_MS);
    return [
      size,
      variant,
      ratio(({ fps }) => fps),
      ratio(({ cpuPerSecond, fps }) => (cpuPerSecond - camera) / fps),
      periods(({ latencyMs }) => latencyMs.p50),
      periods(({ latencyMs }) => latencyMs.p95),
      ratio(({ memoryMb }) => memoryMb.all.end ?? Number.NaN),
    ];
  });
  return markdown([
    [
      'size',
      'variant',
      'fps / pair',
      'CPU a frame / pair',
      'p50 - pair, periods',
      'p95 - pair, periods',
      'memory / pair',
    ],
    ...body,
  ]);
}

/** CPU seconds a second by thread, of what was measured last at each size. */
export function threadTable(results) {
  const last = new Map(results.map((result) => [`${result.size} ${nameOf(result)}`, result]));
  const names = [...new Set([...last.values()].flatMap(({ threads }) => Object.keys(threads)))];
  const keys = [...last.keys()];
  const share = (name) => keys.map((key) => (last.get(key).threads[name] ?? 0).toFixed(2));
  return markdown([['CPU s/s by thread', ...keys], ...names.map((name) => [name, ...share(name)])]);
}
