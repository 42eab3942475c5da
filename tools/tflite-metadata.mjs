/**
 * TFLite models carry a second flatbuffer, "TFLITE_METADATA", that says how their inputs are prepared. MediaPipe Tasks
 * refuses an image model without NormalizationOptions in it. Schemas: tensorflow/lite/schema/schema.fbs (the model) and
 * mediapipe/tasks/metadata/metadata_schema.fbs (the metadata); the numbers below are field and union positions there.
 */
import { Builder, ByteBuffer } from 'flatbuffers';

const MODEL = {
  version: 0,
  operatorCodes: 1,
  subgraphs: 2,
  description: 3,
  buffers: 4,
  metadataBuffer: 5,
  metadata: 6,
};
const MODEL_SIGNATURES = 7;
const MODEL_FIELDS = 8;
const IMAGE_PROPERTIES = 2;
const NORMALIZATION_OPTIONS = 1;
const COLOR_SPACE_RGB = 1;
const NAME = 'TFLITE_METADATA';

/** Flatbuffers are read through vtables: the place of field `index` of the table at `table`, or 0 where it is unset. */
function field(bytes, table, index) {
  const offset = bytes.__offset(table, 4 + 2 * index);
  return offset === 0 ? 0 : table + offset;
}

/** The targets of a vector of references, as positions in the buffer. */
function references(bytes, table, index) {
  const at = field(bytes, table, index);
  if (at === 0) return [];
  const vector = bytes.__vector(at);
  return Array.from({ length: bytes.__vector_len(at) }, (_, i) => bytes.__indirect(vector + 4 * i));
}

function rootOf(bytes, identifier) {
  const root = new ByteBuffer(bytes);
  if (bytes.length < 8 || root.getBufferIdentifier() !== identifier) {
    throw new Error(`Not a flatbuffer of type ${identifier}.`);
  }
  return { bytes: root, table: root.__indirect(0) };
}

/**
 * The model with metadata in front of it: a new root table, buffer list and metadata list that point into the old file,
 * which follows as it was, byte for byte. (References in a flatbuffer are relative and point forwards only, so the old
 * file may move as a whole but nothing may be appended to it.)
 *
 * @param {Uint8Array} model a TFLite file without TFLITE_METADATA
 * @param {Uint8Array} metadata from {@link imageMetadata}
 * @returns {Uint8Array}
 */
export function withMetadata(model, metadata) {
  const old = rootOf(model, 'TFL3');
  if (readMetadata(model) !== undefined) throw new Error(`The model has ${NAME} already.`);
  const builder = new Builder(model.length + metadata.length + 4096);

  // A builder writes from the back and counts offsets from the end, so the old file goes in first. Weights are aligned
  // to 16.
  const tail = Math.ceil(model.length / 16) * 16;
  builder.prep(16, tail);
  builder.pad(tail - model.length);
  for (let i = model.length - 1; i >= 0; i--) builder.writeInt8(model[i]);
  const at = (position) => tail - position;

  builder.startVector(1, metadata.length, 16);
  for (let i = metadata.length - 1; i >= 0; i--) builder.addInt8(metadata[i]);
  const data = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, data, 0);
  const buffer = builder.endObject();

  const buffers = references(old.bytes, old.table, MODEL.buffers).map(at);
  const name = builder.createString(NAME);
  builder.startObject(2);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt32(1, buffers.length, 0);
  const entry = builder.endObject();

  const list = (offsets) => {
    builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.toReversed()) builder.addOffset(offset);
    return builder.endVector();
  };
  const changed = new Map([
    [MODEL.buffers, list([...buffers, buffer])],
    [MODEL.metadata, list([...references(old.bytes, old.table, MODEL.metadata).map(at), entry])],
  ]);
  builder.startObject(MODEL_FIELDS);
  builder.addFieldInt32(MODEL.version, old.bytes.readInt32(field(old.bytes, old.table, MODEL.version)), 0);
  for (const index of [...Object.values(MODEL).slice(1), MODEL_SIGNATURES]) {
    const place = field(old.bytes, old.table, index);
    const offset = changed.get(index) ?? (place === 0 ? 0 : at(old.bytes.__indirect(place)));
    builder.addFieldOffset(index, offset, 0);
  }
  builder.finish(builder.endObject(), 'TFL3');
  return builder.asUint8Array();
}

