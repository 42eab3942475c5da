import { beforeEach, describe, expect, it } from 'vitest';
import type { Rect } from '../../../geometry.ts';
import { HOLE, type Mask } from '../../../mask.ts';
import { type Picture, pictureBytes, wrapPicture } from '../../../picture.ts';
import { PickedMaskSource, type TargetStatus } from './mask-source.ts';

const WIDTH = 320;
const HEIGHT = 240;
type Colour = readonly [number, number, number];
const RED: Colour = [190, 40, 40];
const BLUE: Colour = [40, 60, 190];
const HAND: Colour = [215, 170, 140];

interface Thing extends Rect {
  readonly colour: Colour;
}

/** A wall with some texture, noise, and objects before it. */
function picture(objects: readonly Thing[], light = 1, grain = 1): Picture {
  const data = new Uint8Array(pictureBytes('RGBA', WIDTH, HEIGHT));
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += 4) {
      const object = objects.findLast((each) => isIn(each, x, y));
      const noise = grain * (((x * 7919 + y * 104729) % 7) - 3);
      const wall = 120 + 14 * Math.sin(x / 17) + 10 * Math.cos(y / 11);
      const [r, g, b] = object?.colour ?? [wall, wall, wall - 8];
      data.set([light * r + noise, light * g + noise, light * b + noise, 255], i);
    }
  }
  return wrapPicture('RGBA', WIDTH, HEIGHT, data);
}

function isIn({ x, y, width, height }: Rect, u: number, v: number): boolean {
  return u >= x && v >= y && u < x + width && v < y + height;
}

/** Share of a part of the picture that is hole. */
function hidden({ width, height, data }: Mask, rect: Rect): number {
  let [n, all] = [0, 0];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      if (!isIn(rect, x, y)) continue;
      all++;
      if (data[Math.floor((y * height) / HEIGHT) * width + Math.floor((x * width) / WIDTH)]! >= HOLE) n++;
    }
  }
  return n / all;
}

const cup: Thing = { x: 60, y: 100, width: 40, height: 60, colour: RED };
const other: Thing = { ...cup, x: 220 };
const middle = ({ x, y, width, height }: Rect) => ({ x: (x + width / 2) / WIDTH, y: (y + height / 2) / HEIGHT });
const pick = (object: Rect, id = 'cup') => ({ id, pick: { point: middle(object) } });
const EVERYTHING = { x: 0, y: 0, width: WIDTH, height: HEIGHT };

