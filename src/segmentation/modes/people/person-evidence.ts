import type { Rect } from '../../../geometry.ts';
import { ColourHistogram } from '../../vision/colour-histogram.ts';
import { sameChroma, sameLuma } from '../../vision/noise.ts';
import { type Regions, regions } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';

/** A region is somebody, with all that is attached to it, if the probability reaches this anywhere in it. */
const MIN_CERTAIN_PROBABILITY = 0.4;

/** Seconds between two lessons in what people look like: the histogram then remembers about a minute of them. */
const APPEARANCE_PERIOD_SECONDS = 1;

/** How much more common than any other colour one must be among people's to count as theirs. */
const MIN_LIKENESS = 2;

/**
 * A region resembles people if so much of it has their colours: a hood or a mug leaves the rest of somebody as it was.
 */
const MIN_ALIKE_SHARE = 0.3;

/** Levels by which a pixel may differ from what was somebody there and still show the same. */
const SAME_LUMA_LEVELS = 10;
const SAME_CHROMA_LEVELS = 7;

/** Probability from which on a pixel is somebody and no rim of theirs: of those people's looks are learnt. */
const MIN_BODY_PROBABILITY = 0.8;

/**
 * Seconds for which MediaPipe must have been sure of a pixel before what it shows counts as somebody: not a table for a
 * frame.
 */
const MIN_CERTAIN_SECONDS = 0.5;

/**
 * Share of the frame that is somebody's body in a region, apart from the one they were in before, from which on the
 * region holds a person of its own: about a head at room distance.
 */
const MIN_BODY_SHARE = 0.004;

/** What a region of the hole was noted to be. */
const UNSURE = 0;
const SURE = 1;
const ALIKE = 2;

