import { ease, mix, noise } from './sdf.ts';
import type { Pose, Root } from './skeleton.ts';

/** The room is empty for so long at the start: time to learn what is behind. */
export const EMPTY_SECONDS = 2;

/** The scene starts again after so many seconds. */
export const LOOP_SECONDS = 35;

interface Mark {
  /** Seconds. */
  readonly at: number;
  /** Metres right of the middle, and from the camera. */
  readonly x: number;
  readonly distance: number;
  readonly heading: number;
}

/** In from the right, stand, come close, talk, and out to the left; the room is empty before and after. */
const MARKS: readonly Mark[] = [
  { at: EMPTY_SECONDS, x: 3.1, distance: 3.0, heading: -1.5 },
  { at: 5.3, x: 0.4, distance: 3.05, heading: -1.4 },
  { at: 6.3, x: 0.3, distance: 3.0, heading: 0.05 },
  { at: 9.6, x: 0.3, distance: 3.0, heading: 0.1 },
  { at: 12.6, x: -0.1, distance: 1.54, heading: -0.1 },
  { at: 24.5, x: 0.06, distance: 1.5, heading: 0.08 },
  { at: 25.8, x: -0.05, distance: 1.6, heading: -2.5 },
  { at: 28.8, x: -0.75, distance: 2.9, heading: -2.3 },
  { at: 29.6, x: -1.0, distance: 3.0, heading: -1.57 },
  { at: 32.6, x: -3.3, distance: 3.0, heading: -1.57 },
];

interface Place {
  readonly x: number;
  readonly distance: number;
  readonly heading: number;
  /** Metres walked so far: the steps follow it, so that feet do not slide. */
  readonly walked: number;
}

/** Where the figure is at `time` seconds into the loop; undefined while it is out of the room. */
export function place(time: number): Place | undefined {
  const t = ((time % LOOP_SECONDS) + LOOP_SECONDS) % LOOP_SECONDS;
  let walked = 0;
  for (let i = 1; i < MARKS.length; i++) {
    const from = MARKS[i - 1]!;
    const to = MARKS[i]!;
    const length = Math.hypot(to.x - from.x, to.distance - from.distance);
    if (t < from.at) return undefined;
    if (t <= to.at) {
      const u = ease((t - from.at) / (to.at - from.at));
      // Headings turn early, as people look before they go.
      const turn = ease((t - from.at) / Math.min(1.1, to.at - from.at));
      return {
        x: mix(from.x, to.x, u),
        distance: mix(from.distance, to.distance, u),
        heading: mix(from.heading, to.heading, turn),
        walked: walked + length * u,
      };
    }
    walked += length;
  }
  return undefined;
}

/** Metres of two steps. */
const STRIDE = 1.3;

/** The figure's root and bone angles; undefined while it is out of the room. */
export function motion(time: number): { root: Root; pose: Pose } | undefined {
  const here = place(time);
  if (!here) return undefined;
  const before = place(time - 0.1) ?? here;
  const after = place(time + 0.1) ?? here;
  const speed = Math.abs(after.walked - before.walked) / 0.2;
  const go = ease(speed / 0.7);
  const step = (here.walked / STRIDE) * 2 * Math.PI;
  const still = 1 - go;
  const sway = noise(time * 0.55, 0, 0) * still;
  const nod = noise(time * 0.9, 7, 0);
  const talk = ease((time % LOOP_SECONDS) - 6) * still;

  const pose: Record<string, [number, number, number]> = {
    pelvis: [0.02, 0.1 * Math.sin(step) * go, 0.03 * Math.cos(step) * go + 0.045 * sway],
    spine: [0.02 + 0.012 * Math.sin(time * 1.5), -0.1 * Math.sin(step) * go, -0.05 * sway],
    chest: [0.015 * Math.sin(time * 1.5), -0.12 * Math.sin(step) * go + 0.1 * noise(time * 0.4, 3, 0) * still, 0],
    neck: [0.03, 0.1 * noise(time * 0.5, 9, 0), 0.04 * noise(time * 0.6, 11, 0)],
    head: [0.06 * nod, 0.3 * noise(time * 0.5, 5, 0), 0.06 * noise(time * 0.6, 13, 0)],
  };
  for (const side of [1, -1] as const) {
    const tag = side > 0 ? 'R' : 'L';
    const swing = Math.sin(step + (side > 0 ? 0 : Math.PI));
    const leg = -0.42 * swing * go;
    const lift = Math.max(0, Math.cos(step + (side > 0 ? 0 : Math.PI)));
    const knee = 0.12 * go + 0.75 * lift * lift * go;
    pose[`thigh${tag}`] = [leg - knee * 0.3, 0, 0.015 * side - 0.045 * sway];
    pose[`shin${tag}`] = [knee, 0, 0];
    pose[`foot${tag}`] = [-0.2 * knee + 0.12 * swing * go, 0, 0];

    // Gestures come and go, each hand by itself.
    const beat = noise(time * 0.45, side * 20, 0);
    const raise = talk * ease(0.45 + beat * 1.3);
    const wave = noise(time * 1.5, side * 30, 0) * raise;
    const flex = 0.22 + 0.28 * go + 1.45 * raise + 0.35 * wave;
    pose[`arm${tag}`] = [
      0.38 * swing * go - 0.35 * raise - 0.15 * wave,
      -0.35 * side * raise,
      side * (-0.43 + 0.12 * raise),
    ];
    pose[`forearm${tag}`] = [-0.84 * flex, side * (-0.54 * flex - 0.25 * raise), side * 0.25 * wave];
    pose[`hand${tag}`] = [-0.2 * raise + 0.3 * wave, side * 0.4 * raise, side * 0.15 * wave];
  }
  const lift = -0.022 * go * (0.5 + 0.5 * Math.cos(2 * step)) - 0.004;
  return { root: { x: here.x + 0.012 * sway, distance: here.distance, lift, heading: here.heading }, pose };
}
