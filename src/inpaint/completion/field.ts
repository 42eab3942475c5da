import { PushPull } from '../push-pull.ts';
import { type Features, PLANES, RADIUS, SIDE } from './features.ts';
import { grown } from './grow.ts';
import type { Level } from './pyramid.ts';

/** A run lets others in after so many comparisons of patches, a few milliseconds' worth. */
const SLICE = 20_000;
/**
 * By how much the weight of a patch falls with each pixel that it lies deeper in the unknown: what is near the rim
 * knows more.
 */
const DEPTH = 1.3;
/** The least of these weights. */
const LEAST = 1e-4;
/** Known pixels, a side's worth, below which a patch says too little about how well it fits. */
const TELLING = SIDE;
/** A misfit beyond so many levels counts as so many. */
const WORST = 64;

/** How a level's search weighs things. */
export interface Weights {
  /** Squared levels that a patch pays for each squared pixel between it and its source, twice that downwards. */
  readonly distance: number;
  /** Share of its cost that a patch is willing to pay to be copied from beside its neighbour's source. */
  readonly coherence: number;
}

/**
 * Which known patch each patch that touches the unknown is most like, at one level. Targets and sources are numbered by
 * their centre's place in {@link Features}. A source's patch holds nothing unknown and lies wholly inside the picture;
 * its centre, which is what is copied in the end, is not barred.
 */
export class PatchField {
  readonly features: Features;
  readonly level: Level;
  /** Centres of the patches that touch the unknown, in reading order; their sources (-1 = none yet) and costs. */
  readonly targets: Int32Array;
  readonly sources: Int32Array;
  readonly costs: Float32Array;
  /** All centres that may be copied from. */
  readonly choices: Int32Array;
  readonly #weights: Weights;
  /** Number of the target at a place, -1 = none; 1 = may be copied from. */
  readonly #target: Int32Array;
  readonly #choice: Uint8Array;
  readonly #near: Float32Array;
  readonly #sums: Float32Array;

