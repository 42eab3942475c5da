import { describe, expect, it } from 'vitest';
import { type CompletionInput, ROLE } from './completion.ts';
import { temper } from './temper.ts';

const [WIDTH, HEIGHT] = [96, 72];
const WALL = 180;
const FLOOR = 60;

/** A wall with a hole, and a floor far from it. */
function room(guide?: number): CompletionInput {
  const rgb = new Uint8Array(3 * WIDTH * HEIGHT);
  const role = new Uint8Array(WIDTH * HEIGHT).fill(ROLE.source);
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i++) {
      rgb.fill(y < 60 ? WALL : FLOOR, 3 * i, 3 * i + 3);
      if (x >= 36 && x < 60 && y >= 16 && y < 40) role[i] = ROLE.unknown;
    }
  }
  const input = { width: WIDTH, height: HEIGHT, rgb, role };
  return guide === undefined
    ? input
    : { ...input, guide: { width: 4, height: 3, rgb: new Float32Array(36).fill(guide / 255) } };
}

/** What the middle of the hole shows when all of it is copied from `dy` rows below. */
function middle(input: CompletionInput, dy: number, misfit: number, copiedFrom = 0): number {
  const { role, rgb } = input;
  const offsets = Int16Array.from({ length: 2 * role.length }, (_, k) =>
    role[k >> 1] || !(k & 1) || (k >> 1) % WIDTH < copiedFrom ? 0 : dy,
  );
  const rim = Uint8Array.from(role, (each) => (each === ROLE.unknown ? misfit : 0));
  const work = temper(input, offsets, new Int8Array(3 * role.length), rim);
  for (let step = work.next(); ; step = work.next()) {
    const at = 28 * WIDTH + 48;
    if (step.done) return rgb[3 * (at + dy * WIDTH)]! + step.value[3 * at]!;
  }
}

describe('temper', () => {
  it('keeps a copy that agrees with what is expected, however badly its rim fits', () => {
    expect(middle(room(), 24, 40)).toBeCloseTo(WALL, -1);
  });

  it('gives a copy up that is another surface, and whose rim does not fit', () => {
    expect(middle(room(), 33, 40)).toBeGreaterThan(WALL - 10);
  });

  it('keeps a copy that explains its rim to the level, whatever is expected', () => {
    expect(middle(room(), 33, 1)).toBeLessThan(FLOOR + 15);
  });

  it('keeps a copy beside what has none', () => {
    expect(middle(room(60), 24, 40, 48)).toBeCloseTo(WALL, -1);
  });

  it('keeps a copy that goes on along its row, though the mean beside a pillar is another', () => {
    const input = room();
    for (let y = 0, i = 0; y < HEIGHT; y++) {
      // Two thirds of the rim are dark: below, above and to the right of the hole.
      for (let x = 0; x < WIDTH; x++, i++) if (x >= 36) input.rgb.fill(FLOOR, 3 * i, 3 * i + 3);
    }
    const left = (mark: number) => {
      const { role, rgb } = input;
      const offsets = Int16Array.from({ length: 2 * role.length }, (_, k) => (role[k >> 1] || k & 1 ? 0 : -26));
      const rim = Uint8Array.from(role, (each) => (each === ROLE.unknown ? 40 : 0));
      const work = temper(input, offsets, new Int8Array(3 * role.length), rim);
      for (let step = work.next(); ; step = work.next()) {
        const at = 28 * WIDTH + mark;
        if (step.done) return rgb[3 * (at - 26)]! + step.value[3 * at]!;
      }
    };
    expect(left(40)).toBeGreaterThan(WALL - 25);
  });

  it('shows the mean of push-pull and the guide instead', () => {
    expect(middle(room(100), 33, 40)).toBeCloseTo((WALL + 100) / 2, -1);
  });
});
