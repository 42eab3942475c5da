import { describe, expect, it, vi } from 'vitest';
import { FakeVideoFrame, installFakeVideoFrame } from '../../test/fakes/video-frame.ts';
import { FramePixels, frameOf } from './pixels.ts';

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

  it('gives upright pictures of frames that are turned, in their own format', async () => {
    const luma = [1, 2, 3, 4, 5, 6, 7, 8];
    const init = { codedWidth: 4, codedHeight: 2, timestamp: 0, rotation: 90, flip: true };
    for (const format of ['I420', 'NV12'] as const) {
      const from = new FakeVideoFrame(Uint8Array.from([...luma, 11, 12, 21, 22]), {
        format,
        ...init,
      } as VideoFrameBufferInit);
      const picture = await new FramePixels().read(from as unknown as VideoFrame);
      expect([picture.format, picture.width, picture.height]).toEqual([format, 2, 4]);
      expect([...picture.data.subarray(0, 8)]).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
      expect([...picture.data.subarray(8)]).toEqual([11, 12, 21, 22]);
    }
  });

  it('copies an upright frame once and no more', async () => {
    const from = new FakeVideoFrame(new Uint8Array(6), { format: 'I420', ...SIZE, timestamp: 0 });
    let target: Uint8Array | undefined;
    from.copyTo = async (to) => {
      target = to;
      return [];
    };
    expect((await new FramePixels().read(from as unknown as VideoFrame)).data).toBe(target);
  });

  it('leaves the colour space of a frame as it is, word for word, where it says anything', async () => {
    const restore = installFakeVideoFrame();
    for (const colorSpace of [
      { matrix: 'bt2020-ncl', primaries: 'bt2020', transfer: 'hlg', fullRange: false },
      { matrix: 'smpte170m', primaries: 'bt709', transfer: 'iec61966-2-1', fullRange: false },
      { matrix: null, primaries: null, transfer: null, fullRange: true },
    ]) {
      const from = new FakeVideoFrame(new Uint8Array(6), {
        format: 'I420',
        ...SIZE,
        timestamp: 0,
        colorSpace,
      } as never);
      const picture = await new FramePixels().read(from as unknown as VideoFrame);
      expect(frameOf(picture, { timestamp: 1, duration: null }).colorSpace).toEqual(colorSpace);
    }
    const silent = await new FramePixels().read(
      new FakeVideoFrame(new Uint8Array(6), { format: 'I420', ...SIZE, timestamp: 0 }) as unknown as VideoFrame,
    );
    expect(frameOf(silent, { timestamp: 1, duration: null }).colorSpace).toMatchObject({
      matrix: 'smpte170m',
      fullRange: false,
    });
    restore();
  });

  it('draws what cannot be copied, and says why where that fails too', async () => {
    const stuck = frame('RGBA', [1, 2, 3, 255]);
    stuck.copyTo = () => Promise.reject(new DOMException('not for you', 'NotSupportedError'));
    await expect(new FramePixels().read(stuck)).rejects.toThrow(
      '2x2 frame of format RGBA can be neither copied nor drawn: not for you',
    );
    vi.stubGlobal('OffscreenCanvas', FakeCanvas);
    const { format, data } = await new FramePixels(true).read(stuck);
    vi.unstubAllGlobals();
    expect(format).toBe('RGBA');
    expect([...data]).toEqual(new Array(16).fill(77));
  });
});

class FakeCanvas {
  getContext() {
    return {
      drawImage: () => {},
      getImageData: (_x: number, _y: number, width: number, height: number) => ({
        data: new Uint8ClampedArray(width * height * 4).fill(77),
      }),
    };
  }
}
