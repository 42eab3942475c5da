import type { NamedPick, PictureBox } from '../../../geometry.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import { TrackedObjects } from '../../tracking/tracked-objects.ts';
import { MIN_CONFIDENCE, UncertainRegions } from '../../tracking/uncertain-regions.ts';
import { distanceTo } from '../../vision/morphology.ts';
import type { PhotometricFit } from '../../vision/photometric-fit.ts';
import { createThumbnail, gridSize, shrink, type Thumbnail } from '../../vision/thumbnail.ts';
import type { ColourPlanes } from './colour-mixture.ts';
import { findPicked } from './find.ts';
import { seedsOf } from './pick.ts';
import { FollowedTarget, type TargetState } from './target.ts';

/** The state of a picked target. */
export interface TargetStatus {
  /** The app's own name for it. */
  readonly id: string;
  /** How well it is known where it is. */
  readonly state: TargetState;
  /** Why, where the state is not `held`. */
  readonly reason: string;
  /** Where it is, or was last; undefined before it was picked. */
  readonly box: PictureBox | undefined;
}

/** What is forgotten round an object that is picked, share of the diagonal: more than its safety rim. */
const INVALIDATED_MARGIN_OF_DIAGONAL = 0.03;

const NOT_PICKED = 'not picked yet: the picture is covered until it can be seen';
const OTHER_PICTURE =
  'the picture it was picked in is gone, so it may be anywhere: the picture is covered; pick it again or drop it';

/**
 * Objects that somebody pointed at -> hole. Each is cut out of the frame on which it was picked, followed by its looks
 * and its difference from the background, and hidden until the picture says that it is gone. What may be anywhere
 * covers everything.
 */
export class PickedMaskSource implements MaskSource {
  readonly #onChange: (targets: readonly TargetStatus[]) => void;
  #targets: Entry[] = [];
  #view: ViewState | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;
  #number = 0;
  #lastSent = '';

  /** @param onChange is called when a target's state has changed, once a frame at most */
  constructor(onChange: (targets: readonly TargetStatus[]) => void = () => {}) {
    this.#onChange = onChange;
  }

  /**
   * Sets what is hidden from the next frame on: what is new in the list is picked in it, what is missing is shown
   * again. The same name with another pick is picked anew.
   *
   * @param stale the picks are not of the frames that come: all of it is covered until they are made again
   */
  setTargets(picks: readonly NamedPick[], stale = false): void {
    const last = this.#targets;
    this.#targets = picks.map(({ id, pick }) => {
      const kept = last.find((each) => each.id === id && JSON.stringify(each.pick) === JSON.stringify(pick));
      return kept ?? { id, pick, stale, followed: undefined };
    });
    for (const { followed } of last.filter((each) => !this.#targets.includes(each))) {
      if (followed) this.#view?.objects.drop(followed.number);
    }
    this.#notify();
  }

  get targets(): TargetStatus[] {
    return this.#targets.map(({ id, stale, followed }) => ({
      id,
      state: stale ? 'lost' : (followed?.state ?? 'covered'),
      reason: stale ? OTHER_PICTURE : followed ? (REASONS[followed.state] ?? '') : NOT_PICKED,
      box: followed && this.#view && shareOf(followed, this.#view.thumbnail),
    }));
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.reset();
    this.#timestamp = timestamp;
    const { width, height } = gridSize(picture);
    const known = this.#view?.thumbnail.width === width && this.#view.thumbnail.height === height;
    if (this.#view && !known) this.reset();
    const view = this.#view ?? createViewState(width, height);
    this.#view = view;
    shrink(picture, view.thumbnail);
    const confidence = view.doubt.inFrame(view.thumbnail);
    if (confidence < MIN_CONFIDENCE || this.#targets.some(({ stale }) => stale)) return this.#coverAll(view);
    const found = this.#find(view, timestamp / 1e6);
    this.#notify();
    return found;
  }

  /** The picture is another one: what was picked in the last one may be anywhere. */
  reset(): void {
    this.#view = undefined;
    this.#targets = this.#targets.map((each) => (each.followed ? { ...each, followed: undefined, stale: true } : each));
    this.#notify();
  }

  close(): void {
    this.#view = undefined;
    this.#targets = [];
  }

  #find(view: ViewState, time: number): Segmentation {
    const { thumbnail, objects, planes } = view;
    const unverified = objects.begin(thumbnail, time);
    normalise(thumbnail, objects.fit, planes);
    // One a frame: cutting takes long, and a worker that does not answer for long counts as hung.
    const next = this.#targets.find((target) => !target.followed);
    if (next) {
      const found = findPicked(thumbnail, seedsOf(next.pick, thumbnail.width, thumbnail.height), objects);
      this.#number = (this.#number % 0xffff) + 1;
      next.followed = new FollowedTarget(this.#number, found, thumbnail, planes, objects, time);
      if (!found.arrived) {
        view.forget ??= new Uint8Array(found.mask.length);
        addWithRim(view.forget, found.mask, thumbnail);
      }
    }
    const followed = this.#targets.flatMap((each) => each.followed ?? []);
    for (const each of followed) each.follow(thumbnail, planes, objects, time);
    const missing = followed.filter(({ state }) => state !== 'held');
    for (const rect of unverified) {
      if (missing.some((each) => each.recognises(rect, thumbnail, planes, objects))) continue;
      if (missing.length) objects.noteInspection(rect);
      else objects.admit(rect);
    }
    const found = objects.draw(
      thumbnail,
      followed.filter(({ state }) => state !== 'lost').map((each) => each.zone(objects, time)),
    );
    if (followed.length < this.#targets.length) return this.#coverAll(view);
    const { forget } = view;
    if (!forget) return found;
    view.forget = undefined;
    const { width, height } = thumbnail;
    return { ...found, forget: { width, height, data: forget } };
  }

  #coverAll({ thumbnail: { width, height } }: ViewState): Segmentation {
    this.#notify();
    return { hole: { width, height, data: new Uint8Array(width * height).fill(255) }, confidence: 0 };
  }

  #notify(): void {
    const targets = this.targets;
    const words = targets.map(({ id, state, reason }) => `${id} ${state} ${reason}`).join('\n');
    if (words === this.#lastSent) return;
    this.#lastSent = words;
    this.#onChange(targets);
  }
}

