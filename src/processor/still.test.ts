import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeVideoFrame, installFakeVideoFrame } from '../../test/fakes/video-frame.ts';
import { pictureBytes } from '../picture.ts';
import { Still } from './still.ts';

const SIZE = { codedWidth: 16, codedHeight: 8 };

function frame(init: { readonly format?: string; readonly rotation?: number } = {}): FakeVideoFrame {
  const { format = 'I420', ...rest } = init;
  const bytes = new Uint8Array(pictureBytes(format as 'I420', 16, 8)).map((_, i) => i % 251);
  return new FakeVideoFrame(bytes, { ...SIZE, timestamp: 7, format, ...rest } as VideoFrameBufferInit);
}

const keep = (still: Still, each: FakeVideoFrame) => still.keep(each as unknown as VideoFrame);
const kept = (still: Still) => still.frame as unknown as FakeVideoFrame;

describe('Still', () => {
  let restore: () => void;
  beforeEach(() => {
    restore = installFakeVideoFrame();
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    restore();
  });

  it.each(['I420', 'NV12'])(
    'gives a source that has stopped its buffer back, and keeps the picture (%s)',
    async (format) => {
      const still = new Still();
      const own = frame({ format });
      keep(still, own);
      vi.advanceTimersByTime(400);
      await still.tick();
      expect(kept(still)).toBe(own);
      vi.advanceTimersByTime(200);
      await still.tick();
      expect(own.closed).toBe(true);
      expect(kept(still)).toMatchObject({ format, timestamp: 7, closed: false });
      expect(kept(still).bytes).toEqual(own.bytes);
      const copy = kept(still);
      vi.advanceTimersByTime(600);
      await still.tick();
      expect(kept(still), 'once is enough').toBe(copy);
      still.keep(undefined);
      expect(FakeVideoFrame.open).toBe(0);
    },
  );

  it('keeps the newer of two frames where one comes while the last is copied', async () => {
    const still = new Still();
    keep(still, frame());
    vi.advanceTimersByTime(600);
    const copying = still.tick();
    const next = frame();
    keep(still, next);
    await copying;
    expect(kept(still)).toBe(next);
    expect(FakeVideoFrame.open).toBe(1);
  });

  it.each([
    ['lies on its side', frame.bind(undefined, { rotation: 90 })],
    ['cannot be copied', () => Object.assign(frame(), { copyTo: () => Promise.reject(new Error('no')) })],
  ])('leaves one as it is that %s', async (_, make) => {
    const still = new Still();
    const own = make();
    keep(still, own);
    vi.advanceTimersByTime(600);
    await still.tick();
    expect(kept(still)).toBe(own);
    expect(own.closed).toBe(false);
  });
});
