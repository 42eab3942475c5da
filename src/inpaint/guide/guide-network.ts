import { AROUND, CLUES, cluesOf, type SmallPicture } from './clues.ts';
import {
  type Affine,
  add,
  attend,
  type Convolution,
  convolve,
  depthwise,
  doubled,
  type Grid,
  gelu,
  grid,
  groupNorm,
  layerNorm,
} from './layers.ts';
import { WeightsFile } from './weights-file.ts';

/** The size that the network works at, whatever the picture's: `training/guide.py`. */
export const ROWS = 72;
export const COLUMNS = 112;
/** Scale of the network's own shade. */
const SHADE = 0.1;
/** Planes of one head of attention, and groups of the normalisations; the widest block has its own. */
const HEAD = 32;
const GROUPS = 16;
const WIDE_GROUPS = 8;
/** Layers of global attention at the bottom. */
const DEEP = 4;

interface Block {
  readonly norm: Affine;
  readonly a: Convolution;
  readonly b: Convolution;
}

/**
 * The guide (`training/guide.py`): what the part of a still room that nobody saw looks like in broad strokes. A mix of
 * three fills, chosen for each pixel, and a shade, by a U-Net that sees the picture at 36 rows and attends to all of it
 * at nine.
 */
export class GuideNetwork {
  readonly #mean: Float32Array;
  readonly #std: Float32Array;
  readonly #pixel: readonly [Convolution, Convolution];
  readonly #layer: (name: string) => Convolution;
  readonly #blocks: Readonly<Record<string, Block>>;
  readonly #deep: readonly Deep[];

  /** @throws where the file is not the guide's. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const file = new WeightsFile(bytes);
    const inside = (name: string) => `mix.surroundings.${name}`;
    const block = (name: string): Block => ({
      norm: file.affine(inside(`${name}.norm`)),
      a: file.convolution(inside(`${name}.a`)),
      b: file.convolution(inside(`${name}.b`)),
    });
    this.#mean = file.values('mix.mean');
    this.#std = file.values('mix.std');
    if (this.#mean.length !== AROUND) throw new Error('These are not the weights of a guide.');
    this.#pixel = [file.convolution('mix.pixel.0'), file.convolution('mix.pixel.2')];
    this.#layer = memo((name: string) => file.convolution(inside(name)));
    for (const name of ['enter', 'down', 'down2', 'up2', 'up', 'last']) this.#layer(name);
    const names = ['fine', 'coarse.0', 'coarse.1', 'wide', 'joined', 'painted'];
    this.#blocks = Object.fromEntries(names.map((name) => [name, block(name)]));
    this.#deep = Array.from({ length: DEEP }, (_, i) => new Deep(file, inside(`deep.${i}`)));
  }

  /**
   * Paints the unknown; yields now and then.
   *
   * @returns planar RGB, 3 x {@link ROWS} x {@link COLUMNS}, 0..1: the picture where it is known.
   */
  *paint(picture: SmallPicture): Generator<void, Float32Array<ArrayBuffer>> {
    const { fill, around } = cluesOf(picture);
    yield;
    const seen = doubled(yield* this.#surroundings(this.#standard(halved(around))));
    const logits = yield* this.#at(around);
    const n = ROWS * COLUMNS;
    const out = new Float32Array(3 * n);
    for (let i = 0; i < n; i++) {
      const [smooth, rows, columns] = [0, 1, 2].map((k) => Math.exp(logits.data[3 * i + k]! + seen.data[6 * i + k]!));
      const sum = smooth! + rows! + columns!;
      for (let c = 0; c < 3; c++) {
        const at = AROUND * i + CLUES + c;
        const more =
          (rows! * around.data[at]! + columns! * around.data[at + 3]!) / sum + SHADE * seen.data[6 * i + 3 + c]!;
        const v = fill[c * n + i]! + (picture.known[i] ? 0 : more);
        out[c * n + i] = Math.min(1, Math.max(0, v));
      }
    }
    if (!out.every(Number.isFinite)) throw new Error('The guide gave values that are not numbers.');
    return out;
  }

  /** Three logits from each pixel's own clues. */
  *#at(around: Grid): Generator<void, Grid> {
    const own = grid(around.height, around.width, CLUES);
    for (let i = 0; i < around.height * around.width; i++) {
      for (let p = 0; p < CLUES; p++) {
        own.data[CLUES * i + p] = (around.data[AROUND * i + p]! - this.#mean[p]!) / this.#std[p]!;
      }
    }
    const hidden = yield* convolve(own, this.#pixel[0]);
    for (let i = 0; i < hidden.data.length; i++) hidden.data[i] = Math.max(0, hidden.data[i]!);
    return yield* convolve(hidden, this.#pixel[1]);
  }

  #standard(x: Grid): Grid {
    for (let i = 0; i < x.data.length; i++) {
      x.data[i] = (x.data[i]! - this.#mean[i % AROUND]!) / this.#std[i % AROUND]!;
    }
    return x;
  }

  *#surroundings(x: Grid): Generator<void, Grid> {
    const layer = this.#layer;
    const fine = yield* this.#block('fine', yield* convolve(x, layer('enter')));
    let coarse = yield* convolve(fine, layer('down'), 2);
    for (const name of ['coarse.0', 'coarse.1']) coarse = yield* this.#block(name, coarse);
    let tokens = yield* convolve(coarse, layer('down2'), 2);
    tokens = yield* this.#block('wide', tokens, WIDE_GROUPS, 2);
    for (const deep of this.#deep) tokens = yield* deep.run(tokens);
    coarse = yield* this.#block('joined', add(doubled(yield* convolve(tokens, layer('up2'))), coarse));
    const painted = yield* this.#block('painted', add(doubled(yield* convolve(coarse, layer('up'))), fine));
    return yield* convolve(painted, layer('last'));
  }

  /** A residual block that normalises first. */
  *#block(name: string, x: Grid, groups = GROUPS, dilation: 1 | 2 = 1): Generator<void, Grid> {
    const { norm, a, b } = this.#blocks[name]!;
    const y = yield* convolve(gelu(groupNorm(x, groups, norm)), a, 1, dilation);
    return add(yield* convolve(gelu(y), b), x);
  }
}

/** Attention of all places to all, with conditional positions (Chu et al. 2021), and a token-wise network. */
class Deep {
  readonly #norms: { readonly positions: Affine; readonly attention: Affine; readonly mlp: Affine };
  readonly #positions: Affine;
  readonly #local: Affine;
  readonly #layers: Readonly<Record<'q' | 'kv' | 'out' | 'up' | 'down', Convolution>>;

  constructor(file: WeightsFile, name: string) {
    const [attention, mlp] = [`${name}.0`, `${name}.1`];
    this.#norms = {
      positions: file.affine(`${attention}.calm`),
      attention: file.affine(`${attention}.norm`),
      mlp: file.affine(`${mlp}.norm`),
    };
    this.#positions = file.depthwise(`${attention}.cpe`);
    this.#local = file.depthwise(`${mlp}.local`);
    this.#layers = {
      q: file.convolution(`${attention}.q`),
      kv: file.convolution(`${attention}.kv`),
      out: file.convolution(`${attention}.out`),
      up: file.convolution(`${mlp}.up`),
      down: file.convolution(`${mlp}.down`),
    };
  }