/** When MediaPipe was last sure of somebody, by region of the finished hole, and what they looked like. */
export class PersonEvidence {
  /** Per pixel, when it last belonged to a region in which MediaPipe was sure of a person; seconds. */
  readonly last: Float64Array;
  /**
   * Per pixel, when MediaPipe was last sure of somebody in a region from which, frame by frame, today's has come:
   * whoever was seen, moved on and is no longer found is still in it. -Infinity outside the hole, and where nobody ever
   * was.
   */
  readonly lineage: Float64Array;
  /**
   * Per pixel, when it was last hole while MediaPipe was sure, in another region, of the person who had been in this
   * one; seconds. Anybody else says nothing: while one is seen, another may have hidden.
   */
  readonly apart: Float64Array;
  /** When MediaPipe was last sure of anybody anywhere, seconds. */
  anybody = Number.NEGATIVE_INFINITY;
  /** Boxes of the hole's regions, pixels. */
  regions: readonly Rect[] = [];
  readonly #width: number;
  readonly #height: number;
  readonly #labels: Int32Array;
  /**
   * Per pixel, the number of the person whose lineage it is; 0 nobody's. Whose regions touched are one from then on.
   */
  readonly #person: Uint32Array;
  #people = 0;
  /** Regions in which each person was seen in the last frame. */
  #seen: ReadonlyMap<number, number> = new Map();
  /** By region of the last frame. */
  #kind: Uint8Array = new Uint8Array(1);
  readonly #appearance = new ColourHistogram();
  #learnt = Number.NEGATIVE_INFINITY;
  /** What each pixel showed when MediaPipe was sure of it, and for how many seconds it was. */
  readonly #luma: Float32Array;
  readonly #cb: Float32Array;
  readonly #cr: Float32Array;
  readonly #certain: Float32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    const never = () => new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#width = width;
    this.#height = height;
    this.last = never();
    this.lineage = never();
    this.apart = never();
    this.#labels = new Int32Array(size);
    this.#person = new Uint32Array(size);
    this.#luma = new Float32Array(size);
    this.#cb = new Float32Array(size);
    this.#cr = new Float32Array(size);
    this.#certain = new Float32Array(size);
  }

  /**
   * @param probability of a person per pixel, 0..1
   * @param hole the finished one, 0 or 1: before it was closed and grown, head and trunk of somebody may hang apart
   * @param time seconds
   * @param seconds since the frame before
   */
  note(frame: Thumbnail, probability: Float32Array, hole: Uint8Array, time: number, seconds: number): void {
    const found = regions(hole, this.#width, this.#height, this.#labels);
    const certain = found.countWhere((i) => probability[i]! >= MIN_CERTAIN_PROBABILITY);
    const since = found.reduce(Number.NEGATIVE_INFINITY, (latest, i) => Math.max(latest, this.lineage[i]!));
    const person = this.#personsOf(found, probability, certain);
    const seen = new Map<number, number>();
    for (const [region, who] of person.entries()) if (certain[region]! > 0) seen.set(who, (seen.get(who) ?? 0) + 1);
    this.#seen = seen;
    if (seen.size > 0) this.anybody = time;
    // Who comes to a region that was nobody's did not leave what is there already.
    const elsewhere = (who: number) => (who > 0 ? (seen.get(who) ?? 0) : seen.size);
    const isApart = person.map((who, region) =>
      region > 0 && elsewhere(who) > (certain[region]! > 0 ? 1 : 0) ? 1 : 0,
    );
    for (let i = 0; i < hole.length; i++) {
      const region = found.labels[i]!;
      const own = certain[region]! > 0;
      if (own) this.last[i] = time;
      this.lineage[i] = own ? time : region > 0 ? since[region]! : Number.NEGATIVE_INFINITY;
      this.#person[i] = person[region]!;
      if (isApart[region]) this.apart[i] = time;
    }
    this.regions = found.boxes();
    this.#learn(frame, probability, time, seconds);
    this.#kind = this.#kindsOf(found, frame, certain, since);
  }

  /**
   * Whether pixel `i` belonged, in the frame that was noted last, to a region in which nobody is found any more but
   * somebody was.
   */
  isLost(i: number): boolean {
    return this.lineage[i]! > Number.NEGATIVE_INFINITY && this.#kind[this.#labels[i]!] !== SURE;
  }

  /** Whether the region of pixel `i` in the frame that was noted last has the colours of people of the last minute. */
  isAlike(i: number): boolean {
    return this.#kind[this.#labels[i]!] === ALIKE;
  }

  /** Whether whoever was in the region of pixel `i` was seen apart from it since. */
  hasLeft(i: number): boolean {
    return this.apart[i]! > this.lineage[i]!;
  }

  /** Whether pixel `i` shows what was surely somebody there when MediaPipe last said so. */
  isSame(frame: Thumbnail, i: number): boolean {
    return this.#certain[i]! >= MIN_CERTAIN_SECONDS && this.#matches(frame, i);
  }

  /**
   * Whose lineage each region is: that of its pixels. Those who meet in a region are one from then on, wherever they
   * left something; one who is seen in two regions at once is two.
   */
  #personsOf(found: Regions, probability: Float32Array, certain: Float64Array): Uint32Array {
    const person = this.#person;
    const persons = Uint32Array.from(found.reduce(0, (most, i) => Math.max(most, person[i]!)));
    const met = new Map<number, number>();
    for (let i = 0; i < person.length; i++) {
      const who = persons[found.labels[i]!]!;
      if (who > 0 && person[i] !== 0 && person[i] !== who) met.set(person[i]!, Math.max(who, met.get(person[i]!) ?? 0));
    }
    // The greatest number stands for all who met, so that no chain ends in a circle.
    for (const [region, who] of persons.entries()) {
      let one = who;
      while (met.has(one)) one = met.get(one)!;
      persons[region] = one;
    }
    const bodies = found.countWhere((i) => probability[i]! >= MIN_BODY_PROBABILITY);
    const sure = [...bodies.keys()].filter((region) => certain[region]! > 0);
    // Who is seen where nothing was, while another is seen no more, is that one: who is fast leaps from frame to frame.
    const gone = [...this.#seen.keys()].filter((who) => !sure.some((region) => persons[region] === who));
    const taken = new Set<number>();
    for (const region of sure.sort((a, b) => bodies[b]! - bodies[a]!)) {
      const isAnother = taken.has(persons[region]!) && bodies[region]! >= MIN_BODY_SHARE * person.length;
      if (persons[region] === 0) persons[region] = gone.shift() ?? ++this.#people;
      else if (isAnother) persons[region] = ++this.#people;
      taken.add(persons[region]!);
    }
    return persons;
  }

  #matches(frame: Thumbnail, i: number): boolean {
    const chroma = sameChroma(SAME_CHROMA_LEVELS, frame.noise);
    return (
      Math.abs(frame.luma[i]! - this.#luma[i]!) <= sameLuma(SAME_LUMA_LEVELS, frame.noise) &&
      Math.abs(frame.cb[i]! - this.#cb[i]!) <= chroma &&
      Math.abs(frame.cr[i]! - this.#cr[i]!) <= chroma
    );
  }

  #learn(frame: Thumbnail, probability: Float32Array, time: number, seconds: number): void {
    let any = false;
    for (let i = 0; i < probability.length; i++) {
      const sure = probability[i]! >= MIN_BODY_PROBABILITY;
      any ||= sure;
      if (this.#certain[i]! > 0 && this.#matches(frame, i)) {
        // Follows slow changes of light.
        this.#luma[i] = this.#luma[i]! + 0.1 * (frame.luma[i]! - this.#luma[i]!);
        this.#cb[i] = this.#cb[i]! + 0.1 * (frame.cb[i]! - this.#cb[i]!);
        this.#cr[i] = this.#cr[i]! + 0.1 * (frame.cr[i]! - this.#cr[i]!);
        if (sure) this.#certain[i] = this.#certain[i]! + seconds;
      } else if (sure) {
        this.#luma[i] = frame.luma[i]!;
        this.#cb[i] = frame.cb[i]!;
        this.#cr[i] = frame.cr[i]!;
        this.#certain[i] = seconds;
      } else {
        this.#certain[i] = 0;
      }
    }
    if (!any || time - this.#learnt < APPEARANCE_PERIOD_SECONDS) return;
    this.#learnt = time;
    this.#appearance.learn(frame, (i) => probability[i]! >= MIN_BODY_PROBABILITY);
  }

  /** Of regions without anybody, those in which somebody was are compared with what people look like. */
  #kindsOf(found: Regions, frame: Thumbnail, certain: Float64Array, since: Float64Array): Uint8Array {
    const kinds = Uint8Array.from(certain, (pixels) => (pixels > 0 ? SURE : UNSURE));
    const lost = (region: number) => kinds[region] === UNSURE && since[region]! > Number.NEGATIVE_INFINITY;
    if (!kinds.some((_, region) => region > 0 && lost(region))) return kinds;
    const alike = found.countWhere(
      (i) => lost(found.labels[i]!) && this.#appearance.likeness(frame, i) >= MIN_LIKENESS,
    );
    return kinds.map((kind, r) => (r > 0 && lost(r) && alike[r]! >= MIN_ALIKE_SHARE * found.areas[r]! ? ALIKE : kind));
  }
}
