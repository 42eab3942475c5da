import { type CompletionInput, ROLE } from './completion.ts';

/**
 * Steps of light, levels, that are believed by half; larger ones are more and more likely two different things side by
 * side.
 */
const HALF = 10;
/**
 * How strongly the correction is held to nothing, against a neighbour's weight, at {@link ROWS} rows: what the rim says
 * fades over some forty pixels.
 */
const HOLD = 6e-4;
const ROWS = 288;
/** Sweeps at each size, on the way from the coarsest one and back. */
const SWEEPS = 6;
/** Times that what is left over is solved again, coarse to fine. */
const CYCLES = 3;

/**
 * `sum of weight * (c - neighbour's c) + hold * c = right`, for the correction c of each cell; x and y neighbours by
 * their smaller index.
 */
interface Equations {
  readonly width: number;
  readonly height: number;
  /** 1 = has a correction of its own; the others' is 0. */
  readonly inside: Uint8Array;
  /** The cells that have one, in reading order, once they are all known. */
  cells: Int32Array;
  readonly toRight: Float32Array;
  readonly toBelow: Float32Array;
  readonly hold: Float32Array;
  /** Three planes, interleaved. */
  readonly right: Float32Array;
  readonly value: Float32Array;
}

/**
 * What has to be added to the copied pixels for light to go on without a step, over the rim and wherever two neighbours
 * are copied from different places: the copies' gradients are kept and the steps between them spread (Perez et al.,
 * "Poisson image editing", 2003; Agarwala et al., "Interactive digital photomontage", 2004). Steps too large for light
 * are let be. Solved from coarse to fine; yields between sizes.
 */
export function* correct(input: CompletionInput, offsets: Int16Array): Generator<void, Int8Array<ArrayBuffer>> {
  const finest = equationsOf(input, offsets);
  const levels = [finest];
  for (let last = finest; last.width > 2 && last.height > 2; levels.push(last)) {
    last = halved(last);
    yield;
  }
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    for (let l = 1; l < levels.length; l++) {
      restrict(levels[l - 1]!, levels[l]!);
      yield;
    }
    for (let l = levels.length - 1; l >= 0; l--) {
      if (l < levels.length - 1) prolong(levels[l + 1]!, levels[l]!);
      for (let sweep = 0; sweep < SWEEPS; sweep++) {
        relax(levels[l]!);
        if (levels[l]!.value.length > 1e5) yield;
      }
    }
  }
  const { value } = finest;
  const correction = new Int8Array(value.length);
  for (let i = 0; i < value.length; i++) correction[i] = Math.max(-127, Math.min(127, Math.round(value[i]!)));
  return correction;
}

function equationsOf({ width, height, rgb, role }: CompletionInput, offsets: Int16Array): Equations {
  const n = width * height;
  const out = empty(width, height);
  const step = [0, 0, 0];
  /**
   * The step in light from i to its neighbour j, a pixel to the right or below, that the copies make and their sources
   * do not.
   */
  const measure = (i: number, j: number, dx: number, dy: number): number => {
    const to = (at: number) => at + offsets[2 * at]! + offsets[2 * at + 1]! * width;
    const inside = (at: number) => at >= 0 && at < n && role[at] !== ROLE.unknown;
    const p = out.inside[i] ? to(i) : i;
    const q = out.inside[j] ? to(j) : j;
    const move = dx + dy * width;
    if (p + move === q) return step.fill(0) && 1;
    const beyond = out.inside[i] && inside(p + move);
    const before = out.inside[j] && inside(q - move);
    if (!beyond && !before) return 0;
    let largest = 0;
    for (let c = 0; c < 3; c++) {
      const there = rgb[3 * q + c]! - rgb[3 * p + c]!;
      let wanted = 0;
      if (beyond) wanted += rgb[3 * (p + move) + c]! - rgb[3 * p + c]!;
      if (before) wanted += rgb[3 * q + c]! - rgb[3 * (q - move) + c]!;
      if (beyond && before) wanted /= 2;
      step[c] = wanted - there;
      largest = Math.max(largest, Math.abs(step[c]!));
    }
    const weight = 1 / (1 + (largest / HALF) ** 2);
    return weight * weight;
  };
  for (let i = 0; i < n; i++) {
    if (role[i] === ROLE.unknown && (offsets[2 * i] !== 0 || offsets[2 * i + 1] !== 0)) {
      out.inside[i] = 1;
      out.hold[i] = HOLD * (ROWS / height) ** 2;
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      for (let side = 0; side < 2; side++) {
        const j = side ? i + width : i + 1;
        if ((side ? y : x) + 1 >= (side ? height : width) || !(out.inside[i] || out.inside[j])) continue;
        if (!known(i) || !known(j)) continue;
        const weight = measure(i, j, side ? 0 : 1, side);
        (side ? out.toBelow : out.toRight)[i] = weight;
        for (let c = 0; c < 3; c++) {
          // c(j) - c(i) = step
          out.right[3 * i + c]! -= weight * step[c]!;
          out.right[3 * j + c]! += weight * step[c]!;
        }
      }
    }
  }
  out.cells = placesOf(out.inside);
  return out;

  function known(at: number): boolean {
    return out.inside[at] === 1 || role[at] !== ROLE.unknown;
  }
}

