import type { Rect } from '../../../geometry.ts';
import type { SearchZone, TrackedObjects } from '../../tracking/tracked-objects.ts';
import { searchRect, withMargin } from '../../tracking/tracks.ts';
import { geodesicDilate } from '../../vision/geodesic-dilation.ts';
import { eachPixel, grown, within } from '../../vision/rects.ts';
import { boxOf, regions } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { ColourMixture, type ColourPlanes } from './colour-mixture.ts';
import type { PickedObject } from './find.ts';
import { Template, type TemplateFit } from './template.ts';

/**
 * `held`: seen where it is hidden. `covered`: not seen just now, or not picked yet; its last place and what may be it
 * are hidden. `lost`: nowhere in the picture; hidden as soon as something like it enters.
 */
export type TargetState = 'held' | 'lost' | 'covered';

/**
 * Share of an object's pixels that have changed since they were claimed, from which on it may be in motion: what moves
 * slowly must be found before it leaves its safety rim.
 */
const MOVING_SHARE = 0.06;

/** Misses up to which a template that is tried at a place is the object, and up to which its looks are taken over. */
const MAX_FOUND_MISS = 0.5;
const MAX_CLEAR_MISS = 0.3;

/** Share of a template in the picture from which on its place is certain. */
const WHOLE_SHARE = 0.95;

/** By so much another place must fit better than the one where it was. */
const MIN_IMPROVEMENT = 0.02;

/** How far it may have gone since the frame before, share of the frame's width, on top of going on as it did. */
const SEARCH_RADIUS_SHARE = 0.06;

/** Miss up to which the best place is hidden, though nobody can say that the object is there. */
const MAX_GUESS_MISS = 0.85;

/** What is left of an object that was not seen for so many seconds is no more it, below this share of the object. */
const REMNANT_SHARE = 0.15;
const REMNANT_SECONDS = 1;

/** Seconds for which what came in must stand before it is taken for the object as it looks now. */
const SETTLED_SECONDS = 0.5;

/** How far round an object its surroundings are seen, share of its longer side, and how near they begin, pixels. */
const SURROUNDINGS_SHARE = 0.6;
const SURROUNDINGS_GAP_PX = 3;

/** Seconds without being seen from which on the places where it was are asked whether it is still there. */
const UNSEEN_SECONDS = 0.3;

/**
 * Squared deviations of colour up to which a pixel may be the object's, and the share of such pixels that a part of it
 * has.
 */
const MAX_COLOUR_DISTANCE_SQUARED = 12;
const MIN_ALIKE_SHARE = 0.5;

/**
 * Regions of its colours smaller than this share of it are chance; what lies this near to the others, share of its
 * longer side, may be it.
 */
const MIN_REGION_OF_OBJECT = 0.02;
const NEAR_SHARE = 0.12;

/**
 * An unverified region is the lost object if so much of it has its colours, or if they make up so much of the object.
 */
const MIN_ALIKE_OF_REGION = 0.4;
const MIN_ALIKE_OF_OBJECT = 0.15;

