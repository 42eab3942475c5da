import { beforeEach, describe, expect, it } from 'vitest';
import { createThumbnail, type Thumbnail } from '../../vision/thumbnail.ts';
import { AppearanceModel } from './appearance-model.ts';
import { MAIN, NOBODY, OTHER } from './owners.ts';
import { PatchMatcher } from './patch-matcher.ts';
import { type ClassifierInput, PixelClassifier } from './pixel-classifier.ts';

const WIDTH = 64;
const HEIGHT = 48;
const SIZE = WIDTH * HEIGHT;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const MAIN_BOX: Box = { x: 24, y: 8, w: 16, h: 40 };
const HIS_CORE: Box = { x: 25, y: 9, w: 13, h: 38 };

function fill(frame: Thumbnail, { x, y, w, h }: Box, level: number): void {
  for (let v = y; v < y + h; v++) {
    for (let u = x; u < x + w; u++) {
      const i = v * WIDTH + u;
      frame.luma[i] = level + ((u * 37 + v * 53) % 12);
      frame.cb[i] = 128;
      frame.cr[i] = 128;
    }
  }
}

function inBox(i: number, { x, y, w, h }: Box): boolean {
  const u = i % WIDTH;
  const v = (i - u) / WIDTH;
  return u >= x && u < x + w && v >= y && v < y + h;
}

interface Options {
  readonly hardlySeen?: boolean;
  /** How sure it is that they are where they are. */
  readonly certainty?: number;
  /** What was hardly taken for them. */
  readonly rim?: Box;
}

/**
 * The main person alone, as the last frame and their appearance model know them, then a frame in which `other` is seen
 * before or beside them.
 */
function divide(
  classifier: PixelClassifier,
  other: Box,
  level: number,
  touching: boolean,
  others?: Box,
  options: Options = {},
) {
  const last = createThumbnail(WIDTH, HEIGHT);
  fill(last, { x: 0, y: 0, w: WIDTH, h: HEIGHT }, 220);
  fill(last, MAIN_BOX, 60);
  const theirs = Uint8Array.from({ length: SIZE }, (_, i) => (inBox(i, MAIN_BOX) ? 1 : 0));
  const appearance = new AppearanceModel(WIDTH, HEIGHT);
  const inRim = (i: number) => options.rim !== undefined && inBox(i, options.rim);
  const certainty = Float32Array.from(theirs, (mine, i) => (inRim(i) ? 0.2 : mine * (options.certainty ?? 1)));
  appearance.update(last, certainty, (i) => theirs[i] === 1 || inRim(i), theirs, 0);
  const matcher = new PatchMatcher(WIDTH, HEIGHT);
  if (others) fill(last, others, level);
  matcher.remember(last);
  const frame = createThumbnail(WIDTH, HEIGHT);
  fill(frame, { x: 0, y: 0, w: WIDTH, h: HEIGHT }, 220);
  fill(frame, MAIN_BOX, 60);
  fill(frame, other, level);
  const body = theirs.map((mine, i) => (mine || inBox(i, other) ? 1 : 0));
  const owners = body.map((each) => (each ? MAIN : NOBODY));
  const known: ClassifierInput = {
    appearance,
    matcher,
    last: theirs.map((mine) => (mine ? MAIN : NOBODY)),
    others: Uint8Array.from({ length: SIZE }, (_, i) => (others && inBox(i, others) ? 1 : 0)),
    body,
    touching,
    hardlySeen: options.hardlySeen ?? false,
    colour: () => 0,
  };
  classifier.divide(frame, owners, known);
  const share = (box: Box, owner: number) => {
    let [found, all] = [0, 0];
    owners.forEach((each, i) => {
      if (!inBox(i, box)) return;
      all++;
      if (each === owner) found++;
    });
    return found / all;
  };
  return { share, owners, body };
}

