/**
 * Networks of one training that differ in picture size and precision have the same weights in them. This moves those
 * out of the models into one file, as ONNX's external data, so that a package has them once.
 */
import { createHash } from 'node:crypto';

/** Field numbers of onnx.proto3. */
const MODEL = { graph: 7 };
const GRAPH = { initializer: 5 };
const TENSOR = { rawData: 9, externalData: 13, dataLocation: 14 };
const EXTERNAL = 1;
/** Wire type of what has a length. */
const BYTES = 2;
/** Smaller tensors stay: to name their place takes as much. */
const LEAST_BYTES = 1024;
/** Where a tensor may begin, so that it can be read in place. */
const ALIGNMENT = 64;

/**
 * @param {Record<string, Buffer>} models ONNX models by file name
 * @param {string} location name of the file with the weights, as the models will name it
 * @returns {{ weights: Buffer, models: Record<string, Buffer> }} the same networks, their large tensors in `weights`
 */
export function shareWeights(models, location) {
  const offsets = new Map();
  const parts = [];
  let length = 0;
  const place = (data) => {
    const hash = createHash('sha256').update(data).digest('hex');
    if (!offsets.has(hash)) {
      offsets.set(hash, length);
      const padding = (ALIGNMENT - (data.length % ALIGNMENT)) % ALIGNMENT;
      parts.push(data, Buffer.alloc(padding));
      length += data.length + padding;
    }
    return offsets.get(hash);
  };
  const tensor = (message) => {
    const data = fieldsOf(message).find(({ number }) => number === TENSOR.rawData)?.value;
    if (!data || data.length < LEAST_BYTES) return message;
    const entries = { location, offset: place(data), length: data.length };
    return Buffer.concat([
      withEach(message, TENSOR.rawData, () => undefined),
      ...Object.entries(entries).map(([key, value]) => {
        const pair = [key, String(value)].map((text, i) => bytesField(i + 1, Buffer.from(text)));
        return bytesField(TENSOR.externalData, Buffer.concat(pair));
      }),
      varint(TENSOR.dataLocation << 3),
      varint(EXTERNAL),
    ]);
  };
  const graph = (message) => withEach(message, GRAPH.initializer, tensor);
  const small = Object.entries(models).map(([name, model]) => [name, withEach(model, MODEL.graph, graph)]);
  return { weights: Buffer.concat(parts), models: Object.fromEntries(small) };
}

/** The same message with `change` done to each field `number`; undefined leaves it out. */
function withEach(message, number, change) {
  return Buffer.concat(
    fieldsOf(message).map((field) => {
      if (field.number !== number) return field.whole;
      const changed = change(field.value);
      return changed ? bytesField(number, changed) : Buffer.alloc(0);
    }),
  );
}

/** The fields of a protobuf message, in order; `value` only of those that have a length. */
function fieldsOf(message) {
  const fields = [];
  for (let at = 0; at < message.length; ) {
    const start = at;
    let key;
    [key, at] = readVarint(message, at);
    const wire = key & 7;
    let value;
    if (wire === 0) [, at] = readVarint(message, at);
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === BYTES) {
      let length;
      [length, at] = readVarint(message, at);
      value = message.subarray(at, at + length);
      at += length;
    } else throw new Error(`This is no ONNX model: wire type ${wire}.`);
    if (at > message.length) throw new Error('This is no ONNX model: it breaks off.');
    fields.push({ number: key >>> 3, value, whole: message.subarray(start, at) });
  }
  return fields;
}

function readVarint(message, start) {
  let value = 0;
  for (let at = start, scale = 1; at < message.length; at++, scale *= 128) {
    value += (message[at] & 127) * scale;
    if (message[at] < 128) return [value, at + 1];
  }
  throw new Error('This is no ONNX model: it breaks off.');
}

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

const bytesField = (number, value) => Buffer.concat([varint((number << 3) | BYTES), varint(value.length), value]);
