import type { Rect } from '../../../geometry.ts';
import { geodesicDilate } from '../../vision/geodesic-dilation.ts';
import { areaOf, boxOf } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { ColourMixture } from './colour-mixture.ts';
import { MaxFlow } from './max-flow.ts';
import type { Seeds } from './pick.ts';

/**
 * What it costs to part two pixels that look the same, in units of the colour models' costs. GrabCut has 50, for pixels
 * of 8 bits of RGB.
 */
const LINK_COST = 30;

/** Squared levels between neighbours that are noise and no edge. */
const MIN_NOISE_LEVELS_SQUARED = 30;

/** What it costs to go against the pick. */
const SEED_COST = 1e4;

/** Rounds of learning colours and cutting. */
const CUT_ROUNDS = 4;

/** Radii that an object which is only tapped on may have, share of the frame's shorter side. */
const TRIED_RADII_SHARE = [0.07, 0.12, 0.2, 0.33] as const;

/** What lies further off than this many radii is not the object. */
const MAX_DISTANCE_RADII = 2.2;

/**
 * How far beyond what was cut more of the object may lie, share of its longer side: a bottle's cap has another colour
 * than the bottle. And how often that is asked.
 */
const EXTENSION_SHARE = 0.35;
const MAX_EXTENSIONS = 3;

/** What makes an object larger than by this factor in all is the next object. */
const MAX_EXTENDED_SIZE = 1.5;

/** Squared deviations from every colour of the surroundings that make a pixel something else. */
const MIN_UNLIKE_DISTANCE_SQUARED = 9;

/** Pixels of a cut at most, so that it takes some ten milliseconds: larger parts are cut at every second pixel. */
const MAX_CUT_PIXELS = 6000;

/**
 * Share of the part looked at that an object which is tapped on may fill, and pixels that it must have, to be believed.
 */
const MAX_FILLED_SHARE = 0.5;
const MIN_PIXELS = 12;

/** Share of the frame below which an object may be a glint or a button on another one. */
const GLINT_SHARE = 0.005;

/** Weakest outline that is believed: mean contrast of the links that were cut, 0..1. */
const MIN_CONTRAST = 0.25;

/** An object in a frame. */
export interface Cutout {
  /** 1 = the object; the grid's size. */
  readonly mask: Uint8Array;
  /** How much of its outline runs along edges of the picture, 0..1. */
  readonly contrast: number;
}

/**
 * The object that a pick means: a minimum cut between the colours of what was picked and of what surrounds it, along
 * edges of the picture, a few times over as the colours get clearer (Boykov and Jolly 2001; Rother, Kolmogorov and
 * Blake 2004, "GrabCut"). A point or stroke does not say how large the object is: several sizes are tried, and the one
 * with the clearest outline wins.
 *
 * @returns undefined where no outline is clear enough
 */
export function cutOut(frame: Thumbnail, seeds: Seeds): Cutout | undefined {
  const { bounds, box, inside } = seeds;
  if (bounds) {
    const margin = Math.max(4, 0.3 * Math.max(bounds.width, bounds.height));
    const beyond = (x: number, y: number) => distance(bounds, x, y);
    return believed(cut(frame, inside, { beyond, expected: 0, margin, barred: 0.5 }), 1);
  }
  let best: Cutout | undefined;
  for (const share of TRIED_RADII_SHARE) {
    const expected = share * Math.min(frame.width, frame.height);
    const beyond = (x: number, y: number) => distance(box, x, y);
    const margin = MAX_DISTANCE_RADII * expected;
    const found = believed(
      keepPicked(frame, inside, cut(frame, inside, { beyond, expected, margin, barred: margin - 2 })),
      MAX_FILLED_SHARE,
    );
    if (found && (!best || score(found) > score(best))) best = found;
  }
  const limit = best ? MAX_EXTENDED_SIZE * areaOf(best.mask) : 0;
  for (let time = 0; best && time < MAX_EXTENSIONS; time++) {
    const more = believed(extend(frame, inside, best.mask), MAX_FILLED_SHARE);
    if (!more || areaOf(more.mask) <= areaOf(best.mask) || areaOf(more.mask) > limit) break;
    best = more;
  }
  return best;
}

