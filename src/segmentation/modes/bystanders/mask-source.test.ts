import { describe, expect, it } from 'vitest';
import type { PicturePoint } from '../../../geometry.ts';
import { HOLE, type Mask } from '../../../mask.ts';
import { wrapPicture } from '../../../picture.ts';
import { createThumbnail, type Thumbnail } from '../../vision/thumbnail.ts';
import type { PeopleSource } from '../people-source.ts';
import { BystanderMaskSource } from './mask-source.ts';

const WIDTH = 128;
const HEIGHT = 96;

interface Figure {
  readonly x: number;
  readonly width: number;
  readonly height?: number;
  /** Of its texture. */
  readonly seed: number;
}

/** People who stand on the lower edge, the first one at the back, on a grid as large as the picture. */
class FakePeople implements PeopleSource {
  figures: readonly Figure[] = [];
  /** Columns of a table that MediaPipe takes for a person, while the background is known to look like this. */
  table: { readonly from: number; readonly to: number } | undefined;
  /** Columns beside the figures that MediaPipe does not quite rule out. */
  halo = 0;
  /** Luma of the wall. */
  wall = 180;
  resets = 0;
  closes = 0;
  settles = 0;
  readonly frame: Thumbnail = createThumbnail(WIDTH, HEIGHT);
  readonly probability = new Float32Array(WIDTH * HEIGHT);
  /** Which figure is seen at a pixel, from 1. */
  readonly who = new Uint8Array(WIDTH * HEIGHT);
  readonly #hole = new Uint8Array(WIDTH * HEIGHT);

  readonly difference = {
    score: new Float32Array(WIDTH * HEIGHT),
    shade: new Uint8Array(WIDTH * HEIGHT),
    lit: new Uint8Array(WIDTH * HEIGHT),
  };

  get seen() {
    return { frame: this.frame, probability: this.probability, difference: this.difference };
  }

  async segment() {
    this.who.fill(0);
    this.frame.luma.fill(this.wall);
    this.frame.cb.fill(128);
    this.frame.cr.fill(128);
    this.figures.forEach(({ x, width, height = 70, seed }, n) => {
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          const px = Math.round(x) + u;
          if (px < 0 || px >= WIDTH) continue;
          const i = (HEIGHT - 1 - v) * WIDTH + px;
          this.who[i] = n + 1;
          const grain = ((u * 31 + v * 17 + u * v * seed) * 7919) % 40;
          this.frame.luma[i] = 40 + 30 * seed + grain;
          this.frame.cb[i] = 128 + 18 * (seed - 2) + (grain % 5);
          this.frame.cr[i] = 128 - 15 * (seed - 2);
        }
      }
    });
    for (let i = 0; i < this.who.length; i++) {
      const x = i % WIDTH;
      const { from, to } = this.table ?? { from: WIDTH, to: 0 };
      const table = !this.who[i] && x >= from && x <= to;
      const beside =
        this.halo > 0 && this.who.subarray(i - Math.min(x, this.halo), i + this.halo + 1).some((who) => who > 0);
      this.probability[i] = this.who[i] || table ? 0.9 : beside ? 0.2 : 0;
      this.difference.score[i] = table ? 0.5 : 0;
      this.#hole[i] = this.probability[i]! > 0 ? 255 : 0;
    }
    return { hole: { width: WIDTH, height: HEIGHT, data: this.#hole }, confidence: 1 };
  }

  settle() {
    this.settles++;
  }

  reset() {
    this.resets++;
  }

  close() {
    this.closes++;
  }
}

const PICTURE = wrapPicture('RGBA', WIDTH, HEIGHT, new Uint8Array(WIDTH * HEIGHT * 4));

function create(named?: PicturePoint) {
  const people = new FakePeople();
  const source = new BystanderMaskSource(people, named);
  let time = 0;
  const show = async (...figures: Figure[]) => {
    people.figures = figures;
    time += 50_000;
    const { hole, keep } = await source.segment(PICTURE, time);
    /** Share of a figure's visible pixels in a mask; NaN where there are few. */
    const share = (mask: Mask, n: number) => {
      let [inside, all] = [0, 0];
      people.who.forEach((who, i) => {
        if (who !== n) return;
        all++;
        if (mask.data[i]! >= HOLE) inside++;
      });
      return all >= 100 ? inside / all : Number.NaN;
    };
    return {
      hole: figures.map((_, n) => share(hole, n + 1)),
      keep: figures.map((_, n) => share(keep!, n + 1)),
      empty: !keep!.data.some((value) => value > 0),
    };
  };
  return { people, source, show };
}

