import { describe, expect, it } from 'vitest';
import type { Rect } from '../../../geometry.ts';
import { HOLE, type Mask } from '../../../mask.ts';
import { type Picture, pictureBytes, wrapPicture } from '../../../picture.ts';
import type { ClassSegmenter, Detection, Detector } from '../../models/model.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { ClassMaskSource } from './mask-source.ts';

const WIDTH = 640;
const HEIGHT = 480;
const ROOM = 200;
/** Blue of what is to be removed, and of a stranger that is not. */
const BOTTLE = 20;
const STRANGER = 60;

/** Finds what is {@link BOTTLE}, as one box, unless it is blind. */
class FakeDetector implements Detector {
  readonly size = 64;
  blind = false;
  score = 0.8;
  passes = 0;
  closed = 0;

  detect(image: Thumbnail): Detection[] {
    this.passes++;
    if (this.blind) return [];
    let [left, top, right, bottom] = [image.width, image.height, -1, -1];
    for (let i = 0; i < image.luma.length; i++) {
      if (Math.abs(image.rgba[4 * i + 2]! - BOTTLE) > 15) continue;
      const [x, y] = [i % image.width, Math.floor(i / image.width)];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    if (right < 0) return [];
    const box = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    return [{ name: 'bottle', score: this.score, box }];
  }

  close() {
    this.closed++;
  }
}

/** Draws what is {@link BOTTLE}. */
class FakeSegmenter implements ClassSegmenter {
  readonly size = 64;
  closed = 0;
  blind = false;

  knows(name: string) {
    return name === 'bottle';
  }

  segment(image: Thumbnail, _: string, out: Float32Array) {
    for (let i = 0; i < out.length; i++) {
      out[i] = !this.blind && Math.abs(image.rgba[4 * i + 2]! - BOTTLE) <= 15 ? 0.9 : 0;
    }
  }