/** What is attached to an object, and looks like nothing round it, is cut with it. */
function extend(frame: Thumbnail, inside: Uint8Array, mask: Uint8Array): Cut {
  const { width, height } = frame;
  const box = boxOf(mask, width);
  const more = Math.max(6, EXTENSION_SHARE * Math.max(box.width, box.height));
  const beyond = (x: number, y: number) => distance(box, x, y);
  const ring: number[] = [];
  const near: number[] = [];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const far = beyond(x + 0.5, y + 0.5);
      if (far >= more && far < 2 * more) ring.push(i);
      else if (far < more) near.push(i);
    }
  }
  const start = mask.slice();
  if (ring.length >= MIN_PIXELS) {
    const surroundings = ColourMixture.of(frame, ring);
    const unlike = new Uint8Array(mask.length);
    for (const i of near) unlike[i] = surroundings.distance(frame, i) > MIN_UNLIKE_DISTANCE_SQUARED ? 1 : 0;
    geodesicDilate(start, unlike, width, height, Number.POSITIVE_INFINITY, new Int32Array(mask.length));
  }
  return keepPicked(frame, inside, cut(frame, inside, { beyond, expected: 0, margin: 2 * more, barred: more, start }));
}

interface CutRequest {
  /** Distance of a pixel to what was picked, pixels. */
  beyond(x: number, y: number): number;
  /** Where the object is expected: up to this far off, or the set pixels of `start`. */
  readonly expected: number;
  readonly start?: Uint8Array;
  /** Pixels this far off and further are not looked at, and these are not the object. */
  readonly margin: number;
  readonly barred: number;
}

interface Cut extends Cutout {
  /** Share of what was looked at that is the object. */
  readonly share: number;
}

function cut(frame: Thumbnail, inside: Uint8Array, question: CutRequest): Cut {
  const { width, height } = frame;
  const { beyond, expected, start, margin, barred } = question;
  const part = new CutGraph(frame, (x, y) => beyond(x, y) < margin);
  const { pixels } = part;
  const far = pixels.map((i) => beyond((i % width) + 0.5, Math.floor(i / width) + 0.5));
  let object = pixels.map((i, k) => inside[i] === 1 || (start ? start[i] === 1 : far[k]! <= expected));
  let contrast = 0;
  for (let round = 0; round < CUT_ROUNDS; round++) {
    const own = pixels.filter((_, k) => object[k]);
    const other = pixels.filter((_, k) => !object[k]);
    if (own.length < MIN_PIXELS / 4 || other.length < MIN_PIXELS) break;
    const ofThing = ColourMixture.of(frame, own);
    const ofRest = ColourMixture.of(frame, other);
    const flow = new MaxFlow(pixels.length, part.links.length);
    pixels.forEach((i, k) => {
      if (inside[i]) flow.connect(k, SEED_COST, 0);
      else if (far[k]! >= barred) flow.connect(k, 0, SEED_COST);
      else flow.connect(k, ofRest.cost(frame, i), ofThing.cost(frame, i));
    });
    for (const { a, b, likeness, length } of part.links) flow.link(a, b, (LINK_COST * likeness) / length);
    flow.run();
    const last = object;
    object = pixels.map((_, k) => flow.isSource(k));
    contrast = part.contrast(object);
    if (object.every((value, k) => value === last[k])) break;
  }
  const mask = new Uint8Array(width * height);
  pixels.forEach((i, k) => {
    if (object[k]) part.spread(i, mask);
  });
  fillGaps(mask, width, height);
  return { mask, contrast, share: areaOf(mask) / (pixels.length * part.step ** 2) };
}

/** Only what is connected with the pick is the object. */
function keepPicked({ width, height }: Thumbnail, inside: Uint8Array, found: Cut): Cut {
  const kept = inside.map((value, i) => (value && found.mask[i] ? 1 : 0));
  geodesicDilate(kept, found.mask, width, height, Number.POSITIVE_INFINITY, new Int32Array(kept.length));
  return { ...found, mask: kept };
}

/** The clearest outline is the object's, but for small ones: a glint has the clearest of all. */
function score({ mask, contrast }: Cutout): number {
  const n = areaOf(mask);
  return contrast * Math.min(1, n / (GLINT_SHARE * mask.length));
}

function believed(found: Cut, most: number): Cut | undefined {
  return areaOf(found.mask) >= MIN_PIXELS && found.share <= most && found.contrast >= MIN_CONTRAST ? found : undefined;
}

