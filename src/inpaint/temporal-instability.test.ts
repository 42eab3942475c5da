import { describe, expect, it } from 'vitest';
import { unchanged } from './exposure.ts';
import { SampleGrid } from './sample-grid.ts';
import { TemporalInstability } from './temporal-instability.ts';

const LIGHT = [unchanged(), unchanged(), unchanged()];
const [LEFT, RIGHT, TOP, BOTTOM] = [20, 40, 16, 30];

/** A place in the picture, by points; the rest is a wall that never changes. */
class Place {
  readonly grid = new SampleGrid('I420', 192, 144);
  readonly instability = new TemporalInstability(this.grid);

  constructor() {
    this.grid.count.fill(20);
    this.grid.visible.fill(1);
    for (const channel of [...this.grid.plate, ...this.grid.frame]) channel.fill(100);
  }

  #each(use: (point: number, row: number) => void): void {
    for (let j = TOP; j < BOTTOM; j++) for (let k = LEFT; k < RIGHT; k++) use(j * this.grid.width + k, j);
  }

  /** Frames in which the place is that far from the plate. */
  look(...levels: number[]): void {
    for (const level of levels) {
      this.#each((i) => {
        this.grid.frame[0][i] = 100 + level;
      });
      this.instability.update(this.grid, LIGHT);
    }
  }

  /**
   * Hides the lower half, with the upper one that far from the plate; the largest share of the fill in what is hidden.
   */
  hide(level: number): number {
    const middle = (TOP + BOTTOM) / 2;
    this.#each((i, row) => {
      this.grid.frame[0][i] = 100 + level;
      this.grid.visible[i] = row < middle ? 1 : 0;
    });
    this.instability.update(this.grid, LIGHT);
    let most = 0;
    this.#each((i, row) => {
      const [x, y] = [(i % this.grid.width) >> 1, row >> 1];
      if (row >= middle) most = Math.max(most, this.instability.share[y * this.instability.width + x]!);
    });
    expect(this.instability.active).toBe(most > 0);
    return most;
  }
}

const frames = (n: number, level: (t: number) => number) => Array.from({ length: n }, (_, t) => level(t));

describe('the share of the fill', () => {
  it('is large where nothing ever held still, and larger with something else beside it now', () => {
    const [near, far] = [new Place(), new Place()];
    for (const each of [near, far]) each.look(...frames(60, (t) => (t % 8 < 4 ? 50 : -50)));
    const [calm, changed] = [near.hide(0), far.hide(60)];
    expect(calm).toBeGreaterThan(0.5);
    expect(changed).toBeGreaterThan(calm + 0.1);
    expect(changed).toBeLessThan(1);
  });

  it.each([
    ['always held still', frames(60, () => 0)],
    ['only shimmered', frames(60, (t) => (t % 2 ? 9 : -9))],
    ['held still, until a hand went past that the mask missed', [...frames(60, () => 0), ...frames(10, () => 80)]],
    ['moved, and has held still since', [...frames(60, (t) => (t % 8 < 4 ? 50 : -50)), ...frames(150, () => 0)]],
  ])('is none where it %s, whatever is beside it now', (_what, levels) => {
    const place = new Place();
    place.look(...levels);
    expect(place.hide(60)).toBe(0);
  });

  it('is none where something new has taken the place of something old', () => {
    const place = new Place();
    place.look(...frames(60, () => 0), ...frames(44, () => 80));
    // The plate believes it: it knows another value, and starts to count anew.
    place.grid.plate[0].forEach((v, i) => {
      if (place.grid.frame[0][i] !== v) place.grid.count[i] = 1;
    });
    place.look(...frames(46, () => 0));
    expect(place.hide(60)).toBe(0);
  });

  it('is none where nothing is known, and is forgotten with the picture', () => {
    const place = new Place();
    place.look(...frames(60, (t) => (t % 8 < 4 ? 50 : -50)));
    place.instability.reset();
    expect(place.hide(60)).toBe(0);
    const unknown = new Place();
    unknown.look(...frames(60, (t) => (t % 8 < 4 ? 50 : -50)));
    unknown.grid.count.fill(0);
    expect(unknown.hide(60)).toBe(0);
  });
});
