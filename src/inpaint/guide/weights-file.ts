import type { Affine, Convolution } from './layers.ts';

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Bytes before the header: its length, 64 bits. */
const PREFIX = 8;

/**
 * The weights of a network, by the names that PyTorch gives them: a file in the format of `safetensors` with tensors of
 * type F32, and of type I8 with a scale for each output in `NAME.scale`.
 */
export class WeightsFile {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #entries: Readonly<Record<string, Entry>>;

  /** @throws where it is no such file. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = bytes.length < PREFIX ? 0 : Number(view.getBigUint64(0, true));
    if (length === 0 || PREFIX + length > bytes.length) throw new Error('This is no file of weights.');
    this.#entries = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length)));
    this.#bytes = bytes.subarray(PREFIX + length);
  }

  /** As floats, whatever the file has. */
  tensor(name: string): { readonly shape: readonly number[]; readonly values: Float32Array } {
    const entry = this.#entries[name];
    if (!entry) throw new Error(`The weights have no ${name}.`);
    const { dtype, shape } = entry;
    const bytes = this.#bytes.slice(...entry.data_offsets);
    if (dtype === 'F32') return { shape, values: new Float32Array(bytes.buffer) };
    if (dtype !== 'I8') throw new Error(`${name} of the weights is of type ${dtype}.`);
    const scale = this.tensor(`${name}.scale`).values;
    const each = bytes.length / scale.length;
    const values = new Float32Array(new Int8Array(bytes.buffer));
    for (let i = 0; i < values.length; i++) values[i]! *= scale[Math.floor(i / each)]!;
    return { shape, values };
  }

  values(name: string): Float32Array {
    return this.tensor(name).values;
  }

  affine(name: string): Affine {
    return { weight: this.values(`${name}.weight`), bias: this.values(`${name}.bias`) };
  }

  /** A linear layer or a convolution; PyTorch has the inputs before the kernel. */
  convolution(name: string): Convolution {
    const {
      shape: [outputs, inputs, size = 1],
      values,
    } = this.tensor(`${name}.weight`);
    const bias = this.#entries[`${name}.bias`] ? this.values(`${name}.bias`) : undefined;
    if (!outputs || !inputs || (size !== 1 && size !== 3)) throw new Error(`${name} is no convolution known here.`);
    return { outputs, inputs, size, weight: kernelFirst(values, inputs, size * size), bias };
  }

  /** A 3x3 kernel for each plane: 9 x planes. */
  depthwise(name: string): Affine {
    const { weight, bias } = this.affine(name);
    return { weight: kernelFirst(weight, bias.length, 9), bias };
  }
}

/** ... x inputs x taps to ... x taps x inputs. */
function kernelFirst(values: Float32Array, inputs: number, taps: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let o = 0; o < values.length; o += inputs * taps) {
    for (let i = 0; i < inputs; i++) {
      for (let t = 0; t < taps; t++) out[o + t * inputs + i] = values[o + i * taps + t]!;
    }
  }
  return out;
}
