import { beforeEach, describe, expect, it } from 'vitest';
import { createThumbnail } from '../../vision/thumbnail.ts';
import { AppearanceModel } from './appearance-model.ts';

const WIDTH = 48;
const HEIGHT = 40;
const SIZE = WIDTH * HEIGHT;

const at = (x: number, y: number) => y * WIDTH + x;

/** Somebody 12 x 20 with a texture, before an even wall. */
function show(left: number, top: number) {
  const frame = createThumbnail(WIDTH, HEIGHT);
  frame.luma.fill(200);
  frame.cb.fill(128);
  frame.cr.fill(128);
  const person = new Uint8Array(SIZE);
  for (let v = 0; v < 20; v++) {
    for (let u = 0; u < 12; u++) {
      const i = at(left + u, top + v);
      person[i] = 1;
      frame.luma[i] = 40 + ((u * 37 + v * 53 + u * v * 7) % 100);
    }
  }
  return { frame, person, probability: Float32Array.from(person, (each) => each * 0.9) };
}

function learn(appearance: AppearanceModel, { frame, person, probability }: ReturnType<typeof show>, time = 0): void {
  appearance.update(frame, probability, (i) => person[i] === 1, person, time);
}

describe('AppearanceModel', () => {
  let appearance: AppearanceModel;

  beforeEach(() => {
    appearance = new AppearanceModel(WIDTH, HEIGHT);
    learn(appearance, show(15, 10));
  });

  it('follows the main person by up to four pixels', () => {
    const { frame, person } = show(18, 8);
    expect(appearance.follow(frame, () => true)).toEqual({ dx: 3, dy: -2 });
    expect(appearance.inside).toEqual(person);
    for (const i of [at(18, 8), at(25, 20)]) expect(appearance.at(frame, i)).toBe(0);
  });

  it('takes along what is hidden of them when they move by less than a pixel a frame', () => {
    const person = Uint8Array.from({ length: SIZE }, (_, i) => (i % WIDTH >= 8 && i % WIDTH < 38 ? 1 : 0));
    const probability = Float32Array.from(person);
    const soft = (left: number) => {
      const frame = createThumbnail(WIDTH, HEIGHT);
      for (let i = 0; i < SIZE; i++) {
        const [x, y] = [(i % WIDTH) - left, Math.floor(i / WIDTH)];
        frame.luma[i] = 120 + 30 * Math.sin(x / 2) + 30 * Math.sin(y / 3 + x / 5);
      }
      return { frame, person, probability };
    };
    appearance.forget();
    learn(appearance, soft(0));
    // The upper half is seen and learnt again each time; the lower half is hidden.
    const upper = (i: number) => appearance.inside[i] === 1 && i < at(0, 20);
    for (let n = 1; n <= 12; n++) {
      const { frame } = soft(n / 4);
      appearance.follow(frame, upper);
      appearance.update(frame, probability, upper, new Uint8Array(SIZE).fill(1), n / 20);
    }
    expect(appearance.inside.indexOf(1, at(0, 30))).toBe(at(11, 30));
    expect(appearance.at(soft(3).frame, at(22, 30))).toBeLessThan(8);
  });

  it('is not held back by the background beside them, which was taken for them once', () => {
    appearance.forget();
    const wall = (left: number) => {
      const shown = show(left, 10);
      for (let i = 0; i < SIZE; i++) if (!shown.person[i]) shown.frame.luma[i] = 100 + ((i * 7919) % 97);
      return shown;
    };
    const { frame, person, probability } = wall(15);
    appearance.update(
      frame,
      probability.map((each) => each || 0.2),
      () => true,
      person,
      0,
    );
    expect(appearance.follow(wall(18).frame, () => true)).toEqual({ dx: 3, dy: 0 });
  });

  it('says how much a pixel differs from what they show there, and infinitely where they are not', () => {
    const { frame } = show(15, 10);
    frame.luma[at(20, 20)]! += 30;
    expect(appearance.at(frame, at(20, 20))).toBeCloseTo(30);
    expect(appearance.at(frame, at(5, 5))).toBe(Number.POSITIVE_INFINITY);
  });

  it('finds a part of them that moved on its own, but nobody else beside them', () => {
    const { frame: moved } = show(17, 10);
    expect(appearance.match(moved, at(20, 20))).toBe(0);
    const { frame } = show(15, 10);
    frame.luma.fill(250);
    expect(appearance.match(frame, at(20, 20))).toBeGreaterThan(100);
    expect(appearance.match(frame, at(40, 20))).toBe(Number.POSITIVE_INFINITY);
  });

  it('remembers for twenty seconds what somebody hides, and no longer', () => {
    const { frame, probability } = show(15, 10);
    const everybody = new Uint8Array(SIZE).fill(1);
    frame.luma.fill(10);
    appearance.update(frame, probability, () => false, everybody, 19);
    expect(appearance.inside[at(20, 20)]).toBe(1);
    appearance.update(frame, probability, () => false, everybody, 21);
    expect(appearance.inside).not.toContain(1);
  });

  it('gives up at once what shows that nobody is there', () => {
    const { frame, probability } = show(15, 10);
    frame.luma.fill(200);
    appearance.update(frame, probability, () => false, new Uint8Array(SIZE), 0.1);
    expect(appearance.inside).not.toContain(1);
  });

  it('grows by the pixels given as theirs where a probability would be of both', () => {
    const { frame, person } = show(15, 10);
    appearance.update(frame, undefined, (i) => person[i] === 1 || i === at(14, 15), person, 0.1);
    expect(appearance.inside[at(14, 15)]).toBe(1);
    expect(appearance.certainty[at(14, 15)]).toBeLessThan(appearance.certainty[at(15, 15)]!);
  });
});
