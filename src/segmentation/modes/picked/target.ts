import type { Things, Zone } from '../../tracking/tracked-objects.ts';
import { reach, rimmed } from '../../tracking/tracks.ts';
import { attach } from '../../vision/geodesic-dilation.ts';
import { eachPixel, grown, within } from '../../vision/rects.ts';
import { label } from '../../vision/regions.ts';
import type { Rect, Thumbnail } from '../../vision/thumbnail.ts';
import { ColourModel, type Planes } from './colour-mixture.ts';
import type { Found } from './find.ts';
import { boxOf } from './pick.ts';
import { type Fit, Template } from './template.ts';

/**
 * `held`: seen where it is hidden. `covered`: not seen just now, or not picked yet; where it was, and what may be it, is hidden.
 * `lost`: it is nowhere in the picture, and hidden as soon as something like it comes in.
 */
export type TargetState = 'held' | 'lost' | 'covered';

/**
 * Share of a thing's pixels that have changed since they were claimed, from which on it may be in motion: what moves slowly
 * must be found before it leaves its safety rim.
 */
const MOVING = 0.06;

/** Misses up to which a template that is tried at a place is the thing, and up to which its looks are taken over. */
const FOUND = 0.5;
const CLEAR = 0.3;

/** Share of a template in the picture from which on its place is certain. */
const WHOLE = 0.95;

/** By so much another place must fit better than the one where it was. */
const BETTER = 0.02;

/** How far it may have gone since the frame before, share of the frame's width, on top of going on as it did. */
const RANGE = 0.06;

/** Miss up to which the best place is hidden, though nobody can say that the thing is there. */
const GUESS = 0.85;

/** What is left of a thing that was not seen for so many seconds is no more it, below this share of the thing. */
const REST = 0.15;
const REST_AFTER = 1;

/** Seconds for which what came in must stand before it is taken for the thing as it looks now. */
const SETTLED = 0.5;

/** How far round a thing its surroundings are seen, share of its longer side, and how near they begin, pixels. */
const SURROUNDINGS = 0.6;
const RIM = 3;

/** Seconds without being seen from which on the places where it was are asked whether it is still there. */
const UNSEEN = 0.3;

/** Squared deviations of colour up to which a pixel may be the thing's, and the share of such pixels that a part of it has. */
const LIKE = 12;
const MOSTLY = 0.5;

/** Regions of its colours smaller than this share of it are chance; what lies this near to the others, share of its longer side, may be it. */
const SPECK = 0.02;
const BESIDE = 0.12;

/** A newcomer is the lost thing if so much of it has its colours, or if they make up so much of the thing. */
const LIKE_OF_REGION = 0.4;
const LIKE_OF_THING = 0.15;

/** One picked thing from frame to frame, drawn in {@link Things} under its number. */
export class FollowedTarget {
  readonly number: number;
  state: TargetState = 'held';
  #colours: ColourModel;
  /** Of what surrounded it when it was picked. */
  #others: ColourModel | undefined;
  #template: Template;
  readonly #guess: Uint8Array;
  #guessed = false;
  #standsSince = Number.POSITIVE_INFINITY;
  readonly #labels: Int32Array;
  readonly #queue: Int32Array;
  readonly #anything: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  #seen: number;
  #way = { dx: 0, dy: 0 };
  /** Pixels that are hidden as it and look like it, and those near them; for the current frame, if it is in motion. */
  readonly #near: Uint8Array;
  /** Where such pixels are, and where they may go. */
  #alike: Rect | undefined;
  /** It was found by its colours, and may look different from what its template has. */
  #suspected = false;
  /** A part of it lay outside the picture when it was found. */
  #comesIn = false;

