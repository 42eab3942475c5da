import { describe, expect, it } from 'vitest';
import { createThumbnail } from '../../vision/thumbnail.ts';
import { PersonEvidence } from './person-evidence.ts';

const SIZE = 40;

/** Somebody fills the picture for a second; then the share of them that is recognized in the next frame. */
function recognized(noise: number, measured: number): number {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 3.46 * noise;
  };
  const frame = createThumbnail(SIZE, SIZE);
  const shoot = () => {
    for (let i = 0; i < SIZE * SIZE; i++) {
      frame.luma[i] = 90 + random();
      frame.cb[i] = 120 + random();
      frame.cr[i] = 150 + random();
    }
    frame.noise = measured;
  };
  const people = new PersonEvidence(SIZE, SIZE);
  const sure = new Float32Array(SIZE * SIZE).fill(0.95);
  const hole = new Uint8Array(SIZE * SIZE).fill(1);
  for (let n = 0; n < 30; n++) {
    shoot();
    people.note(frame, sure, hole, n / 30, 1 / 30);
  }
  shoot();
  let same = 0;
  for (let i = 0; i < SIZE * SIZE; i++) if (people.isSame(frame, i)) same++;
  return same / (SIZE * SIZE);
}

describe('PersonEvidence', () => {
  it.each([0.5, 2, 4])('recognizes what was surely somebody, through a noise of %d', (noise) => {
    expect(recognized(noise, noise)).toBeGreaterThan(0.99);
  });

  it('would not, were the noise not measured', () => {
    expect(recognized(4, 0)).toBeLessThan(0.9);
  });
});
