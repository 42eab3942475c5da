import { HOLE } from '../../mask.ts';
import { close, distanceTo } from './morphology.ts';
import { regions } from './regions.ts';

/** Gaps up to twice this are closed, share of the frame's diagonal: between arm and body nothing is worth showing. */
const CLOSING_OF_DIAGONAL = 0.01;

/** Growth round a person, share of the diagonal: what no evidence shows, such as a motion blurred rim. */
const GROWTH_OF_DIAGONAL = 0.009;

/**
 * Growth round a person over pixels that were never seen with nobody near, share of the diagonal. There nothing tells a
 * shadow or a halo from the background, so more is taken.
 */
const UNSEEN_GROWTH_OF_DIAGONAL = 0.02;

/**
 * The same for people: where they stand, and elsewhere, where a shadow seldom lies right beside them. The lowest part
 * of a region, share of its height, is where it stands.
 */
const STANDING_GROWTH_OF_DIAGONAL = 0.028;
const PERSON_GROWTH_OF_DIAGONAL = 0.013;
const STANDING_SHARE = 0.1;

/**
 * Growth round what only differs, such as a shadow, share of the diagonal: its rim is soft, and the threshold lies low.
 */
const DIFFERENCE_GROWTH_OF_DIAGONAL = 0.004;

/** Distance from a person, share of the diagonal, from which on the background is seen without shadow and halo. */
const CLEAN_DISTANCE_OF_DIAGONAL = 0.12;

/** From the person: mask -> hole with the safety rim that its cause asks for. */
export class Outline {
  /** 255 = hole, with a ramp at the rim. */
  readonly hole: Uint8Array;
  /** 1 on the hole and on the pixel round it, which may be half hole: what is not to be learnt from. */
  readonly covered: Uint8Array;
  /** Distance of every pixel to the nearest person, pixels. */
  readonly #fromPerson: Float32Array;
  readonly #far: number;
  readonly #width: number;
  readonly #height: number;
  readonly #closed: Uint8Array;
  readonly #fromMask: Float32Array;
  readonly #unseen: number;
  /** Scratch, for those whose shadow is where they stand. */
  readonly #standing:
    | { readonly mask: Uint8Array; readonly from: Float32Array; readonly labels: Int32Array }
    | undefined;

  /** @param of what the hole is for: people are upright */
  constructor(width: number, height: number, of: 'people' | 'objects' = 'objects') {
    const size = width * height;
    this.#unseen = of === 'people' ? PERSON_GROWTH_OF_DIAGONAL : UNSEEN_GROWTH_OF_DIAGONAL;
    if (of === 'people')
      this.#standing = { mask: new Uint8Array(size), from: new Float32Array(size), labels: new Int32Array(size) };
    this.#width = width;
    this.#far = CLEAN_DISTANCE_OF_DIAGONAL * Math.hypot(width, height);
    this.#height = height;
    this.hole = new Uint8Array(size);
    this.covered = new Uint8Array(size);
    this.#fromPerson = new Float32Array(size);
    this.#closed = new Uint8Array(size);
    this.#fromMask = new Float32Array(size);
  }

  /**
   * @param person pixels of people, 0 or 1
   * @param mask the same with all that is attached to them
   * @param clean 1 where the background is known from a time when nobody was near
   */
  draw(person: Uint8Array, mask: Uint8Array, clean: Uint8Array): void {
    const width = this.#width;
    const height = this.#height;
    const diagonal = Math.hypot(width, height);
    this.#closed.set(mask);
    close(this.#closed, width, height, CLOSING_OF_DIAGONAL * diagonal, this.#fromMask);
    const ofDifference = DIFFERENCE_GROWTH_OF_DIAGONAL * diagonal;
    const seen = GROWTH_OF_DIAGONAL * diagonal;
    const unseen = this.#unseen * diagonal;
    const standing = STANDING_GROWTH_OF_DIAGONAL * diagonal;
    distanceTo(this.#closed, width, height, this.#fromMask, ofDifference + 2);
    distanceTo(person, width, height, this.#fromPerson, this.#far);
    const fromStanding = this.#findStanding(person, standing + 2);
    for (let i = 0; i < mask.length; i++) {
      let ofPerson = (clean[i] ? seen : unseen) - this.#fromPerson[i]!;
      if (fromStanding && !clean[i]) ofPerson = Math.max(ofPerson, standing - fromStanding[i]!);
      const inside = Math.max(ofPerson, ofDifference - this.#fromMask[i]!);
      // A ramp two pixels wide instead of a step: scaled up to the picture, its middle is a smooth line.
      this.hole[i] = Math.max(0, Math.min(255, HOLE + inside * 127));
      this.covered[i] = inside > -1 ? 1 : 0;
    }
  }

  /** Distance of every pixel, up to `reach`, to the nearest place where somebody stands. */
  #findStanding(person: Uint8Array, reach: number): Float32Array | undefined {
    if (!this.#standing) return undefined;
    const { mask, from, labels } = this.#standing;
    const width = this.#width;
    const boxes = regions(person, width, this.#height, labels).boxes();
    mask.fill(0);
    for (const [k, { x, y, width: across, height }] of boxes.entries()) {
      const top = Math.floor(y + (1 - STANDING_SHARE) * height);
      for (let v = top; v < y + height; v++) {
        for (let i = v * width + x, end = i + across; i < end; i++) if (labels[i] === k + 1) mask[i] = 1;
      }
    }
    distanceTo(mask, width, this.#height, from, reach);
    return from;
  }

  /** Makes the set pixels of `region` hole as they are. */
  add(region: Uint8Array): void {
    for (let i = 0; i < region.length; i++) {
      if (!region[i]) continue;
      this.hole[i] = 255;
      this.covered[i] = 1;
    }
  }

  /** Whether nobody's shadow or halo reaches pixel `i`. */
  isFar(i: number): boolean {
    return this.#fromPerson[i]! > this.#far;
  }
}
