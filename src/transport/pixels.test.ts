import { describe, expect, it } from 'vitest';
import { FakeVideoFrame } from '../../test/fakes/video-frame.ts';
import { FramePixels } from './pixels.ts';

const SIZE = { codedWidth: 2, codedHeight: 2 };

function frame(format: string, pixel: readonly number[]): VideoFrame {
  const bytes = new Uint8Array([pixel, pixel, pixel, pixel].flat());
  const init = { format, ...SIZE, timestamp: 0 } as VideoFrameBufferInit;
  return new FakeVideoFrame(bytes, init) as unknown as VideoFrame;
}

describe('FramePixels', () => {
  it.each([
    ['RGBA', [10, 20, 30, 255]],
    ['BGRA', [30, 20, 10, 255]],
    ['RGBX', [10, 20, 30, 0]],
    ['BGRX', [30, 20, 10, 7]],
  ])('reads %s in the order of RGBA, opaque', async (format, pixel) => {
    const pixels = new FramePixels(true);
    for (let again = 0; again < 2; again++) {
      const { data, format: made } = await pixels.read(frame(format, pixel));
      expect(made).toBe('RGBA');
      expect([...data.subarray(0, 4)]).toEqual([10, 20, 30, 255]);
      expect([...data.subarray(12)]).toEqual([10, 20, 30, 255]);
    }
  });

  it('makes of RGB what encoders take', async () => {
    const { format, data } = await new FramePixels().read(frame('BGRX', [255, 255, 255, 0]));
    expect(format).toBe('I420');
    expect([...data]).toEqual([235, 235, 235, 235, 128, 128]);
  });

  it('leaves it to the browser where the colours are of another space', async () => {
    const wide = frame('BGRA', [1, 2, 3, 255]);
    Object.assign(wide, { colorSpace: { primaries: 'smpte432', transfer: 'iec61966-2-1' } });
    let asked: VideoFrameCopyToOptions | undefined;
    wide.copyTo = async (_, options) => {
      asked = options;
      return [];
    };
    await new FramePixels(true).read(wide);
    expect(asked?.format).toBe('RGBA');
  });
});
