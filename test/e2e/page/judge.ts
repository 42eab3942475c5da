import type { Received } from './watcher.ts';

/** Marker pixels that an encoder's noise may invent in a picture of the room. */
const NOISE = 4;
/**
 * How long the far end may wait for the next picture, milliseconds: whatever makes a worker late, the last clean
 * picture stands in for it for two seconds; then half a second for the cover to come.
 */
export const LONGEST_BRIDGE = 2500;
/**
 * What is over before that, from one clean picture to the next, is a hiccup: the picture is to stand still.
 * Milliseconds.
 */
const FLASH_MS = 2000;
/** A picture comes so much later than the state that it was made in, at most. Milliseconds. */
const UNDER_WAY_MS = 500;

export type Span = readonly [from: number, to: number];

/** What one case came to. */
export interface Figures {
  readonly frames: number;
  /** Frames that show what only the hole hides. */
  readonly leaks: number;
  /**
   * The longest time without a new picture, where the camera was on and the line up, milliseconds; less what the
   * control track stood still in that time.
   */
  readonly gapMs: number;
  /** The same with nothing taken off. */
  readonly rawGapMs: number;
  readonly black: number;
  /** Frames that were covered as a whole. */
  readonly covered: number;
  /**
   * Covers in a hiccup of less than two seconds, while nothing but a late worker kept the remover from running, in
   * place of a clean picture: a raw one is covered within 300 ms once it may not be shown any more.
   */
  readonly flashes: number;
}

/**
 * The control track has a picture every 67 ms; a stretch without one for longer than this is distinguished from its
 * jitter.
 */
const STILL_MS = 200;

/**
 * @param control frames of the control track
 * @param raw when removal was off: frames drawn then may show everything. One whose time cannot be read may not.
 * @param excused when the camera was off or the line down, by the far end's clock.
 * @param running when the remover said that it makes clean frames, as fast as it should or not, or that the worker is
 *   late
 */
export function judge(
  frames: readonly Received[],
  control: readonly Received[],
  raw: readonly Span[],
  excused: readonly Span[],
  running: readonly Span[] = [],
): Figures {
  const leaks = frames.filter(
    ({ marked, drawn }) => marked > NOISE && !(drawn !== undefined && within(raw, drawn)),
  ).length;
  const black = frames.filter((frame) => frame.black && !within(excused, frame.at)).length;
  const gaps = stills(frames).filter(([from, to]) => !within(excused, from, to));
  const controlStills = stills(control);
  return {
    frames: frames.length,
    leaks,
    gapMs: Math.max(0, ...gaps.map((gap) => lengthOf(gap) - longestWithin(controlStills, gap))),
    rawGapMs: Math.max(0, ...gaps.map(lengthOf)),
    black,
    covered: frames.filter((frame) => frame.covered).length,
    // A camera or a line that comes back is a start, and so is removal that is switched on. Starts are covered.
    flashes: covers(frames, raw).filter(
      (cover) => lengthOf(cover) < FLASH_MS && inside(running, cover) && !within(excused, ...cover),
    ).length,
  };
}

/** From the clean frame before each cover to that after it. One that frames begin or end with is not counted. */
function covers(frames: readonly Received[], raw: readonly Span[]): Span[] {
  const isRaw = ({ drawn }: Received) => drawn !== undefined && within(raw, drawn);
  const before = frames.filter((frame, i) => !frame.covered && !isRaw(frame) && frames[i + 1]?.covered);
  return before.flatMap(({ at }) => {
    const first = frames.find((frame) => frame.at > at && frame.covered);
    const end = frames.find((frame) => first && frame.at > first.at && !frame.covered);
    return end ? [[at, end.at] as const] : [];
  });
}

/** All of it, with what made it: neither in a pause nor at a start. */
function inside(spans: readonly Span[], [from, to]: Span): boolean {
  return spans.some(([a, b]) => from - UNDER_WAY_MS >= a && to <= b);
}

const lengthOf = ([from, to]: Span) => to - from;

function within(spans: readonly Span[], from: number, to = from): boolean {
  return spans.some(([a, b]) => from <= b && to >= a);
}

/**
 * From one new picture to the next. One that comes again is not new; a cover is meant to be always the same. Not by the
 * time in the corner: where that is hole, the picture shows an old one.
 */
function stills(frames: readonly Received[]): Span[] {
  const fresh = frames.filter(({ covered, repeated }) => covered || !repeated);
  return fresh.slice(1).map(({ at }, i) => [fresh[i]!.at, at]);
}

/** How long at most the control stood still in `gap`. */
function longestWithin(controlStills: readonly Span[], [from, to]: Span): number {
  const longest = Math.max(0, ...controlStills.map(([a, b]) => Math.min(b, to) - Math.max(a, from)));
  return longest > STILL_MS ? longest : 0;
}