function empty(width: number, height: number): Equations {
  const n = width * height;
  return {
    width,
    height,
    inside: new Uint8Array(n),
    cells: new Int32Array(0),
    toRight: new Float32Array(n),
    toBelow: new Float32Array(n),
    hold: new Float32Array(n),
    right: new Float32Array(3 * n),
    value: new Float32Array(3 * n),
  };
}

/** Two by two cells taken together; links to cells without a correction become a hold, since theirs is 0. */
function halved(fine: Equations): Equations {
  const out = empty((fine.width + 1) >> 1, (fine.height + 1) >> 1);
  for (let y = 0, i = 0; y < fine.height; y++) {
    for (let x = 0; x < fine.width; x++, i++) {
      const to = (y >> 1) * out.width + (x >> 1);
      if (fine.inside[i]) {
        out.inside[to] = 1;
        out.hold[to]! += fine.hold[i]!;
      }
      for (let side = 0; side < 2; side++) {
        const j = side ? i + fine.width : i + 1;
        const weight = (side ? fine.toBelow : fine.toRight)[i]!;
        if (weight === 0) continue;
        const next = side ? ((y + 1) >> 1) * out.width + (x >> 1) : (y >> 1) * out.width + ((x + 1) >> 1);
        if (!fine.inside[i]) out.hold[next]! += weight;
        else if (!fine.inside[j]) out.hold[to]! += weight;
        // Half the weight: the centres lie twice as far apart.
        else if (next !== to) (side ? out.toBelow : out.toRight)[to]! += weight / 2;
      }
    }
  }
  out.cells = placesOf(out.inside);
  return out;
}

/** Indices of what is not 0. */
function placesOf(flags: Uint8Array): Int32Array {
  const places = new Int32Array(flags.length);
  let n = 0;
  for (let i = 0; i < flags.length; i++) if (flags[i]) places[n++] = i;
  return places.slice(0, n);
}

/** The coarse equations for what the fine ones leave over. */
function restrict(fine: Equations, coarse: Equations): void {
  coarse.right.fill(0);
  coarse.value.fill(0);
  const { width, value, toRight, toBelow, cells, hold, right } = fine;
  for (const i of cells) {
    const x = i % width;
    const y = (i / width) | 0;
    const l = x > 0 ? toRight[i - 1]! : 0;
    const u = y > 0 ? toBelow[i - width]! : 0;
    const r = toRight[i]!;
    const d = toBelow[i]!;
    const to = 3 * ((y >> 1) * coarse.width + (x >> 1));
    for (let c = 0, p = 3 * i; c < 3; c++, p++) {
      let rest = right[p]! - (l + u + r + d + hold[i]!) * value[p]!;
      if (l) rest += l * value[p - 3]!;
      if (r) rest += r * value[p + 3]!;
      if (u) rest += u * value[p - 3 * width]!;
      if (d) rest += d * value[p + 3 * width]!;
      coarse.right[to + c]! += rest;
    }
  }
}

/** Adds the coarse correction, bilinearly over cells that have one. */
function prolong(coarse: Equations, fine: Equations): void {
  const { inside, value } = coarse;
  const clamped = (at: number, last: number) => Math.min(last, Math.max(0, at));
  for (const i of fine.cells) {
    const y = (i / fine.width) | 0;
    const x = i - y * fine.width;
    const v = clamped((y >> 1) + (y & 1 ? 1 : -1), coarse.height - 1) * coarse.width;
    const u = clamped((x >> 1) + (x & 1 ? 1 : -1), coarse.width - 1);
    const row = (y >> 1) * coarse.width;
    const near = row + (x >> 1);
    const across = inside[row + u] ? row + u : near;
    const down = inside[v + (x >> 1)] ? v + (x >> 1) : near;
    const both = inside[v + u] ? v + u : near;
    for (let c = 0; c < 3; c++) {
      const beside = 3 * value[3 * across + c]! + 3 * value[3 * down + c]!;
      fine.value[3 * i + c]! += (9 * value[3 * near + c]! + beside + value[3 * both + c]!) / 16;
    }
  }
}

/** One sweep of Gauss and Seidel. */
function relax({ width, value, toRight, toBelow, cells, hold, right }: Equations): void {
  for (const i of cells) {
    const l = i > 0 && i % width ? toRight[i - 1]! : 0;
    const u = i >= width ? toBelow[i - width]! : 0;
    const r = toRight[i]!;
    const d = toBelow[i]!;
    const sum = l + u + r + d + hold[i]!;
    if (sum === 0) continue;
    for (let c = 0, p = 3 * i; c < 3; c++, p++) {
      let v = right[p]!;
      if (l) v += l * value[p - 3]!;
      if (r) v += r * value[p + 3]!;
      if (u) v += u * value[p - 3 * width]!;
      if (d) v += d * value[p + 3 * width]!;
      value[p] = v / sum;
    }
  }
}