  constructor(level: Level, features: Features, weights: Weights) {
    const { width, height, unknown, barred } = level;
    this.level = level;
    this.features = features;
    this.#weights = weights;
    const places = features.data.length / PLANES;
    this.#target = new Int32Array(places).fill(-1);
    this.#choice = new Uint8Array(places);
    const touches = grown(unknown, width, RADIUS);
    const targets: number[] = [];
    const choices: number[] = [];
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const at = features.at(x, y);
        if (touches[i]) {
          this.#target[at] = targets.length;
          targets.push(at);
        }
        const inside = x >= RADIUS && y >= RADIUS && x < width - RADIUS && y < height - RADIUS;
        if (!inside || touches[i] || barred[i]) continue;
        this.#choice[at] = 1;
        choices.push(at);
      }
    }
    this.targets = Int32Array.from(targets);
    this.choices = Int32Array.from(choices);
    this.sources = new Int32Array(targets.length).fill(-1);
    this.costs = new Float32Array(targets.length).fill(Number.POSITIVE_INFINITY);
    this.#near = nearness(level, features, this.targets);
    this.#sums = new Float32Array(PLANES * places);
  }

  /** Where each unknown pixel is copied from, pixels away, x and y interleaved; 0, 0 = from nowhere. */
  offsets(): Int16Array<ArrayBuffer> {
    const { targets, sources, features, level } = this;
    const offsets = new Int16Array(2 * level.unknown.length);
    for (let k = 0; k < targets.length; k++) {
      const i = this.#pixel(targets[k]!);
      if (!level.unknown[i] || sources[k]! < 0) continue;
      const { dx, dy } = offsetOf(targets[k]!, sources[k]!, features.stride);
      offsets[2 * i] = dx;
      offsets[2 * i + 1] = dy;
    }
    return offsets;
  }

  /**
   * How far the patches that reach over the rim differ from their sources in what is known of them, in colour: a
   * completion's `misfit`. What they show in the unknown was made to fit, and proves nothing. Where a patch has much
   * contrast of its own, and its source explains most of that, the rest counts for less.
   */
  *misfit(): Generator<void, Uint8Array<ArrayBuffer>> {
    const { targets, sources, features, level } = this;
    const { width, height, unknown } = level;
    const { data } = features;
    const misfit = new Uint8Array(unknown.length);
    for (let k = 0; k < targets.length; k++) {
      if (k % SLICE === 0) yield;
      if (sources[k]! < 0) continue;
      const i = this.#pixel(targets[k]!);
      const x = i % width;
      const y = (i / width) | 0;
      const move = PLANES * (sources[k]! - targets[k]!);
      const mean = [0, 0, 0];
      let square = 0;
      let sum = 0;
      let n = 0;
      for (let v = Math.max(0, y - RADIUS); v <= Math.min(height - 1, y + RADIUS); v++) {
        for (let u = Math.max(0, x - RADIUS); u <= Math.min(width - 1, x + RADIUS); u++) {
          if (unknown[v * width + u]) continue;
          const at = PLANES * features.at(u, v);
          for (let c = 0; c < 3; c++) {
            const level = data[at + c]!;
            mean[c]! += level;
            square += level * level;
            sum += (level - data[at + c + move]!) ** 2;
          }
          n++;
        }
      }
      if (n < TELLING) continue;
      const contrast = square - (mean[0]! ** 2 + mean[1]! ** 2 + mean[2]! ** 2) / n;
      const off = (sum / (3 * n)) * (sum < contrast ? sum / contrast : 1);
      misfit[i] = Math.max(1, Math.min(WORST, Math.round(Math.sqrt(off))));
    }
    return misfit;
  }

  /** Place of a pixel of the level, and the other way round. */
  #place(i: number): number {
    const { width } = this.features;
    return this.features.at(i % width, (i / width) | 0);
  }

  #pixel(at: number): number {
    const { stride, width } = this.features;
    return (((at / stride) | 0) - RADIUS) * width + (at % stride) - RADIUS;
  }

  /** Starts from the field of half this size: offsets doubled. What leads to no source is left to its neighbours. */
  startFrom(coarse: PatchField): void {
    const { stride } = this.features;
    for (let k = 0; k < this.targets.length; k++) {
      const at = this.targets[k]!;
      const x = (at % stride) - RADIUS;
      const y = ((at / stride) | 0) - RADIUS;
      const m = coarse.#target[coarse.features.at(x >> 1, y >> 1)]!;
      if (m < 0 || coarse.sources[m]! < 0) continue;
      const { dx, dy } = offsetOf(coarse.targets[m]!, coarse.sources[m]!, coarse.features.stride);
      const u = x + 2 * dx;
      const v = y + 2 * dy;
      if (u < 0 || v < 0 || u >= this.features.width || v >= this.features.height) continue;
      const source = this.features.at(u, v);
      if (!this.#choice[source]) continue;
      this.sources[k] = source;
      this.costs[k] = coarse.costs[m]!;
    }
  }

  /** Compares each target with every source there is. */
  *compareAll(): Generator<void> {
    const { targets, sources, costs, choices } = this;
    let work = 0;
    for (let k = 0; k < targets.length; k++) {
      const at = targets[k]!;
      let best = sources[k]!;
      let least = best < 0 ? Number.POSITIVE_INFINITY : this.#cost(at, best, Number.POSITIVE_INFINITY);
      for (let m = 0; m < choices.length; m++) {
        const cost = this.#cost(at, choices[m]!, least);
        if (cost < least) {
          least = cost;
          best = choices[m]!;
        }
      }
      sources[k] = best;
      costs[k] = least;
      work += choices.length;
      if (work > SLICE) {
        work = 0;
        yield;
      }
    }
  }

  /**
   * A first guess: colour and texture as they go on smoothly from the rim. (From the rim inwards, patch by patch, lines
   * go on by themselves, but so does every mistake: things of the room appeared where nothing asked for them.)
   */
  smooth(): void {
    const { features, level } = this;
    const { data, width, height } = features;
    const n = width * height;
    const pyramid = new PushPull(width, height, PLANES, 0);
    for (let i = 0; i < n; i++) {
      pyramid.weight[i] = 1 - level.unknown[i]!;
      const at = PLANES * this.#place(i);
      for (let c = 0; c < PLANES; c++) pyramid.value[c * n + i] = data[at + c]!;
    }
    pyramid.run();
    for (let i = 0; i < n; i++) {
      if (!level.unknown[i]) continue;
      const at = PLANES * this.#place(i);
      for (let c = 0; c < PLANES; c++) data[at + c] = pyramid.value[c * n + i]!;
    }
    features.mirror();
  }

  /** Measures what the sources cost now that the unknown shows something else. */
  *measure(): Generator<void> {
    const { targets, sources, costs } = this;
    for (let k = 0; k < targets.length; k++) {
      if (sources[k]! >= 0) costs[k] = this.#cost(targets[k]!, sources[k]!, Number.POSITIVE_INFINITY);
      if (k % SLICE === 0) yield;
    }
  }

  /**
   * Takes over what goes on from a neighbour's source (Ashikhmin, "Synthesizing natural textures", 2001), in reading
   * order and back; on the way back each also looks at the eight places round its own source.
   */
  *propagate(): Generator<void> {
    const n = this.targets.length;
    let work = 0;
    for (let k = 0; k < n; k++) {
      work += this.#ask(k, false);
      if (work > SLICE) {
        work = 0;
        yield;
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      work += this.#ask(k, true);
      if (work > SLICE) {
        work = 0;
        yield;
      }
    }
  }

  /** @returns comparisons made. */
  #ask(k: number, refine: boolean): number {
    const { targets, sources, costs, features } = this;
    const { stride } = features;
    const choice = this.#choice;
    const at = targets[k]!;
    let best = sources[k]!;
    let least = costs[k]!;
    let work = 1;
    const bonus = 1 - this.#weights.coherence;
    for (let side = 0; side < 4; side++) {
      const step = side === 0 ? -1 : side === 1 ? 1 : side === 2 ? -stride : stride;
      const m = this.#target[at + step]!;
      if (m < 0 || sources[m]! < 0) continue;
      const source = sources[m]! - step;
      if (source === best || !choice[source]) continue;
      work++;
      const cost = bonus * this.#cost(at, source, least / bonus);
      if (cost < least) {
        least = cost;
        best = source;
      }
    }
    if (refine && best >= 0) {
      const centre = best;
      for (let v = -stride; v <= stride; v += stride) {
        for (let u = -1; u <= 1; u++) {
          const source = centre + v + u;
          if (source === centre || !choice[source]) continue;
          work++;
          const cost = this.#cost(at, source, least);
          if (cost < least) {
            least = cost;
            best = source;
          }
        }
      }
    }
    sources[k] = best;
    costs[k] = least;
    return work;
  }

  /** Squared differences of two patches plus what their distance costs; gives up beyond `limit`. */
  #cost(target: number, source: number, limit: number): number {
    const { data, stride } = this.features;
    const { distance } = this.#weights;
    // Written out: a call that gives two numbers allocates, millions of times a run.
    const dx = (source % stride) - (target % stride);
    const dy = (source - target - dx) / stride;
    let sum = distance * (dx * dx + 2 * dy * dy);
    if (sum >= limit) return sum;
    const corner = RADIUS * stride + RADIUS;
    const row = SIDE * PLANES;
    const next = stride * PLANES;
    let a = (target - corner) * PLANES;
    let b = (source - corner) * PLANES;
    for (let y = 0; y < SIDE; y++, a += next, b += next) {
      for (let i = 0; i < row; i++) {
        const d = data[a + i]! - data[b + i]!;
        sum += d * d;
      }
      if (sum >= limit) return sum;
    }
    return sum;
  }

  /**
   * Paints the unknown as the weighted mean of all patches that cover a pixel (Wexler et al., "Space-time completion of
   * video", 2007).
   * @param sharp how strongly the better patches have the say.
   */
  vote(sharp: number): void {
    const { targets, sources, costs, features, level } = this;
    const { data, stride, width, height } = features;
    const sums = this.#sums.fill(0);
    const weights = new Float32Array(sums.length / PLANES);
    const inverse = -sharp / (2 * usualCost(costs));
    const near = this.#near;
    const unknown = new Uint8Array(weights.length);
    for (let y = 0; y < height; y++) {
      unknown.set(level.unknown.subarray(y * width, (y + 1) * width), features.at(0, y));
    }
    for (let k = 0; k < targets.length; k++) {
      if (sources[k]! < 0) continue;
      const weight = Math.exp(costs[k]! * inverse) * near[k]! + 1e-8;
      const move = sources[k]! - targets[k]!;
      for (let v = -RADIUS; v <= RADIUS; v++) {
        const first = targets[k]! + v * stride - RADIUS;
        for (let i = first; i < first + SIDE; i++) {
          if (!unknown[i]) continue;
          const from = (i + move) * PLANES;
          const to = i * PLANES;
          for (let c = 0; c < PLANES; c++) sums[to + c] = sums[to + c]! + weight * data[from + c]!;
          weights[i] = weights[i]! + weight;
        }
      }
    }
    for (let i = 0; i < weights.length; i++) {
      if (!unknown[i] || weights[i] === 0) continue;
      for (let c = 0; c < PLANES; c++) data[i * PLANES + c] = sums[i * PLANES + c]! / weights[i]!;
    }
    features.mirror();
  }
}