/** One picked object from frame to frame, drawn in {@link TrackedObjects} under its number. */
export class FollowedTarget {
  readonly number: number;
  state: TargetState = 'held';
  #colours: ColourMixture;
  /** Of what surrounded it when it was picked. */
  #others: ColourMixture | undefined;
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
  #velocity = { dx: 0, dy: 0 };
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
   * @param planes of the frame in the background's light
   */
  constructor(
    number: number,
    { mask, arrived }: PickedObject,
    frame: Thumbnail,
    planes: ColourPlanes,
    objects: TrackedObjects,
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
      if (arrived) objects.ownership.make(frame, i, number, true);
      else objects.ownership.take(frame, i, number);
    }
    this.#template = new Template(planes, mask, width, height);
    this.#colours = ColourMixture.of(planes, pixelsOf(mask));
    this.#others = surroundings(planes, mask, this.#template.box, width, height);
    this.#seen = time;
  }

  /** Where it is, or was last; pixels of the grid. */
  get box(): Rect {
    return this.#template.box;
  }

  /** Where it may be by now. */
  zone(objects: TrackedObjects, time: number): SearchZone {
    const guess = this.#guessed ? this.#guess : undefined;
    const near = searchRect({ box: this.box }, this.#isMoving(objects), time - this.#seen, this.#width);
    const rect = this.#alike ? union(time - this.#seen < UNSEEN_SECONDS ? near : this.#alike, this.#alike) : near;
    return { id: this.number, rect, guess };
  }

  /** Looks for it in a frame that `objects` has taken in. */
  follow(frame: Thumbnail, planes: ColourPlanes, objects: TrackedObjects, time: number): void {
    this.#guessed = false;
    this.#alike = undefined;
    if (this.state === 'lost') return;
    if (time === this.#seen || objects.lightingChanged || (this.state === 'held' && !this.#isMoving(objects))) {
      this.#stands(planes, objects, time);
      return;
    }
    const may = (i: number) => objects.mayBeObject(i) || objects.isOf(i, this.number);
    const alike = this.#findAlike(planes, objects);
    this.#alike = alike && withMargin(grown(alike, SEARCH_RADIUS_SHARE * this.#width));
    const { dx, dy } = this.#velocity;
    const here = this.#template.miss(planes, may, 0, 0);
    let fit = this.#template.search(planes, may, Math.ceil(SEARCH_RADIUS_SHARE * this.#width), dx, dy);
    if (here < fit.miss + MIN_IMPROVEMENT) fit = { dx: 0, dy: 0, miss: here };
    if (fit.miss > MAX_FOUND_MISS && alike) {
      const there = this.#searchIn(alike, planes, may);
      if (there.miss < fit.miss) fit = there;
    }
    if (fit.miss <= MAX_FOUND_MISS) this.#found(fit, alike, frame, planes, objects, time);
    else if (!this.#settles(planes, objects, time)) this.#missed(fit, objects, time);
  }

  /** Something new is in `rect`. @returns whether it may be this object; it is then hidden as such */
  recognises(rect: Rect, frame: Thumbnail, planes: ColourPlanes, objects: TrackedObjects): boolean {
    let like = 0;
    let all = 0;
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (!objects.isNew(i)) return;
      all++;
      if (this.#isLike(planes, i)) like++;
    });
    if (like < MIN_ALIKE_OF_REGION * all && like < MIN_ALIKE_OF_OBJECT * this.#template.size) return false;
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (objects.isNew(i)) objects.ownership.make(frame, i, this.number, false);
    });
    this.#suspected = true;
    this.#standsSince = Number.POSITIVE_INFINITY;
    this.state = 'covered';
    return true;
  }

  /** Whether pixel `i` has its colours rather than those of what surrounded it. */
  #isLike(planes: ColourPlanes, i: number): boolean {
    if (this.#colours.distance(planes, i) > MAX_COLOUR_DISTANCE_SQUARED) return false;
    return !this.#others || this.#colours.cost(planes, i) < this.#others.cost(planes, i);
  }

  #isMoving(objects: TrackedObjects): boolean {
    const { hole, own, claimed } = objects.countsOf(this.number);
    // What comes in at the picture's edge shows more of itself without a change in what was seen so far; what leaves a
    // place where the background is known loses those pixels at once, and others are attached to it instead.
    return own === 0 || claimed < (1 - MOVING_SHARE) * own || hole > (1 + MOVING_SHARE) * own || this.#comesIn;
  }

  #stands(planes: ColourPlanes, objects: TrackedObjects, time: number): void {
    this.#seen = time;
    this.#velocity = { dx: 0, dy: 0 };
    this.state = 'held';
    objects.ownership.confirm(this.number, { x: 0, y: 0, width: this.#width, height: this.#height });
    this.#template.follow(planes);
  }

  #found(
    fit: TemplateFit,
    alike: Rect | undefined,
    frame: Thumbnail,
    planes: ColourPlanes,
    objects: TrackedObjects,
    time: number,
  ): void {
    this.#velocity = this.state === 'held' ? { dx: fit.dx, dy: fit.dy } : { dx: 0, dy: 0 };
    this.#suspected = false;
    this.#template.move(fit);
    this.#template.forEachAlike(planes, (i) => {
      if (objects.mayBeObject(i)) objects.ownership.make(frame, i, this.number, true);
    });
    objects.ownership.endInRoom(this.number);
    this.#suppose({ dx: 0, dy: 0 });
    this.#comesIn = this.#template.visible <= WHOLE_SHARE;
    objects.ownership.deny(this.number, withMargin(this.box));
    if (fit.miss <= MAX_CLEAR_MISS) {
      this.#template.follow(planes);
      // A part at the picture's edge, or an even surface, may fit anywhere along the object.
      if (!this.#comesIn && alike && within(alike, withMargin(this.box)) > 0.999) this.#alike = undefined;
    }
    this.#seen = time;
    this.state = 'held';
  }

  /** What came in, looked like it and stands still now is it, as it looks now. */
  #settles(planes: ColourPlanes, objects: TrackedObjects, time: number): boolean {
    if (!this.#suspected) return false;
    if (this.#isMoving(objects)) this.#standsSince = Number.POSITIVE_INFINITY;
    else this.#standsSince = Math.min(this.#standsSince, time);
    if (time - this.#standsSince < SETTLED_SECONDS) return false;
    const own = this.#own(objects);
    const pixels = pixelsOf(own);
    const like = pixels.filter((i) => this.#isLike(planes, i)).length;
    if (like < MIN_ALIKE_SHARE * pixels.length || like < MIN_ALIKE_OF_OBJECT * this.#template.size) return false;
    this.#template = new Template(planes, own, this.#width, this.#height);
    this.#suspected = false;
    this.#stands(planes, objects, time);
    return true;
  }

  #own(objects: TrackedObjects): Uint8Array {
    const own = new Uint8Array(this.#labels.length);
    for (let i = 0; i < own.length; i++) own[i] = objects.isOf(i, this.number) ? 1 : 0;
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
  #missed(fit: TemplateFit, objects: TrackedObjects, time: number): void {
    this.#velocity = { dx: 0, dy: 0 };
    const { hole } = objects.countsOf(this.number);
    if (hole === 0 || (hole < REMNANT_SHARE * this.#template.size && time - this.#seen > REMNANT_SECONDS)) {
      objects.drop(this.number);
      this.state = 'lost';
      this.#suspected = false;
      return;
    }
    if (fit.miss <= MAX_GUESS_MISS) this.#suppose(fit);
    this.state = 'covered';
    if (time - this.#seen >= UNSEEN_SECONDS) objects.ownership.denyWhere(this.number, (i) => !this.#near[i]);
  }

  /**
   * Finds what is hidden as it and has its colours: regions of such pixels of some size, and what lies near them.
   *
   * @returns the box of all of them
   */
  #findAlike(planes: ColourPlanes, objects: TrackedObjects): Rect | undefined {
    const near = this.#near;
    for (let i = 0; i < near.length; i++) near[i] = objects.isOf(i, this.number) && this.#isLike(planes, i) ? 1 : 0;
    const found = regions(near, this.#width, this.#height, this.#labels);
    found.keep(near, (region) => found.areas[region]! >= MIN_REGION_OF_OBJECT * this.#template.size);
    const box = boxOf(near, this.#width);
    if (box.width === 0) return undefined;
    const { width, height } = this.box;
    geodesicDilate(near, this.#anything, this.#width, this.#height, NEAR_SHARE * Math.max(width, height), this.#queue);
    return box;
  }

  /** Tries the template all over what may be it. */
  #searchIn(rect: Rect, planes: ColourPlanes, may: (i: number) => boolean) {
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

/** The colours round an object; undefined where it fills the picture. */
function surroundings(planes: ColourPlanes, mask: Uint8Array, box: Rect, width: number, height: number) {
  const near = mask.slice();
  geodesicDilate(
    near,
    new Uint8Array(mask.length).fill(1),
    width,
    height,
    SURROUNDINGS_GAP_PX,
    new Int32Array(mask.length),
  );
  const pixels: number[] = [];
  eachPixel(grown(box, SURROUNDINGS_SHARE * Math.max(box.width, box.height)), width, height, (i) => {
    if (!near[i]) pixels.push(i);
  });
  return pixels.length ? ColourMixture.of(planes, pixels) : undefined;
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