interface Link {
  readonly a: number;
  readonly b: number;
  /** 1 for pixels that look the same, towards 0 across an edge. */
  readonly likeness: number;
  readonly length: number;
}

/** The part of a frame that is cut: its pixels (every second one of a large part) and the links between neighbours. */
class CutGraph {
  readonly step: number;
  readonly pixels: number[] = [];
  readonly links: Link[] = [];
  readonly #width: number;
  readonly #height: number;

  constructor(frame: Thumbnail, isIn: (x: number, y: number) => boolean) {
    const { width, height } = frame;
    this.#width = width;
    this.#height = height;
    let size = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (isIn(x + 0.5, y + 0.5)) size++;
    this.step = size > MAX_CUT_PIXELS ? 2 : 1;
    const node = new Int32Array(width * height).fill(-1);
    for (let y = 0; y < height; y += this.step) {
      for (let x = 0; x < width; x += this.step) {
        if (!isIn(x + 0.5, y + 0.5)) continue;
        node[y * width + x] = this.pixels.length;
        this.pixels.push(y * width + x);
      }
    }
    this.#link(frame, node);
  }

  #link(frame: Thumbnail, node: Int32Array): void {
    const { luma, cb, cr } = frame;
    const width = this.#width;
    const { step } = this;
    const gaps: { a: number; b: number; gap: number; length: number }[] = [];
    let sum = 0;
    this.pixels.forEach((i, a) => {
      const x = i % width;
      const y = (i - x) / width;
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
        [1, 1],
        [-1, 1],
      ] as const) {
        const u = x + dx * step;
        const v = y + dy * step;
        if (u < 0 || u >= width || v >= this.#height) continue;
        const k = v * width + u;
        const b = node[k]!;
        if (b < 0) continue;
        const gap = (luma[i]! - luma[k]!) ** 2 + 2 * (cb[i]! - cb[k]!) ** 2 + 2 * (cr[i]! - cr[k]!) ** 2;
        sum += gap;
        gaps.push({ a, b, gap, length: Math.hypot(dx, dy) });
      }
    });
    const scale = gaps.length ? 1 / Math.max(MIN_NOISE_LEVELS_SQUARED, (2 * sum) / gaps.length) : 0;
    for (const { a, b, gap, length } of gaps) this.links.push({ a, b, likeness: Math.exp(-gap * scale), length });
  }

  /** Mean contrast, 0..1, of the links between `object` and the rest. */
  contrast(object: readonly boolean[]): number {
    let sum = 0;
    let n = 0;
    for (const { a, b, likeness } of this.links) {
      if (object[a] === object[b]) continue;
      sum += 1 - likeness;
      n++;
    }
    return n ? sum / n : 0;
  }

  /** Sets pixel `i` with those that it stands for. */
  spread(i: number, mask: Uint8Array): void {
    const x = i % this.#width;
    const y = (i - x) / this.#width;
    for (let v = y; v < Math.min(this.#height, y + this.step); v++) {
      for (let u = x; u < Math.min(this.#width, x + this.step); u++) mask[v * this.#width + u] = 1;
    }
  }
}

/** What is enclosed by the object belongs to it: a label on a bottle, a reflection. */
function fillGaps(mask: Uint8Array, width: number, height: number): void {
  const free = mask.map((value) => 1 - value);
  const outer = new Uint8Array(mask.length);
  for (let x = 0; x < width; x++) for (const i of [x, (height - 1) * width + x]) outer[i] = free[i]!;
  for (let y = 0; y < height; y++) for (const i of [y * width, y * width + width - 1]) outer[i] = free[i]!;
  geodesicDilate(outer, free, width, height, Number.POSITIVE_INFINITY, new Int32Array(mask.length));
  for (let i = 0; i < mask.length; i++) mask[i] = 1 - outer[i]!;
}

/** Of a point to a box. */
function distance({ x, y, width, height }: Rect, u: number, v: number): number {
  return Math.hypot(Math.max(x - u, 0, u - x - width), Math.max(y - v, 0, v - y - height));
}

/** Where nothing is clear: a disc round the pick, or the box itself. */
export function aroundPick(seeds: Seeds, width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  const box = seeds.bounds ?? boxOf(seeds.inside, width);
  const radius = seeds.bounds ? 0.5 : TRIED_RADII_SHARE[2] * Math.min(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (distance(box, x + 0.5, y + 0.5) <= radius) mask[y * width + x] = 1;
  }
  return mask;
}