const REASONS: Partial<Record<TargetState, string>> = {
  covered: 'not seen just now: where it was, and what hangs on it, stays covered',
  lost: 'nowhere in the picture; what comes in is covered until it was compared',
};

interface Entry extends NamedPick {
  /** Its pick was made in a picture that is gone. */
  readonly stale: boolean;
  followed: FollowedTarget | undefined;
}

/** What is kept of one camera picture; made anew when its size changes. */
interface ViewState {
  readonly thumbnail: Thumbnail;
  readonly planes: ColourPlanes;
  readonly objects: TrackedObjects;
  readonly doubt: UncertainRegions;
  /** Of what was picked, what the plate has not forgotten yet: covered frames don't reach it. */
  forget: Uint8Array | undefined;
}

function createViewState(width: number, height: number): ViewState {
  const plane = () => new Float32Array(width * height);
  return {
    thumbnail: createThumbnail(width, height),
    planes: { luma: plane(), cb: plane(), cr: plane() },
    objects: new TrackedObjects(width, height),
    doubt: new UncertainRegions(width, height),
    forget: undefined,
  };
}

/** An object with its shadow and halo, which the plate has learnt as well. */
function addWithRim(to: Uint8Array, mask: Uint8Array, { width, height }: Thumbnail): void {
  const near = new Float32Array(mask.length);
  const rim = INVALIDATED_MARGIN_OF_DIAGONAL * Math.hypot(width, height);
  distanceTo(mask, width, height, near, rim);
  for (let i = 0; i < near.length; i++) if (near[i]! <= rim) to[i] = 255;
}

/** The frame as it would be in the background's own light. */
function normalise({ luma, cb, cr }: Thumbnail, fit: PhotometricFit, out: ColourPlanes): void {
  for (let i = 0; i < luma.length; i++) {
    out.luma[i] = (luma[i]! - fit.offset) / fit.gain;
    out.cb[i] = cb[i]! - fit.cb;
    out.cr[i] = cr[i]! - fit.cr;
  }
}

function shareOf({ box }: FollowedTarget, { width, height }: Thumbnail): PictureBox {
  return { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
}