describe('PickedMaskSource', { timeout: 60_000 }, () => {
  let source: PickedMaskSource;
  let told: (readonly TargetStatus[])[];
  let frame: number;

  beforeEach(() => {
    told = [];
    frame = 0;
    source = new PickedMaskSource((targets) => told.push(targets));
  });

  const show = (...objects: Thing[]) => source.segment(picture(objects), (++frame * 1e6) / 30);
  const state = (id = 'cup') => source.targets.find((each) => each.id === id)?.state;
  async function showFor(frames: number, ...objects: Thing[]) {
    for (let t = 0; t < frames - 1; t++) await show(...objects);
    return show(...objects);
  }

  it.each([
    ['a point on it', { point: middle(cup) }],
    ['a box round it', { box: { x: 50 / WIDTH, y: 90 / HEIGHT, width: 60 / WIDTH, height: 80 / HEIGHT } }],
    [
      'a stroke over it',
      {
        stroke: [
          { x: 70 / WIDTH, y: 110 / HEIGHT },
          { x: 90 / WIDTH, y: 150 / HEIGHT },
        ],
      },
    ],
  ])('hides the thing that %s means, from the first frame on, and not its like', async (_, way) => {
    source.setTargets([{ id: 'cup', pick: way }]);
    for (let t = 0; t < 10; t++) {
      const { hole, confidence } = await show(cup, other);
      expect(confidence).toBe(1);
      expect(hidden(hole, cup)).toBe(1);
      expect(hidden(hole, other)).toBe(0);
      expect(hidden(hole, EVERYTHING)).toBeLessThan(0.12);
    }
    expect(state()).toBe('held');
    const { x, y, width, height } = source.targets[0]!.box!;
    expect([x * WIDTH, y * HEIGHT, width * WIDTH, height * HEIGHT].map(Math.round)).toEqual([60, 100, 40, 60]);
  });

  it('has the plate forget what was picked, once', async () => {
    source.setTargets([]);
    expect(hidden((await showFor(20, cup, other)).hole, EVERYTHING)).toBe(0);
    source.setTargets([pick(cup)]);
    const { forget, hole } = await show(cup, other);
    expect(hidden(forget!, cup)).toBe(1);
    for (let i = 0; i < hole.data.length; i++) if (hole.data[i]! >= HOLE) expect(forget!.data[i]).toBe(255);
    expect((await show(cup, other)).forget).toBeUndefined();
  });

  it('finds one pick a frame, behind the cover until it has all, and then has the plate forget them all', async () => {
    source.setTargets([]);
    await showFor(5, cup, other);
    source.setTargets([pick(cup), pick(other, 'other')]);
    const first = await show(cup, other);
    expect([first.confidence, hidden(first.hole, EVERYTHING), first.forget]).toEqual([0, 1, undefined]);
    expect([state(), state('other')]).toEqual(['held', 'covered']);
    const { confidence, hole, forget } = await show(cup, other);
    expect([confidence, hidden(hole, cup), hidden(hole, other)]).toEqual([1, 1, 1]);
    expect([hidden(forget!, cup), hidden(forget!, other)]).toEqual([1, 1]);
    expect(state('other')).toBe('held');
  });

  it('finds what was put there after the room was known by its difference, and forgets nothing of the room', async () => {
    source.setTargets([]);
    await showFor(20, other);
    await showFor(5, cup, other);
    source.setTargets([pick(cup)]);
    const { forget, hole } = await show(cup, other);
    expect(forget).toBeUndefined();
    expect([hidden(hole, cup), hidden(hole, other)]).toEqual([1, 0]);
    const away: Thing = { ...cup, x: 130 };
    for (let x = cup.x; x < away.x; x += 5)
      expect(hidden((await show({ ...cup, x }, other)).hole, { ...cup, x })).toBe(1);
    const after = await showFor(15, away, other);
    expect([hidden(after.hole, away), hidden(after.hole, cup)]).toEqual([1, 0]);
  });

  it('follows it as it moves, hides it in every frame, and shows the place where it was', async () => {
    source.setTargets([pick(cup)]);
    await showFor(15, cup, other);
    let at = cup;
    for (let t = 0; t < 12; t++) {
      at = { ...at, x: at.x + 5, y: at.y - 3 };
      expect(hidden((await show(at, other)).hole, at), `frame ${t} of the way`).toBe(1);
    }
    const { hole } = await showFor(20, at, other);
    expect(hidden(hole, at)).toBe(1);
    expect(hidden(hole, { ...cup, width: 15 })).toBe(0);
    expect(state()).toBe('held');
  });

  it('hides it when it was carried out and comes back elsewhere, from the first frame that shows it', async () => {
    source.setTargets([pick(cup)]);
    await showFor(15, cup);
    const carried = (y: number): Thing[] => [
      { ...cup, y },
      { x: cup.x + 10, y: 0, width: 20, height: Math.max(0, y + 10), colour: HAND },
    ];
    for (let y = cup.y; y > -70; y -= 10) {
      const { hole } = await show(...carried(y));
      if (y > -40) expect(hidden(hole, { ...cup, y: Math.max(0, y), height: 60 + Math.min(0, y) }), `at ${y}`).toBe(1);
    }
    await showFor(60);
    expect(state()).toBe('lost');
    const back: Thing = { ...cup, x: 150 };
    for (let y = -50; y < back.y; y += 10) {
      const { hole } = await show({ ...back, y });
      if (y > -40) expect(hidden(hole, { ...back, y: Math.max(0, y), height: 60 + Math.min(0, y) }), `at ${y}`).toBe(1);
    }
    expect(hidden((await showFor(30, back)).hole, back)).toBe(1);
    expect(state()).toBe('held');
  });

  it('shows a stranger that comes in while it is lost, once it was compared', async () => {
    source.setTargets([pick(cup)]);
    await showFor(15, cup);
    await showFor(60);
    expect(state()).toBe('lost');
    const stranger: Thing = { ...cup, x: 180, colour: BLUE };
    expect(hidden((await show(stranger)).hole, stranger)).toBeGreaterThan(0.9);
    expect(hidden((await showFor(30, stranger)).hole, stranger)).toBe(0);
  });

  it('adds, lists and drops', async () => {
    source.setTargets([pick(cup)]);
    await showFor(10, cup, other);
    source.setTargets([pick(cup), pick(other, 'other')]);
    expect(source.targets.map(({ id, state }) => [id, state])).toEqual([
      ['cup', 'held'],
      ['other', 'covered'],
    ]);
    const { hole } = await show(cup, other);
    expect([hidden(hole, cup), hidden(hole, other)]).toEqual([1, 1]);
    source.setTargets([pick(other, 'other')]);
    const after = await show(cup, other);
    expect([hidden(after.hole, cup), hidden(after.hole, other)]).toEqual([0, 1]);
    expect(told.at(-1)!.map(({ id, state }) => [id, state])).toEqual([['other', 'held']]);
  });

  it('covers everything once the picture is another one, until the target is dropped or picked anew', async () => {
    source.setTargets([pick(cup)]);
    await showFor(5, cup);
    source.reset();
    expect(source.targets[0]).toMatchObject({
      state: 'lost',
      reason: expect.stringContaining('pick it again or drop it'),
    });
    expect((await show(cup)).confidence).toBe(0);
    source.setTargets([pick(cup), pick(other, 'other')]);
    expect((await show(cup, other)).confidence).toBe(0);
    source.setTargets([pick(cup, 'again')]);
    const { hole, confidence } = await show(cup);
    expect([confidence, hidden(hole, cup)]).toEqual([1, 1]);
  });

  it('covers everything from the start where the picks are of frames that it has not seen', async () => {
    source.setTargets([pick(cup)], true);
    expect((await show(cup)).confidence).toBe(0);
    expect(state()).toBe('lost');
  });

  it('covers everything while it is too dark to pick, and picks in the first frame that can be seen', async () => {
    source.setTargets([pick(cup)]);
    const dark = await source.segment(picture([cup], 0.03), ++frame);
    expect(dark.confidence).toBeLessThan(0.5);
    expect(source.targets[0]).toMatchObject({ state: 'covered', reason: expect.stringContaining('not picked yet') });
    expect(hidden((await show(cup)).hole, cup)).toBe(1);
  });

  it('takes a disc round the pick where no outline is to be seen', async () => {
    source.setTargets([{ id: 'wall', pick: { point: { x: 0.5, y: 0.5 } } }]);
    const { hole } = await source.segment(picture([{ ...EVERYTHING, colour: [120, 120, 120] }], 1, 0.4), 1);
    expect(hidden(hole, { x: 140, y: 100, width: 40, height: 40 })).toBe(1);
    expect(hidden(hole, EVERYTHING)).toBeLessThan(0.35);
  });
});
