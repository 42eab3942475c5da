/**
 * Push-pull: continues known values smoothly into the unknown. Known values are averaged down a pyramid until every
 * level has something everywhere ("pull"), then interpolated back up where the finer level has nothing ("push").
 *
 * Gortler et al., "The Lumigraph" (1996); Kraus, "The pull-push algorithm revisited" (2009). The exact rules are those
 * of `training/pushpull.py`, since the network learns a residual over this very fill: see its text.
 */

/** One known pixel of the four below makes the coarse pixel count in full. */
const GAIN = 4;

interface Level {
  readonly width: number;
  readonly height: number;
  /** Value times weight, one plane after the other. */
  readonly value: Float32Array;
  readonly weight: Float32Array;
}

export class PushPull {
  readonly #levels: Level[] = [];
  readonly #planes: number;
  readonly #neutral: number;

  /**
   * @param planes how many planes share the weights.
   * @param neutral the value of everything when nothing is known at all.
   */
  constructor(width: number, height: number, planes: number, neutral: number) {
    this.#planes = planes;
    this.#neutral = neutral;
    for (let w = width, h = height; ; w = (w + 1) >> 1, h = (h + 1) >> 1) {
      const n = w * h;
      this.#levels.push({ width: w, height: h, value: new Float32Array(n * planes), weight: new Float32Array(n) });
      if (w === 1 && h === 1) break;
    }
  }

  /** Write `planes` x height x width values here; they count as far as {@link weight} says, 0 = not at all. */
  get value(): Float32Array {
    return this.#levels[0]!.value;
  }

  /** Write 0..1 for every pixel here. */
  get weight(): Float32Array {
    return this.#levels[0]!.weight;
  }

  /** Fills {@link value} in place: unchanged where the weight is 1. The weights stay as they were. */
  run(): void {
    const levels = this.#levels;
    premultiply(levels[0]!, this.#planes);
    for (let i = 1; i < levels.length; i++) pull(levels[i - 1]!, levels[i]!, this.#planes);
    const top = levels[levels.length - 1]!;
    for (let k = 0; k < this.#planes; k++) {
      top.value[k] = top.weight[0]! > 0 ? top.value[k]! / top.weight[0]! : this.#neutral;
    }
    for (let i = levels.length - 2; i >= 0; i--) push(levels[i + 1]!, levels[i]!, this.#planes);
  }
}

function premultiply({ value, weight }: Level, planes: number): void {
  const n = weight.length;
  for (let k = 0; k < planes; k++) {
    for (let i = 0; i < n; i++)
      if (weight[i] !== 1) value[k * n + i] = weight[i] === 0 ? 0 : value[k * n + i]! * weight[i]!;
  }
}

function pull(fine: Level, coarse: Level, planes: number): void {
  const n = fine.weight.length;
  const m = coarse.weight.length;
  for (let y = 0; y < coarse.height; y++) {
    // An odd size is padded with weight 0: the missing neighbour adds nothing.
    const below = 2 * y + 1 < fine.height ? fine.width : 0;
    for (let x = 0; x < coarse.width; x++) {
      const right = 2 * x + 1 < fine.width ? 1 : 0;
      const a = 2 * y * fine.width + 2 * x;
      const b = a + right;
      const c = a + below;
      const d = c + right;
      const w = fine.weight;
      let sum = w[a]!;
      if (right) sum += w[b]!;
      if (below) sum += w[c]!;
      if (right && below) sum += w[d]!;
      const i = y * coarse.width + x;
      const weight = Math.min(1, (sum * GAIN) / 4);
      coarse.weight[i] = weight;
      const scale = sum > 0 ? weight / sum : 0;
      for (let k = 0, p = 0, q = i; k < planes; k++, p += n, q += m) {
        const v = fine.value;
        let total = v[p + a]!;
        if (right) total += v[p + b]!;
        if (below) total += v[p + c]!;
        if (right && below) total += v[p + d]!;
        coarse.value[q] = total * scale;
      }
    }
  }
}

function push(coarse: Level, fine: Level, planes: number): void {
  const n = fine.weight.length;
  const m = coarse.weight.length;
  for (let y = 0; y < fine.height; y++) {
    // Half-pixel centres: an even row lies a quarter above the centre of its coarse row, an odd one a quarter below.
    const y0 = y >> 1;
    const y1 = y & 1 ? Math.min(y0 + 1, coarse.height - 1) : Math.max(y0 - 1, 0);
    for (let x = 0; x < fine.width; x++) {
      const i = y * fine.width + x;
      const rest = 1 - fine.weight[i]!;
      if (rest === 0) continue;
      const x0 = x >> 1;
      const x1 = x & 1 ? Math.min(x0 + 1, coarse.width - 1) : Math.max(x0 - 1, 0);
      const a = y0 * coarse.width + x0;
      const b = y0 * coarse.width + x1;
      const c = y1 * coarse.width + x0;
      const d = y1 * coarse.width + x1;
      for (let k = 0, p = 0, q = i; k < planes; k++, p += m, q += n) {
        const v = coarse.value;
        const up = 0.5625 * v[p + a]! + 0.1875 * (v[p + b]! + v[p + c]!) + 0.0625 * v[p + d]!;
        fine.value[q] = fine.value[q]! + rest * up;
      }
    }
  }
}
