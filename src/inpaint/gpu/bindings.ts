/**
 * The names by which the kernels know what the inpainter gives them. Numbers and declarations are made from the tables
 * here, on both sides: in WGSL by {@link kernelSource}, in bind groups by {@link bindGroup}, in the uniform buffer by
 * {@link packParams}.
 */
import { byteReader, COMMON, FIELD } from './wgsl-common.ts';

/**
 * What each storage buffer holds. A kernel declares those that it uses; `bytes` lie in words and get a reader,
 * `picture_at(i)` and the like.
 */
const BUFFERS = {
  picture: 'bytes',
  holes: 'bytes', // one a cell
  value: 'array<f32>',
  belief: 'array<u32>', // count | doubt << 8
  rival: 'array<u32>',
  field: 'array<f32>',
  unknown: 'atomic<u32>',
  samples: 'array<f32>',
  frame: 'array<f32>',
  work_plate: 'array<f32>',
  work_hole: 'array<f32>',
  work_known: 'array<f32>',
  fill: 'array<f32>',
  spare_value: 'array<f32>',
  spare_belief: 'array<u32>',
  layers: 'array<u32>',
  view: 'array<u32>',
} as const;

export type BufferName = keyof typeof BUFFERS;
export type Buffers = Partial<Record<BufferName, GPUBuffer>> & { readonly params: GPUBuffer };

const NAMES = Object.keys(BUFFERS) as BufferName[];
/** The parameters are binding 0. */
const bindingOf = (name: BufferName) => NAMES.indexOf(name) + 1;

/** The uniform, in its order: four words to each vector. */
const PARAMS = {
  size: 'vec4u', // width, height, chroma width, chroma height
  form: 'vec4u', // format (0 I420, 1 NV12, 2 RGBA), bytes of the picture, first chroma cell, time
  seam: 'vec4u', // width, height, pixels to a cell, 1 = something hidden is unstable
  work: 'vec4u', // width, height, view's width, view's height
  sample_grid: 'vec4u', // width, height, pitch, -
  more: 'vec4f', // -, share of the newer completion, of the newer remembered room, -
  deviation: 'array<vec4f, 2>', // of the grain, at levels 16, 48, … 240
  exposure: 'array<vec4f, 3>', // gain, offset, 1 / gain, -offset / gain
  to_rgb: 'array<vec4f, 3>',
  from_rgb: 'array<vec4f, 3>',
  map: 'array<vec4f, 3>', // rows of the camera's move: where the plate has what is at a pixel now
} as const;

export type Params = Readonly<Record<keyof typeof PARAMS, ArrayLike<number>>>;

const wordsOf = (type: string) => 4 * Number(/, (\d+)>$/.exec(type)?.[1] ?? 1);
export const PARAMS_BYTES = 4 * Object.values(PARAMS).reduce((sum, type) => sum + wordsOf(type), 0);

/** The uniform's bytes. Words that a value does not give are 0. */
export function packParams(params: Params): ArrayBuffer {
  const out = new ArrayBuffer(PARAMS_BYTES);
  let at = 0;
  for (const [name, type] of Object.entries(PARAMS)) {
    const values = params[name as keyof Params];
    if (values.length > wordsOf(type)) throw new Error(`${name} is a ${type}, and was given ${values.length} values.`);
    const View = type.endsWith('u') ? Uint32Array : Float32Array;
    new View(out, at, wordsOf(type)).set(values);
    at += 4 * wordsOf(type);
  }
  return out;
}

export interface KernelSource {
  readonly code: string;
  readonly buffers: readonly BufferName[];
}

/**
 * A kernel with what all share, and the buffers that it uses.
 *
 * @param access what it does with each of them
 * @param body the rest of the code, with the entry point `main`
 */
export function kernelSource(access: Partial<Record<BufferName, 'read' | 'read_write'>>, body: string): KernelSource {
  const buffers = NAMES.filter((name) => access[name]);
  const fields = Object.entries(PARAMS).map(([name, type]) => `${name}: ${type},`);
  const declarations = buffers.map((name) => {
    const type = BUFFERS[name];
    const declare = (words: string) =>
      `@group(0) @binding(${bindingOf(name)}) var<storage, ${access[name]}> ${name}: ${words};`;
    return type === 'bytes' ? declare('array<u32>') + byteReader(name) : declare(type);
  });
  const code = [
    `struct Params { ${fields.join(' ')} }`,
    '@group(0) @binding(0) var<uniform> p: Params;',
    COMMON,
    ...declarations,
    access.field ? FIELD : '',
    body,
  ];
  return { code: code.join('\n'), buffers };
}

/** Binds what a kernel declares. Throws for a buffer that is not there. */
export function bindGroup(
  device: GPUDevice,
  label: string,
  pipeline: GPUComputePipeline,
  { buffers }: KernelSource,
  given: Buffers,
): GPUBindGroup {
  const entries = buffers.map((name) => {
    const buffer = given[name];
    if (!buffer) throw new Error(`The kernel "${label}" needs the buffer "${name}".`);
    return { binding: bindingOf(name), resource: { buffer } };
  });
  return device.createBindGroup({
    label: `clean-plate ${label}`,
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: given.params } }, ...entries],
  });
}
