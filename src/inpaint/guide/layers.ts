/**
 * The layers that the guide's network is made of (`training/model.py`, `training/guide.py`), in plain TypeScript: one
 * run takes well under a second, and a runtime for it would be five times as many bytes as its weights.
 */

/** Values in reading order, all of a place together: height x width x planes. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly planes: number;
  readonly data: Float32Array;
}

export function grid(height: number, width: number, planes: number): Grid {
  return { height, width, planes, data: new Float32Array(height * width * planes) };
}

/** A convolution, or a linear layer where `size` is 1. */
export interface Convolution {
  readonly inputs: number;
  readonly outputs: number;
  /** Edge of the kernel. */
  readonly size: 1 | 3;
  /** outputs x size x size x inputs. */
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
}

/** Zeros lie around the picture, as far as the kernel reaches. Yields now and then. */
export function* convolve(
  x: Grid,
  { inputs, outputs, size, weight, bias }: Convolution,
  stride: 1 | 2 = 1,
  dilation: 1 | 2 = 1,
): Generator<void, Grid> {
  const out = grid(Math.ceil(x.height / stride), Math.ceil(x.width / stride), outputs);
  const length = size * size * inputs;
  const taps = new Float32Array(out.width * length);
  for (let y = 0; y < out.height; y++) {
    let rows: Float32Array = taps;
    if (size === 1) rows = x.data.subarray(y * x.width * inputs, (y + 1) * x.width * inputs);
    else gather(x, taps, y * stride, stride, dilation, out.width);
    multiply(rows, weight, bias, out.data.subarray(y * out.width * outputs), out.width, length, outputs);
    yield;
  }
  return out;
}

/** What a 3x3 kernel sees along one row: width x 9 x planes. */
function gather(x: Grid, taps: Float32Array, row: number, stride: number, dilation: number, width: number): void {
  const { planes, data } = x;
  taps.fill(0);
  for (let j = -1; j <= 1; j++) {
    const v = row + j * dilation;
    if (v < 0 || v >= x.height) continue;
    for (let k = -1; k <= 1; k++) {
      for (let i = 0; i < width; i++) {
        const u = i * stride + k * dilation;
        if (u < 0 || u >= x.width) continue;
        const from = (v * x.width + u) * planes;
        taps.set(data.subarray(from, from + planes), (9 * i + 3 * (j + 1) + k + 1) * planes);
      }
    }
  }
}

/**
 * rows (n x length) times weight (outputs x length), four by two at a time: each number read is used at least twice.
 */
function multiply(
  rows: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  n: number,
  length: number,
  outputs: number,
): void {
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const w = o * length;
    for (let p = 0; p < n; p += 2) {
      const two = p + 1 < n;
      const x = p * length;
      const y = two ? x + length : x;
      let [a, b, c, d] = [bias?.[o] ?? 0, bias?.[o + 1] ?? 0, bias?.[o + 2] ?? 0, bias?.[o + 3] ?? 0];
      let [e, f, g, h] = [a, b, c, d];
      for (let k = 0; k < length; k++) {
        const s = rows[x + k]!;
        const t = rows[y + k]!;
        const q = weight[w + k]!;
        const r = weight[w + length + k]!;
        const u = weight[w + 2 * length + k]!;
        const v = weight[w + 3 * length + k]!;
        a += s * q;
        b += s * r;
        c += s * u;
        d += s * v;
        e += t * q;
        f += t * r;
        g += t * u;
        h += t * v;
      }
      const to = p * outputs + o;
      out[to] = a;
      out[to + 1] = b;
      out[to + 2] = c;
      out[to + 3] = d;
      if (!two) continue;
      out[to + outputs] = e;
      out[to + outputs + 1] = f;
      out[to + outputs + 2] = g;
      out[to + outputs + 3] = h;
    }
  }
  for (; o < outputs; o++) {
    for (let p = 0; p < n; p++) {
      let sum = bias?.[o] ?? 0;
      for (let k = 0; k < length; k++) sum += rows[p * length + k]! * weight[o * length + k]!;
      out[p * outputs + o] = sum;
    }
  }
}

/** A 3x3 kernel for each plane by itself: 9 x planes. */
export function depthwise(x: Grid, weight: Float32Array, bias: Float32Array): Grid {
  const { height, width, planes, data } = x;
  const out = grid(height, width, planes);
  for (let y = 0, i = 0; y < height; y++) {
    for (let u = 0; u < width; u++, i += planes) {
      out.data.set(bias, i);
      for (let j = -1; j <= 1; j++) {
        for (let k = -1; k <= 1; k++) {
          if (y + j < 0 || y + j >= height || u + k < 0 || u + k >= width) continue;
          const from = i + (j * width + k) * planes;
          const w = (3 * (j + 1) + k + 1) * planes;
          for (let p = 0; p < planes; p++) out.data[i + p]! += weight[w + p]! * data[from + p]!;
        }
      }
    }
  }
  return out;
}