  /**
   * @param found in `frame`
   * @param planes of the frame in the room's light
   */
  constructor(
    number: number,
    { mask, arrived }: Found,
    frame: Thumbnail,
    planes: Planes,
    things: Things,
    time: number,
  ) {
    const { width, height } = frame;
    this.number = number;
    this.#width = width;
    this.#height = height;
    this.#labels = new Int32Array(width * height);
    this.#queue = new Int32Array(width * height);
    this.#anything = new Uint8Array(width * height).fill(1);
    this.#guess = new Uint8Array(width * height);
    this.#near = new Uint8Array(width * height);
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      if (arrived) things.claims.make(frame, i, number, true);
      else things.claims.take(frame, i, number);
    }
    this.#template = new Template(planes, mask, width, height);
    this.#colours = ColourModel.of(planes, pixelsOf(mask));
    this.#others = surroundings(planes, mask, this.#template.box, width, height);
    this.#seen = time;
  }

  /** Where it is, or was last; pixels of the grid. */
  get box(): Rect {
    return this.#template.box;
  }

  /** Where it may be by now. */
  zone(things: Things, time: number): Zone {
    const guess = this.#guessed ? this.#guess : undefined;
    const near = reach({ box: this.box }, this.#isMoving(things), time - this.#seen, this.#width);
    const rect = this.#alike ? union(time - this.#seen < UNSEEN ? near : this.#alike, this.#alike) : near;
    return { id: this.number, rect, guess };
  }

  /** Looks for it in a frame that `things` has taken in. */
  follow(frame: Thumbnail, planes: Planes, things: Things, time: number): void {
    this.#guessed = false;
    this.#alike = undefined;
    if (this.state === 'lost') return;
    if (time === this.#seen || things.newLight || (this.state === 'held' && !this.#isMoving(things))) {
      this.#stands(planes, things, time);
      return;
    }
    const may = (i: number) => things.mayBeThing(i) || things.isOf(i, this.number);
    const alike = this.#findAlike(planes, things);
    this.#alike = alike && rimmed(grown(alike, RANGE * this.#width));
    const { dx, dy } = this.#way;
    const here = this.#template.miss(planes, may, 0, 0);
    let fit = this.#template.search(planes, may, Math.ceil(RANGE * this.#width), dx, dy);
    if (here < fit.miss + BETTER) fit = { dx: 0, dy: 0, miss: here };
    if (fit.miss > FOUND && alike) {
      const there = this.#searchIn(alike, planes, may);
      if (there.miss < fit.miss) fit = there;
    }
    if (fit.miss <= FOUND) this.#found(fit, alike, frame, planes, things, time);
    else if (!this.#settles(planes, things, time)) this.#missed(fit, things, time);
  }

  /** Something new is in `rect`. @returns whether it may be this thing; it is then hidden as such */
  recognises(rect: Rect, frame: Thumbnail, planes: Planes, things: Things): boolean {
    let like = 0;
    let all = 0;
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (!things.isNew(i)) return;
      all++;
      if (this.#isLike(planes, i)) like++;
    });
    if (like < LIKE_OF_REGION * all && like < LIKE_OF_THING * this.#template.size) return false;
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (things.isNew(i)) things.claims.make(frame, i, this.number, false);
    });
    this.#suspected = true;
    this.#standsSince = Number.POSITIVE_INFINITY;
    this.state = 'covered';
    return true;
  }

  /** Whether pixel `i` has its colours rather than those of what surrounded it. */
  #isLike(planes: Planes, i: number): boolean {
    if (this.#colours.distance(planes, i) > LIKE) return false;
    return !this.#others || this.#colours.cost(planes, i) < this.#others.cost(planes, i);
  }

  #isMoving(things: Things): boolean {
    const { hole, own, claimed } = things.share(this.number);
    // What comes in at the picture's edge shows more of itself without a change in what was seen so far; what leaves a place where
    // the room is known loses those pixels at once, and others hang on it instead.
    return own === 0 || claimed < (1 - MOVING) * own || hole > (1 + MOVING) * own || this.#comesIn;
  }

  #stands(planes: Planes, things: Things, time: number): void {
    this.#seen = time;
    this.#way = { dx: 0, dy: 0 };
    this.state = 'held';
    things.claims.confirm(this.number, { x: 0, y: 0, width: this.#width, height: this.#height });
    this.#template.follow(planes);
  }

  #found(fit: Fit, alike: Rect | undefined, frame: Thumbnail, planes: Planes, things: Things, time: number): void {
    this.#way = this.state === 'held' ? { dx: fit.dx, dy: fit.dy } : { dx: 0, dy: 0 };
    this.#suspected = false;
    this.#template.move(fit);
    this.#template.forEachAlike(planes, (i) => {
      if (things.mayBeThing(i)) things.claims.make(frame, i, this.number, true);
    });
    things.claims.endInRoom(this.number);
    this.#suppose({ dx: 0, dy: 0 });
    this.#comesIn = this.#template.visible <= WHOLE;
    things.claims.deny(this.number, rimmed(this.box));
    if (fit.miss <= CLEAR) {
      this.#template.follow(planes);
      // A part at the picture's edge, or an even surface, may fit anywhere along the thing.
      if (!this.#comesIn && alike && within(alike, rimmed(this.box)) > 0.999) this.#alike = undefined;
    }
    this.#seen = time;
    this.state = 'held';
  }

  /** What came in, looked like it and stands still now is it, as it looks now. */
  #settles(planes: Planes, things: Things, time: number): boolean {
    if (!this.#suspected) return false;
    if (this.#isMoving(things)) this.#standsSince = Number.POSITIVE_INFINITY;
    else this.#standsSince = Math.min(this.#standsSince, time);
    if (time - this.#standsSince < SETTLED) return false;
    const own = this.#own(things);
    const pixels = pixelsOf(own);
    const like = pixels.filter((i) => this.#isLike(planes, i)).length;
    if (like < MOSTLY * pixels.length || like < LIKE_OF_THING * this.#template.size) return false;
    this.#template = new Template(planes, own, this.#width, this.#height);
    this.#suspected = false;
    this.#stands(planes, things, time);
    return true;
  }

  #own(things: Things): Uint8Array {
    const own = new Uint8Array(this.#labels.length);
    for (let i = 0; i < own.length; i++) own[i] = things.isOf(i, this.number) ? 1 : 0;
    return own;
  }

  /** All of the template's place is hidden in this frame. */
  #suppose(shift: { readonly dx: number; readonly dy: number }): void {
    this.#guess.fill(0);
    this.#template.forEach((i) => {
      this.#guess[i] = 1;
    }, shift);
    this.#guessed = true;
  }

  /** Not seen: what was hidden as it, and neither looks like it by now nor lies beside what does, is not it. */
  #missed(fit: Fit, things: Things, time: number): void {
    this.#way = { dx: 0, dy: 0 };
    const { hole } = things.share(this.number);
    if (hole === 0 || (hole < REST * this.#template.size && time - this.#seen > REST_AFTER)) {
      things.drop(this.number);
      this.state = 'lost';
      this.#suspected = false;
      return;
    }
    if (fit.miss <= GUESS) this.#suppose(fit);
    this.state = 'covered';
    if (time - this.#seen >= UNSEEN) things.claims.denyWhere(this.number, (i) => !this.#near[i]);
  }

  /**
   * Finds what is hidden as it and has its colours: regions of such pixels of some size, and what lies near them.
   *
   * @returns the box of all of them
   */
  #findAlike(planes: Planes, things: Things): Rect | undefined {
    const near = this.#near;
    for (let i = 0; i < near.length; i++) near[i] = things.isOf(i, this.number) && this.#isLike(planes, i) ? 1 : 0;
    const { labels, count } = label(near, this.#width, this.#height, this.#labels);
    const size = new Int32Array(count + 1);
    for (let i = 0; i < near.length; i++) size[labels[i]!]!++;
    for (let i = 0; i < near.length; i++) if (size[labels[i]!]! < SPECK * this.#template.size) near[i] = 0;
    const box = boxOf(near, this.#width);
    if (box.width === 0) return undefined;
    const { width, height } = this.box;
    attach(near, this.#anything, this.#width, this.#height, BESIDE * Math.max(width, height), this.#queue);
    return box;
  }

  /** Tries the template all over what may be it. */
  #searchIn(rect: Rect, planes: Planes, may: (i: number) => boolean) {
    const { x, y, width, height } = this.box;
    const dx = Math.round(rect.x + rect.width / 2 - x - width / 2);
    const dy = Math.round(rect.y + rect.height / 2 - y - height / 2);
    const range = Math.ceil(Math.max(Math.abs(rect.width - width), Math.abs(rect.height - height)) / 2) + 3;
    return this.#template.search(planes, may, range, dx, dy);
  }
}

function pixelsOf(mask: Uint8Array): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i]) pixels.push(i);
  return pixels;
}

/** The colours round a thing; undefined where it fills the picture. */
function surroundings(planes: Planes, mask: Uint8Array, box: Rect, width: number, height: number) {
  const near = mask.slice();
  attach(near, new Uint8Array(mask.length).fill(1), width, height, RIM, new Int32Array(mask.length));
  const pixels: number[] = [];
  eachPixel(grown(box, SURROUNDINGS * Math.max(box.width, box.height)), width, height, (i) => {
    if (!near[i]) pixels.push(i);
  });
  return pixels.length ? ColourModel.of(planes, pixels) : undefined;
}

function union(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