describe('PixelClassifier', () => {
  let classifier: PixelClassifier;

  beforeEach(() => {
    classifier = new PixelClassifier(WIDTH, HEIGHT);
  });

  it('gives away a small part of somebody who comes out from behind, in the frame in which it comes', () => {
    const head = { x: 40, y: 10, w: 4, h: 5 };
    const { share } = divide(classifier, head, 140, true);
    expect(share(head, OTHER)).toBe(1);
    expect(share({ ...MAIN_BOX, w: 15 }, MAIN)).toBe(1);
  });

  it('keeps the main person whole when they are as they were', () => {
    const { share, owners } = divide(classifier, { ...MAIN_BOX, w: 0 }, 140, true);
    expect(share(MAIN_BOX, MAIN)).toBe(1);
    expect(owners).not.toContain(OTHER);
  });

  it('gives away somebody who passes before the main person, by what they looked like in the last frame', () => {
    const before = { x: 21, y: 12, w: 8, h: 36 };
    const { share } = divide(classifier, { ...before, x: 24 }, 140, true, before);
    // But for a corner where they meet the wall.
    expect(share({ ...before, x: 25, w: 6 }, OTHER)).toBeGreaterThan(0.99);
    expect(share({ x: 34, y: 8, w: 6, h: 40 }, MAIN)).toBe(1);
  });

  it('leaves a single pixel that looks strange to whom it is surrounded by', () => {
    const { owners } = divide(classifier, { x: 30, y: 20, w: 1, h: 1 }, 75, true);
    expect(owners).not.toContain(OTHER);
  });

  it('rather leaves a gap in the main person than a patch of somebody else as high as faces are', () => {
    const high = { x: 30, y: 12, w: 3, h: 3 };
    const low = { ...high, y: 36 };
    expect(divide(classifier, high, 140, true).share(high, OTHER)).toBeGreaterThan(0.7);
    expect(divide(classifier, low, 140, true).share(low, OTHER)).toBe(0);
  });

  it('lets them move freely where nobody else can be', () => {
    const arm = { x: 26, y: 24, w: 10, h: 6 };
    expect(divide(classifier, arm, 140, false).share(arm, MAIN)).toBe(1);
    expect(divide(classifier, arm, 140, true).share(arm, MAIN)).toBeLessThan(0.5);
  });

  it('gives away what changed in their rim, as it does when they get wider, while most of somebody is hidden', () => {
    const rim = { x: 40, y: 16, w: 6, h: 24 };
    const inner = { x: 42, y: 20, w: 2, h: 16 };
    const share = (hardlySeen: boolean) => divide(classifier, rim, 205, true, undefined, { rim, hardlySeen }).share;
    expect(share(false)(inner, MAIN)).toBeGreaterThan(0.9);
    expect(share(true)(inner, OTHER)).toBeGreaterThan(0.9);
    expect(share(true)(HIS_CORE, MAIN)).toBe(1);
  });

  it('gives a doubtful rim to somebody else, or only as high as faces are', () => {
    const beside = { x: 40, y: 8, w: 8, h: 40 };
    const rims = (facesAlone: boolean) => {
      const { owners, body } = divide(classifier, beside, 75, true, beside, { certainty: 0.3 });
      const before = Uint8Array.from(owners);
      classifier.giveRims(owners, body, facesAlone);
      const given: number[] = [];
      owners.forEach((owner, i) => {
        if (owner !== before[i]) given.push(Math.floor(i / WIDTH));
      });
      return given;
    };
    const high = rims(true);
    expect(high.length).toBeGreaterThan(0);
    expect(Math.max(...high)).toBeLessThan(8 + 0.35 * 40);
    expect(rims(false).length).toBeGreaterThan(high.length);
  });

  it('says what may become part of the appearance model: what looks like them, less strictly where they are', () => {
    const head = { x: 40, y: 10, w: 4, h: 5 };
    divide(classifier, head, 140, true);
    const inHead = 12 * WIDTH + 42;
    const inHim = 30 * WIDTH + 32;
    expect([classifier.isLearnable(inHead, false), classifier.isLike(inHead)]).toEqual([false, false]);
    expect([classifier.isLearnable(inHim, true), classifier.isLike(inHim)]).toEqual([true, true]);
  });
});
