import { type Features, OWN, RADIUS, SIDE } from './features.ts';
import { grown } from './grow.ts';
import type { Level } from './pyramid.ts';

/** A run lets others in after so many comparisons of patches, a few milliseconds' worth. */
const SLICE = 20_000;
/** By how much the weight of a patch falls with each pixel that it lies deeper in the unknown: what is near the rim knows more. */
const DEPTH = 1.3;
/** The least of these weights. */
const LEAST = 1e-4;

/** How a level's search weighs things. */
export interface Weights {
  /** Squared levels that a patch pays for each squared pixel between it and its source, twice that downwards. */
  readonly distance: number;
  /** Share of its cost that a patch is willing to pay to be copied from beside its neighbour's source. */
  readonly coherence: number;
}

/**
 * Which known patch each patch that touches the unknown is most like, at one level. Targets and sources are numbered by their centre's place in
 * {@link Features}. A source's patch holds nothing unknown and lies wholly inside the picture; its centre, which is what is copied in the end, is not barred.
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
    const places = features.data.length / features.planes;
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
    this.#sums = new Float32Array(OWN * places);
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

  /** Shows in the unknown what `rgb` has there (interleaved, 0..255). */
  paint(rgb: Float32Array): void {
    const { features, level } = this;
    for (const at of this.targets) {
      const i = this.#pixel(at);
      if (level.unknown[i]) features.data.set(rgb.subarray(3 * i, 3 * i + 3), features.planes * at);
    }
    features.mirror();
  }

  /** Index in the level of a place. */
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
   * A first guess at everything, from the rim inwards, layer by layer: each pixel from the source that goes best with what is known around it by
   * then (the "onion peel" of Newson et al.). Lines that end at the rim go on, which no smooth guess gives.
   */
  *peel(): Generator<void> {
    const { features, level, choices } = this;
    const { data, planes, stride, width, height } = features;
    const { distance } = this.#weights;
    const open = level.unknown.slice();
    const inside = new Int32Array(SIDE * SIDE);
    const columns = new Int32Array(SIDE * SIDE);
    let work = 0;
    for (let layer = rimOf(open, width); layer.length; layer = rimOf(open, width)) {
      const found = new Int32Array(layer.length);
      for (let k = 0; k < layer.length; k++) {
        const x = layer[k]! % width;
        const y = (layer[k]! / width) | 0;
        let n = 0;
        for (let v = -RADIUS; v <= RADIUS; v++) {
          for (let u = -RADIUS; u <= RADIUS; u++) {
            if (x + u < 0 || y + v < 0 || x + u >= width || y + v >= height) continue;
            if (!open[(y + v) * width + x + u]) inside[n++] = planes * (v * stride + u);
          }
        }
        // A patch of which half is known is as sure of itself as a whole one: the distance counts by what is compared.
        const share = n / columns.length;
        const at = features.at(x, y);
        let least = Number.POSITIVE_INFINITY;
        for (let m = 0; m < choices.length; m++) {
          const { dx, dy } = offsetOf(at, choices[m]!, stride);
          let sum = share * distance * (dx * dx + 2 * dy * dy);
          const a = planes * at;
          const b = planes * choices[m]!;
          for (let j = 0; j < n && sum < least; j++) {
            const p = a + inside[j]!;
            const q = b + inside[j]!;
            for (let c = 0; c < planes; c++) {
              const d = data[p + c]! - data[q + c]!;
              sum += d * d;
            }
          }
          if (sum < least) {
            least = sum;
            found[k] = choices[m]!;
          }
        }
        work += choices.length;
        if (work > SLICE) {
          work = 0;
          yield;
        }
      }
      for (let k = 0; k < layer.length; k++) {
        const x = layer[k]! % width;
        const y = (layer[k]! / width) | 0;
        const to = planes * features.at(x, y);
        data.copyWithin(to, planes * found[k]!, planes * found[k]! + OWN);
        open[layer[k]!] = 0;
      }
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
   * Takes over what goes on from a neighbour's source (Ashikhmin, "Synthesizing natural textures", 2001), in reading order
   * and back; on the way back each also looks at the eight places round its own source.
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
    const { data, planes, stride } = this.features;
    const { distance } = this.#weights;
    const { dx, dy } = offsetOf(target, source, stride);
    let sum = distance * (dx * dx + 2 * dy * dy);
    if (sum >= limit) return sum;
    const corner = RADIUS * stride + RADIUS;
    const row = SIDE * planes;
    const next = stride * planes;
    let a = (target - corner) * planes;
    let b = (source - corner) * planes;
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
   * Paints the unknown as the weighted mean of all patches that cover a pixel (Wexler et al., "Space-time completion of video", 2007).
   * @param sharp how strongly the better patches have the say.
   */
  vote(sharp: number): void {
    const { targets, sources, costs, features, level } = this;
    const { data, planes, stride, width, height } = features;
    const sums = this.#sums.fill(0);
    const weights = new Float32Array(sums.length / OWN);
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
          const from = (i + move) * planes;
          const to = i * OWN;
          for (let c = 0; c < OWN; c++) sums[to + c] = sums[to + c]! + weight * data[from + c]!;
          weights[i] = weights[i]! + weight;
        }
      }
    }
    for (let i = 0; i < weights.length; i++) {
      if (!unknown[i] || weights[i] === 0) continue;
      for (let c = 0; c < OWN; c++) data[i * planes + c] = sums[i * OWN + c]! / weights[i]!;
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

/** The set pixels that have a neighbour that is not. */
function rimOf(open: Uint8Array, width: number): number[] {
  const rim: number[] = [];
  for (let i = 0; i < open.length; i++) {
    if (!open[i]) continue;
    const x = i % width;
    const free =
      (x > 0 && !open[i - 1]) ||
      (x < width - 1 && !open[i + 1]) ||
      (i >= width && !open[i - width]) ||
      (i + width < open.length && !open[i + width]);
    if (free) rim.push(i);
  }
  return rim;
}

/** Weight of each target by its depth in the unknown. */
function nearness({ width, height, unknown }: Level, features: Features, targets: Int32Array): Float32Array {
  const depth = Float32Array.from(unknown, (each) => (each ? 1e4 : 0));
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