/**
 * Metadata of a model with one RGB image in and one mask out.
 *
 * @param {{ name: string, mean: number, std: number, licence: string }} about inputs become (x - mean) / std, x in
 *   0..255
 * @returns {Uint8Array}
 */
export function imageMetadata({ name, mean, std, licence }) {
  const builder = new Builder(1024);
  const floats = (value) => {
    builder.startVector(4, 1, 4);
    builder.addFloat32(value);
    return builder.endVector();
  };
  const listOf = (offset) => {
    builder.startVector(4, 1, 4);
    builder.addOffset(offset);
    return builder.endVector();
  };
  const table = (...fields) => {
    builder.startObject(8);
    for (const [index, offset] of fields) builder.addFieldOffset(index, offset, 0);
    return builder.endObject();
  };
  /** A table whose first two fields are a union: its type and its value. */
  const union = (type, value) => {
    builder.startObject(2);
    builder.addFieldInt8(0, type, 0);
    builder.addFieldOffset(1, value, 0);
    return builder.endObject();
  };
  builder.startObject(1);
  builder.addFieldInt8(0, COLOR_SPACE_RGB, 0);
  const content = union(IMAGE_PROPERTIES, builder.endObject());
  const normalization = union(NORMALIZATION_OPTIONS, table([0, floats(mean)], [1, floats(std)]));
  const input = table([0, builder.createString('image')], [3, content], [4, listOf(normalization)]);
  const output = table([0, builder.createString('mask')]);
  const subgraph = table([2, listOf(input)], [3, listOf(output)]);
  const root = table(
    [0, builder.createString(name)],
    [3, listOf(subgraph)],
    [5, builder.createString(licence)],
    [7, builder.createString('1.0.0')],
  );
  builder.finish(root, 'M001');
  return builder.asUint8Array();
}

/**
 * What a model says of its first input, or undefined where it has no metadata.
 *
 * @param {Uint8Array} model
 * @returns {{ name: string, licence: string, mean: number[], std: number[] } | undefined}
 */
export function readMetadata(model) {
  const { bytes, table } = rootOf(model, 'TFL3');
  const entry = references(bytes, table, MODEL.metadata).find((at) => bytes.__string(field(bytes, at, 0)) === NAME);
  if (entry === undefined) return undefined;
  const index = field(bytes, entry, 1);
  const buffer = references(bytes, table, MODEL.buffers)[index === 0 ? 0 : bytes.readUint32(index)];
  const data = field(bytes, buffer, 0);
  const start = bytes.__vector(data);

  const meta = rootOf(model.slice(start, start + bytes.__vector_len(data)), 'M001');
  const first = (at, index) => references(meta.bytes, at, index)[0];
  const floats = (at, index) => {
    const place = field(meta.bytes, at, index);
    const vector = meta.bytes.__vector(place);
    return Array.from({ length: meta.bytes.__vector_len(place) }, (_, i) => meta.bytes.readFloat32(vector + 4 * i));
  };
  const input = first(first(meta.table, 3), 2);
  const unit = first(input, 4);
  if (meta.bytes.readInt8(field(meta.bytes, unit, 0)) !== NORMALIZATION_OPTIONS) return undefined;
  const options = meta.bytes.__indirect(field(meta.bytes, unit, 1));
  const text = (index) => meta.bytes.__string(field(meta.bytes, meta.table, index));
  return { name: text(0), licence: text(5), mean: floats(options, 0), std: floats(options, 1) };
}