/** Scale and shift of a normalisation, one for each plane. */
export interface Affine {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** As in PyTorch. */
const EPSILON = 1e-5;

/** Planes in `groups` of neighbours, each brought to mean 0 and deviation 1 over the picture (Wu and He 2018). */
export function groupNorm({ height, width, planes, data }: Grid, groups: number, { weight, bias }: Affine): Grid {
  const out = grid(height, width, planes);
  const n = height * width;
  const size = planes / groups;
  for (let g = 0; g < groups; g++) {
    let sum = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      for (let p = g * size; p < (g + 1) * size; p++) sum += data[i * planes + p]!;
    }
    const mean = sum / (n * size);
    for (let i = 0; i < n; i++) {
      for (let p = g * size; p < (g + 1) * size; p++) square += (data[i * planes + p]! - mean) ** 2;
    }
    const scale = 1 / Math.sqrt(square / (n * size) + EPSILON);
    for (let i = 0; i < n; i++) {
      for (let p = g * size; p < (g + 1) * size; p++) {
        out.data[i * planes + p] = (data[i * planes + p]! - mean) * scale * weight[p]! + bias[p]!;
      }
    }
  }
  return out;
}

/** Layer norm of what differs between places: each plane's mean over the picture goes first. */
export function layerNorm({ height, width, planes, data }: Grid, { weight, bias }: Affine): Grid {
  const out = grid(height, width, planes);
  const n = height * width;
  const means = new Float64Array(planes);
  for (let i = 0; i < n; i++) for (let p = 0; p < planes; p++) means[p]! += data[i * planes + p]! / n;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    let square = 0;
    for (let p = 0; p < planes; p++) sum += data[i * planes + p]! - means[p]!;
    const mean = sum / planes;
    for (let p = 0; p < planes; p++) square += (data[i * planes + p]! - means[p]! - mean) ** 2;
    const scale = 1 / Math.sqrt(square / planes + EPSILON);
    for (let p = 0; p < planes; p++) {
      out.data[i * planes + p] = (data[i * planes + p]! - means[p]! - mean) * scale * weight[p]! + bias[p]!;
    }
  }
  return out;
}

/** In place; by tanh, as the network is trained. */
export function gelu(x: Grid): Grid {
  const { data } = x;
  for (let i = 0; i < data.length; i++) {
    const v = data[i]!;
    data[i] = 0.5 * v * (1 + Math.tanh(0.7978845608028654 * (v + 0.044715 * v * v * v)));
  }
  return x;
}

/** In place. */
export function add(x: Grid, y: Grid): Grid {
  for (let i = 0; i < x.data.length; i++) x.data[i]! += y.data[i]!;
  return x;
}

/** To twice the size: half-pixel centres, clamped at the edges. */
export function doubled(x: Grid): Grid {
  const { height, width, planes, data } = x;
  const out = grid(2 * height, 2 * width, planes);
  for (let y = 0, i = 0; y < out.height; y++) {
    const y0 = y >> 1;
    const y1 = beside(y, height);
    for (let u = 0; u < out.width; u++, i += planes) {
      const x0 = u >> 1;
      const x1 = beside(u, width);
      const a = (y0 * width + x0) * planes;
      const b = (y0 * width + x1) * planes;
      const c = (y1 * width + x0) * planes;
      const d = (y1 * width + x1) * planes;
      for (let p = 0; p < planes; p++) {
        out.data[i + p] = 0.5625 * data[a + p]! + 0.1875 * (data[b + p]! + data[c + p]!) + 0.0625 * data[d + p]!;
      }
    }
  }
  return out;
}

/** The second nearest of `n` places to the i-th of twice as many. */
export function beside(i: number, n: number): number {
  return i & 1 ? Math.min((i >> 1) + 1, n - 1) : Math.max((i >> 1) - 1, 0);
}

/** Every place sees every place (Vaswani et al. 2017). All n x planes; `head` planes a head. */
export function* attend(q: Grid, k: Grid, v: Grid, head: number): Generator<void, Grid> {
  const { height, width, planes } = q;
  const n = height * width;
  const out = grid(height, width, planes);
  const score = new Float64Array(n);
  for (let from = 0; from < planes; from += head) {
    for (let i = 0; i < n; i++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < n; j++) {
        let dot = 0;
        for (let p = from; p < from + head; p++) dot += q.data[i * planes + p]! * k.data[j * planes + p]!;
        score[j] = dot * head ** -0.5;
        most = Math.max(most, score[j]!);
      }
      let sum = 0;
      for (let j = 0; j < n; j++) {
        score[j] = Math.exp(score[j]! - most);
        sum += score[j]!;
      }
      for (let j = 0; j < n; j++) {
        const share = score[j]! / sum;
        for (let p = from; p < from + head; p++) out.data[i * planes + p]! += share * v.data[j * planes + p]!;
      }
    }
    yield;
  }
  return out;
}
