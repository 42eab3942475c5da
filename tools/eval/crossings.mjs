/**
 * Composites of two people who cross: `Crossing` of test/browser/page/crossing.ts.
 * @typedef {import('../../test/browser/page/crossing.ts').Crossing} Crossing
 */

/** @type {Omit<Crossing, 'name' | 'main' | 'bystander'>} */
const USUAL = {
  room: 'eval/walkers/warm-1/truth',
  from: 0,
  count: 100,
  mainHeight: 380,
  bystanderHeight: 330,
  mainTop: 57,
  bystanderTop: 92,
  inFront: false,
  fromRight: false,
  rests: false,
  roams: 10,
  mainSways: 0,
  bystanderSways: 0,
  frames: 120,
};
const SWAYING = { mainSways: 10, bystanderSways: 24 };
const OTHER_ROOM = { room: 'eval/walkers/cold-2/truth' };
const QUICKLY = { fromRight: true, frames: 75 };
const TABLE = {
  room: 'eval/webcam/bottles/frames',
  from: 37,
  count: 18,
  mainHeight: 560,
  mainTop: 40,
  bystanderHeight: 400,
  bystanderTop: 50,
};

/** @type {(name: string, main: string, bystander: string, options?: Partial<Crossing>) => Crossing} */
const crossing = (name, main, bystander, options) => ({ ...USUAL, ...options, name, main, bystander });

/** Weights and limits of `src/segmentation/modes/bystanders` were chosen on these. */
export const TUNED = [
  crossing('skirt-behind', '00017', '00009', SWAYING),
  crossing('skirt-before', '00017', '00009', { ...SWAYING, inFront: true }),
  crossing('jacket-behind', '00034', '00045'),
  crossing('jacket-before', '00034', '00045', { ...SWAYING, inFront: true }),
  crossing('both-in-black-behind', '00021', '00001', SWAYING),
  crossing('both-in-black-before', '00021', '00001', { inFront: true }),
  crossing('roaming', '00054', '00026', { ...SWAYING, roams: 40 }),
  crossing('rests-behind', '00003', '00049', { ...SWAYING, rests: true }),
  crossing('coat-before', '00007', '00056', { inFront: true }),
  crossing('coat-before-swaying', '00007', '00056', {
    ...SWAYING,
    inFront: true,
    bystanderHeight: 360,
    bystanderTop: 72,
  }),
  crossing('coat-behind', '00007', '00056', SWAYING),
];

/** Others that limits were chosen on later: the tuned ones' people in scenes like those that are held out. */
export const TUNED_LATER = [
  crossing('rests-before', '00054', '00026', { ...SWAYING, inFront: true, rests: true, roams: 25 }),
  crossing('rests-before-jacket', '00034', '00009', { ...SWAYING, inFront: true, rests: true, roams: 25 }),
  crossing('at-a-table', '00003', '00045', { ...SWAYING, ...TABLE }),
  crossing('quickly-behind', '00007', '00001', { ...OTHER_ROOM, ...SWAYING, ...QUICKLY }),
];

/** Nothing was chosen on these: other people, and mostly another room or another distance. */
export const HELD_OUT = [
  crossing('held-out-behind', '00025', '00039', { ...OTHER_ROOM, ...SWAYING }),
  crossing('held-out-before-from-the-right', '00044', '00036', {
    ...OTHER_ROOM,
    ...SWAYING,
    inFront: true,
    fromRight: true,
  }),
  crossing('held-out-rests-before', '00057', '00015', { ...SWAYING, inFront: true, rests: true, roams: 25 }),
  crossing('held-out-quickly-behind', '00059', '00042', { ...OTHER_ROOM, ...SWAYING, ...QUICKLY }),
  crossing('held-out-at-a-table', '00020', '00048', { ...SWAYING, ...TABLE }),
];

export const CROSSINGS = [...TUNED, ...TUNED_LATER, ...HELD_OUT];

/** Share of the picture from which on a bystander counts: less is a sleeve at its edge. */
const COUNTS = 0.0009;

/**
 * What one composite, or all of several, shows.
 * @param {readonly import('../../test/browser/page/bystanders.ts').Seen[]} seen
 */
export function figuresOf(seen) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const frames = seen.filter(({ size }) => size > COUNTS);
  const percentile = (key, share) => {
    const values = frames.map((frame) => frame[key]).sort((a, b) => a - b);
    return values[Math.floor(share * values.length)];
  };
  return {
    frames: frames.length,
    together: seen.filter(({ together }) => together).length,
    kept: sum(seen.map(({ kept, main }) => kept * main)) / sum(seen.map(({ main }) => main)),
    median: percentile('covered', 0.5),
    p5: percentile('covered', 0.05),
    p1: percentile('covered', 0.01),
    headP5: percentile('head', 0.05),
    head: percentile('head', 0.01),
  };
}