  *run(x: Grid): Generator<void, Grid> {
    const { q, kv, out, up, down } = this.#layers;
    const placed = add(depthwise(layerNorm(x, this.#norms.positions), this.#positions.weight, this.#positions.bias), x);
    const y = layerNorm(placed, this.#norms.attention);
    const [keys, values] = split(yield* convolve(y, kv));
    const attended = yield* attend(yield* convolve(y, q), keys, values, HEAD);
    const z = add(yield* convolve(attended, out), placed);
    const wide = yield* convolve(layerNorm(z, this.#norms.mlp), up);
    return add(yield* convolve(gelu(depthwise(wide, this.#local.weight, this.#local.bias)), down), z);
  }
}

function split({ height, width, planes, data }: Grid): [Grid, Grid] {
  const half = planes / 2;
  const [a, b] = [grid(height, width, half), grid(height, width, half)];
  for (let i = 0; i < height * width; i++) {
    a.data.set(data.subarray(i * planes, i * planes + half), i * half);
    b.data.set(data.subarray(i * planes + half, (i + 1) * planes), i * half);
  }
  return [a, b];
}

/** Means of 2 x 2. */
function halved({ height, width, planes, data }: Grid): Grid {
  const out = grid(height / 2, width / 2, planes);
  for (let y = 0, i = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++, i += planes) {
      const at = (2 * y * width + 2 * x) * planes;
      const below = at + width * planes;
      for (let p = 0; p < planes; p++) {
        out.data[i + p] = (data[at + p]! + data[at + planes + p]! + data[below + p]! + data[below + planes + p]!) / 4;
      }
    }
  }
  return out;
}

function memo<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const there = made.get(name) ?? make(name);
    made.set(name, there);
    return there;
  };
}