  close() {
    this.closed++;
  }
}

function scene(...objects: (readonly [Rect, number])[]): Picture {
  const data = new Uint8Array(pictureBytes('RGBA', WIDTH, HEIGHT)).fill(ROOM);
  for (const [{ x, y, width, height }, colour] of objects) {
    for (let v = y; v < y + height; v++) data.fill(colour, 4 * (v * WIDTH + x), 4 * (v * WIDTH + x + width));
  }
  return wrapPicture('RGBA', WIDTH, HEIGHT, data);
}

const BOX = { x: 300, y: 200, width: 60, height: 140 };

/** Share of `rect` that is hole. */
function covered({ width, height, data }: Mask, rect: Rect): number {
  let hole = 0;
  let all = 0;
  for (let y = rect.y; y < rect.y + rect.height; y += 2) {
    for (let x = rect.x; x < rect.x + rect.width; x += 2) {
      all++;
      const i = Math.floor((y * height) / HEIGHT) * width + Math.floor((x * width) / WIDTH);
      if (data[i]! >= HOLE) hole++;
    }
  }
  return hole / all;
}

function create(withSegmenter = true) {
  const detector = new FakeDetector();
  const segmenter = withSegmenter ? new FakeSegmenter() : undefined;
  const source = new ClassMaskSource({ detector, segmenter });
  let time = 0;
  const watch = async (picture: Picture, seconds = 1 / 30, fps = 30) => {
    let hole: Mask | undefined;
    for (let n = 0; n < Math.round(seconds * fps); n++) {
      time += 1e6 / fps;
      hole = (await source.segment(picture, time)).hole;
    }
    return hole!;
  };
  return { detector, segmenter, source, watch };
}

describe('ClassMaskSource', { timeout: 20_000 }, () => {
  it('covers a thing from the first frame on, and the room not', async () => {
    const { watch } = create();
    const hole = await watch(scene([BOX, BOTTLE]));
    expect(covered(hole, BOX)).toBeGreaterThan(0.99);
    expect(covered(hole, { x: 0, y: 0, width: WIDTH, height: HEIGHT })).toBeLessThan(0.08);
  });

  it('keeps a thing covered that the models do not find any more, for as long as it stands there', async () => {
    const { detector, segmenter, watch } = create();
    await watch(scene([BOX, BOTTLE]), 1);
    detector.blind = true;
    segmenter!.blind = true;
    for (let n = 0; n < 20; n++) expect(covered(await watch(scene([BOX, BOTTLE]), 1, 5), BOX)).toBeGreaterThan(0.99);
  });

  it('shows the place when the thing has gone', async () => {
    const { watch } = create();
    await watch(scene([BOX, BOTTLE]), 1);
    expect(covered(await watch(scene()), BOX)).toBeGreaterThan(0.99);
    expect(covered(await watch(scene(), 3), BOX)).toBe(0);
  });

  it('follows a thing that moves, over what was seen before, even while the models are blind', async () => {
    const { detector, segmenter, watch } = create();
    await watch(scene([BOX, BOTTLE]), 1);
    detector.blind = true;
    segmenter!.blind = true;
    for (let n = 1; n <= 9; n++) {
      const there = { ...BOX, x: BOX.x + 8 * n };
      expect(covered(await watch(scene([there, BOTTLE])), there), `step ${n}`).toBeGreaterThan(0.99);
    }
  });

  it('hides what comes into the room until it has been looked at, then shows it unless it is of the class', async () => {
    const { detector, watch } = create();
    const stranger = { x: 60, y: 100, width: 80, height: 200 };
    await watch(scene([BOX, BOTTLE]), 1);
    expect(covered(await watch(scene([BOX, BOTTLE], [stranger, STRANGER])), stranger)).toBeGreaterThan(0.95);
    const later = await watch(scene([BOX, BOTTLE], [stranger, STRANGER]), 1.5);
    expect(covered(later, stranger)).toBe(0);
    expect(covered(later, BOX)).toBeGreaterThan(0.99);
    // A second one, whom the detector sees only after half a second, is never seen.
    const second = { x: 480, y: 180, width: 60, height: 140 };
    detector.blind = true;
    expect(covered(await watch(scene([BOX, BOTTLE], [second, BOTTLE]), 0.15), second)).toBeGreaterThan(0.95);
    detector.blind = false;
    expect(covered(await watch(scene([BOX, BOTTLE], [second, BOTTLE]), 0.5), second)).toBeGreaterThan(0.99);
  });

  it('takes the box where there is no drawing, and in a known room only what differs in it', async () => {
    const { watch } = create(false);
    await watch(scene(), 1);
    const hole = await watch(scene([BOX, BOTTLE]), 1);
    expect(covered(hole, BOX)).toBeGreaterThan(0.99);
    expect(covered(hole, { ...BOX, x: BOX.x + BOX.width + 30 })).toBe(0);
  });

  it('starts nothing on a weak detection, and takes back what was found only once', async () => {
    const { detector, watch } = create(false);
    detector.score = 0.3;
    expect(covered(await watch(scene([BOX, BOTTLE]), 1), BOX)).toBe(0);
    detector.score = 0.8;
    const { detector: second, watch: watchAgain } = create(false);
    await watchAgain(scene([BOX, BOTTLE]), 2 / 30);
    second.blind = true;
    expect(covered(await watchAgain(scene([BOX, BOTTLE]), 5), BOX)).toBe(0);
  });

  it('runs at most one model a frame once it knows the scene', async () => {
    const { detector, watch } = create(false);
    await watch(scene([BOX, BOTTLE]));
    const first = detector.passes;
    expect(first).toBeGreaterThan(5);
    await watch(scene([BOX, BOTTLE]), 1);
    expect(detector.passes - first).toBeLessThanOrEqual(30);
    expect(detector.passes - first).toBeGreaterThanOrEqual(9);
  });

  it('starts anew after a reset or another size, and closes its models', async () => {
    const { detector, segmenter, source, watch } = create();
    await watch(scene([BOX, BOTTLE]), 1);
    source.reset();
    detector.blind = true;
    expect(covered(await watch(scene([BOX, BOTTLE])), BOX)).toBe(0);
    source.close();
    expect([detector.closed, segmenter!.closed]).toEqual([1, 1]);
  });
});
