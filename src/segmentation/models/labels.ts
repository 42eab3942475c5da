/** Signatures of a zip file, little-endian. */
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Length of the fixed part of the end record, of a directory entry and of a local header. */
const END_LENGTH = 22;
const ENTRY_LENGTH = 46;
const HEADER_LENGTH = 30;

/** A file's entry that is stored as it is; 8 is deflated. */
const STORED = 0;

/**
 * The class names that a TFLite model carries: the first `.txt` of the zip file that its metadata appends to the model
 * (https://ai.google.dev/edge/litert/models/metadata). One name a line; `???` stands for a number without a class.
 *
 * @returns the names in the order of the model's numbers, or an empty list where the model carries none
 */
export async function modelLabels(model: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const view = new DataView(model.buffer, model.byteOffset, model.byteLength);
  const end = findEnd(view);
  if (end < 0) return [];
  const entries = view.getUint16(end + 10, true);
  const names = new TextDecoder();
  // Positions in the zip count from where it begins, which is behind the model.
  const size = view.getUint32(end + 12, true);
  const start = end - size - view.getUint32(end + 16, true);
  for (let i = 0, at = end - size; i < entries && at >= 0 && at + ENTRY_LENGTH <= end; i++) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) return [];
    const nameLength = view.getUint16(at + 28, true);
    const name = names.decode(model.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength));
    if (name.endsWith('.txt')) return lines(names.decode(await content(model, view, at, start)));
    at += ENTRY_LENGTH + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return [];
}

function lines(text: string): string[] {
  const all = text.split('\n').map((line) => line.trim());
  while (all.at(-1) === '') all.pop();
  return all;
}

/** The end record lies at the very end, but for a comment. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - END_LENGTH; at >= Math.max(0, view.byteLength - 0x10000); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  return -1;
}

async function content(
  model: Uint8Array<ArrayBuffer>,
  view: DataView,
  entry: number,
  start: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = start + view.getUint32(entry + 42, true);
  if (header < 0 || header + HEADER_LENGTH > model.length) return new Uint8Array();
  const from = header + HEADER_LENGTH + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  const data = model.subarray(from, from + view.getUint32(entry + 20, true));
  if (view.getUint16(entry + 10, true) === STORED) return data;
  const inflated = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}
