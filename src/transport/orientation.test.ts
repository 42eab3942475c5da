import { describe, expect, it } from 'vitest';
import { type Channel, type Picture, type PictureFormat, pictureBytes, wrapPicture } from '../picture.ts';
import { type Orientation, turnUpright, uprightSize } from './orientation.ts';

const ROTATIONS = [0, 90, 180, 270] as const;
const ORIENTATIONS: Orientation[] = [false, true].flatMap((flip) => ROTATIONS.map((rotation) => ({ rotation, flip })));
const FORMATS: PictureFormat[] = ['I420', 'NV12', 'RGBA'];
const SIZES = [
  [4, 2],
  [5, 3],
  [2, 2],
  [1, 7],
  [70, 34],
] as const;

function numbered(format: PictureFormat, width: number, height: number): Picture {
  const data = Uint8Array.from({ length: pictureBytes(format, width, height) }, (_, i) => (i * 7) % 251);
  return wrapPicture(format, width, height, data);
}

function turned(from: Picture, orientation: Orientation): Picture {
  const { width, height } = uprightSize(from, orientation);
  const to = wrapPicture(from.format, width, height, new Uint8Array(pictureBytes(from.format, width, height)));
  turnUpright(from, to, orientation);
  return to;
}

/** Rows of samples. */
function rowsOf({ data }: Picture, { offset, step, stride, width, height }: Channel): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[offset + y * stride + x * step]!),
  );
}

/** What the words say: clockwise by quarters of a turn, then mirrored left to right. */
function byTheBook(rows: number[][], { rotation, flip }: Orientation): number[][] {
  let out = rows;
  for (let turn = 0; turn < rotation; turn += 90) {
    out = out[0]!.map((_, x) => out.map((row) => row[x]!).reverse());
  }
  return flip ? out.map((row) => [...row].reverse()) : out;
}

describe('turnUpright', () => {
  it.each([
    [0, false, ['abc', 'def']],
    [90, false, ['da', 'eb', 'fc']],
    [180, false, ['fed', 'cba']],
    [270, false, ['cf', 'be', 'ad']],
    [0, true, ['cba', 'fed']],
    [90, true, ['ad', 'be', 'cf']],
    [180, true, ['def', 'abc']],
    [270, true, ['fc', 'eb', 'da']],
  ] as const)('by %i degrees, mirrored %s', (rotation, flip, rows) => {
    const from = numbered('I420', 3, 2);
    from.data.set(Uint8Array.from('abcdef', (letter) => letter.charCodeAt(0)));
    const to = turned(from, { rotation, flip });
    const letters = rowsOf(to, to.channels[0]).map((row) => String.fromCharCode(...row));
    expect(letters).toEqual(rows);
  });

  it.each(FORMATS)('moves every sample of %s, of odd sizes too, and changes none', (format) => {
    for (const [width, height] of SIZES) {
      for (const orientation of ORIENTATIONS) {
        const from = numbered(format, width, height);
        const to = turned(from, orientation);
        from.channels.forEach((channel, i) => {
          const wanted = byTheBook(rowsOf(from, channel), orientation);
          expect(rowsOf(to, to.channels[i]!), `${width}x${height} ${JSON.stringify(orientation)}`).toEqual(wanted);
        });
        if (format === 'RGBA') {
          const alpha = (picture: Picture) => rowsOf(picture, { ...picture.channels[0], offset: 3 });
          expect(alpha(to)).toEqual(byTheBook(alpha(from), orientation));
        }
      }
    }
  });
});
