import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { modelLabels } from './labels.ts';

/** A model's bytes with a zip file behind them, as TFLite's metadata writer makes them. */
function model(files: Record<string, string>, { deflate = false, comment = '' } = {}): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = deflate ? deflateRawSync(Buffer.from(text)) : Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name)]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    parts.push(header, data);
    at += header.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  const all = Buffer.concat([Buffer.alloc(1000, 7), ...parts, list, end, Buffer.from(comment)]);
  return new Uint8Array(new Uint8Array(all).buffer);
}

describe('modelLabels', () => {
  const text = 'background\nbottle\n???\ntv\n';

  it.each([
    ['as it is', {}],
    ['deflated', { deflate: true }],
    ['with a comment behind it', { comment: 'made by hand' }],
  ])('reads the list that is stored %s', async (_, how) => {
    expect(await modelLabels(model({ 'a.bin': 'x', 'labelmap.txt': text }, how))).toEqual([
      'background',
      'bottle',
      '???',
      'tv',
    ]);
  });

  it.each([
    ['carries nothing', new Uint8Array(5000)],
    ['is shorter than a zip file', new Uint8Array(3)],
    ['carries other files', model({ 'a.bin': 'x' })],
    ['is cut off', model({ 'labelmap.txt': text }).slice(0, -10)],
  ])('gives no names where the model %s', async (_, bytes) => {
    expect(await modelLabels(bytes)).toEqual([]);
  });
});