const MAIN = { x: 50, width: 30, height: 80, seed: 1 };
const VISITOR = { x: 5, width: 20, seed: 3 };

describe('BystanderMaskSource', () => {
  it('keeps the largest, most central person and covers the others', async () => {
    const { show } = create();
    const { hole, keep } = await show(VISITOR, MAIN);
    expect(hole).toEqual([1, 0]);
    expect(keep).toEqual([0, 1]);
  });

  it('keeps whom the app names, and nobody until there is somebody at that point', async () => {
    const { show } = create({ x: 0.1, y: 0.9 });
    expect((await show(MAIN)).empty).toBe(true);
    const { hole, keep } = await show(MAIN, VISITOR);
    expect(hole).toEqual([1, 0]);
    expect(keep).toEqual([0, 1]);
  });

  it.each([
    ['behind', false],
    ['in front', true],
  ])('covers somebody who crosses %s of the main person in every frame, and keeps most of them', async (_, inFront) => {
    const { show } = create();
    const [v, m] = inFront ? [1, 0] : [0, 1];
    let kept = 0;
    let count = 0;
    for (let x = -20; x < WIDTH; x += 2) {
      const visitor = { ...VISITOR, x };
      const main = { ...MAIN, x: MAIN.x + Math.round(2 * Math.sin(x / 6)) };
      const { hole } = await show(...(inFront ? [main, visitor] : [visitor, main]));
      // A sliver of somebody is nobody.
      if (hole[v]! >= 0) expect(hole[v], `visitor at ${x}`).toBeGreaterThan(0.9);
      if (!(hole[m]! >= 0)) continue;
      kept += 1 - hole[m]!;
      count++;
    }
    expect(kept / count).toBeGreaterThan(0.95);
  });

  it('goes on with the main person when somebody larger comes, for some seconds at least', async () => {
    const { show } = create();
    await show(MAIN);
    const giant = { x: 84, width: 44, height: 94, seed: 4 };
    for (let n = 0; n < 40; n++) expect((await show(MAIN, giant)).hole).toEqual([0, 1]);
  });

  it('covers everybody while the main person is gone, and finds them again by their appearance', async () => {
    const { show } = create();
    for (let n = 0; n < 20; n++) await show(VISITOR, MAIN);
    for (let n = 0; n < 40; n++) expect((await show(VISITOR)).hole).toEqual([1]);
    expect((await show(VISITOR, { ...MAIN, x: 70 })).hole).toEqual([1, 0]);
  });

  it('takes somebody else when the main person has been gone for long', async () => {
    const { show } = create();
    await show(VISITOR, MAIN);
    for (let n = 0; n < 90; n++) expect((await show(VISITOR)).hole).toEqual([1]);
    for (let n = 0; n < 20; n++) await show(VISITOR);
    expect((await show(VISITOR)).hole).toEqual([0]);
  });

  it('separates two people by the known room between them, whatever MediaPipe takes a table for', async () => {
    const { people, show } = create();
    people.table = { from: 20, to: 60 };
    for (let n = 0; n < 5; n++) expect((await show(VISITOR, MAIN)).hole).toEqual([1, 0]);
  });

  it('does not take somebody for the main person whom MediaPipe finds where they themselves were hardly found', async () => {
    const { people, show } = create();
    people.halo = 6;
    for (let n = 0; n < 10; n++) {
      people.wall = n % 2 ? 180 : 195;
      await show(MAIN);
    }
    people.wall = 195;
    expect((await show({ ...VISITOR, x: 28 }, MAIN)).hole[0]).toBeGreaterThan(0.99);
  });

  it('passes on what it is asked', async () => {
    const { people, source, show } = create();
    await show(MAIN);
    source.settle();
    source.reset();
    source.close();
    expect([people.settles, people.resets, people.closes]).toEqual([1, 1, 1]);
  });
});