/** Pixels from one place to another. */
function offsetOf(from: number, to: number, stride: number): { readonly dx: number; readonly dy: number } {
  const dx = (to % stride) - (from % stride);
  return { dx, dy: (to - from - dx) / stride };
}

/** What three quarters of the targets cost at most. */
function usualCost(costs: Float32Array): number {
  const sorted = costs.filter(Number.isFinite).sort();
  return Math.max(1e-6, sorted[Math.floor(0.75 * (sorted.length - 1))] ?? 1);
}

/** Weight of each target by its depth in the unknown. */
function nearness({ width, height, unknown }: Level, features: Features, targets: Int32Array): Float32Array {
  const depth = new Float32Array(unknown);
  for (let i = 0; i < depth.length; i++) depth[i]! *= 1e4;
  const pass = (i: number, x: number, step: number) => {
    const up = i - step * width;
    if (x > 0) depth[i] = Math.min(depth[i]!, (depth[up - 1] ?? 1e4) + 1.4);
    if (x < width - 1) depth[i] = Math.min(depth[i]!, (depth[up + 1] ?? 1e4) + 1.4);
    depth[i] = Math.min(depth[i]!, (depth[up] ?? 1e4) + 1);
    const beside = step > 0 ? x - 1 : x + 1;
    if (beside >= 0 && beside < width) depth[i] = Math.min(depth[i]!, depth[i - step]! + 1);
  };
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) pass(i, x, 1);
  for (let y = height - 1, i = width * height - 1; y >= 0; y--)
    for (let x = width - 1; x >= 0; x--, i--) pass(i, x, -1);
  return Float32Array.from(targets, (at) => {
    const x = (at % features.stride) - RADIUS;
    const y = ((at / features.stride) | 0) - RADIUS;
    return Math.max(LEAST, DEPTH ** -depth[y * width + x]!);
  });
}
