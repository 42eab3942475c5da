import { describe, expect, it, vi } from 'vitest';
import { fakeChannel } from '../../test/fakes/message-channel.ts';
import { PortSink, PortSource, serveFrames, takeFrames } from './port.ts';

const fakeFrame = () => ({ close: vi.fn() }) as unknown as VideoFrame;

describe('PortSource and serveFrames', () => {
  it('pull one frame per read, and end', async () => {
    const [page, worker] = fakeChannel();
    const frames = [fakeFrame(), fakeFrame()];
    const next = vi.fn(async () => frames[next.mock.calls.length - 1] ?? null);
    serveFrames(page, { next, close: () => {} });
    const source = new PortSource(worker);
    expect(await source.read()).toBe(frames[0]);
    expect(next).toHaveBeenCalledTimes(1);
    expect(await source.read()).toBe(frames[1]);
    expect(await source.read()).toBeNull();
    expect(await source.read()).toBeNull();
  });

  it('hurry a supply that is slow, without asking it twice', async () => {
    vi.useFakeTimers();
    const [page, worker] = fakeChannel();
    let give: (frame: VideoFrame) => void = () => {};
    const next = vi.fn(
      () =>
        new Promise<VideoFrame>((resolve) => {
          give = resolve;
        }),
    );
    const frame = fakeFrame();
    serveFrames(page, { next, hurry: () => give(frame), close: () => {} });
    const read = new PortSource(worker).read();
    await vi.advanceTimersByTimeAsync(300);
    expect(await read).toBe(frame);
    expect(next).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('close a frame that arrives after the source was closed', async () => {
    const [page, worker] = fakeChannel();
    let give: (frame: VideoFrame) => void = () => {};
    const close = vi.fn();
    serveFrames(page, {
      next: () =>
        new Promise<VideoFrame>((resolve) => {
          give = resolve;
        }),
      close,
    });
    const source = new PortSource(worker);
    const read = source.read();
    await vi.waitFor(() => expect(give).not.toBeUndefined());
    void source.close();
    expect(await read).toBeNull();
    const late = fakeFrame();
    give(late);
    await vi.waitFor(() => expect(late.close).toHaveBeenCalledOnce());
    expect(close).toHaveBeenCalledOnce();
  });
});

describe('PortSink and takeFrames', () => {
  it('hold a frame back until the last one was taken', async () => {
    const [page, worker] = fakeChannel();
    const taken: VideoFrame[] = [];
    let take: () => void = () => {};
    takeFrames(page, (frame) => {
      taken.push(frame);
      return new Promise((resolve) => {
        take = resolve;
      });
    });
    const sink = new PortSink(worker);
    const frames = [fakeFrame(), fakeFrame()];
    await sink.write(frames[0]!, 'clean');
    const second = sink.write(frames[1]!, 'clean');
    await vi.waitFor(() => expect(taken).toEqual([frames[0]]));
    take();
    await second;
    await vi.waitFor(() => expect(taken).toEqual(frames));
    let flushed = false;
    const flush = sink.flush().then(() => {
      flushed = true;
    });
    await Promise.resolve();
    expect(flushed).toBe(false);
    take();
    await flush;
  });

  it('tell that nothing is taken any more, and close what was not sent', async () => {
    const [page, worker] = fakeChannel();
    takeFrames(page, () => Promise.reject(new Error('the track was stopped')));
    const sink = new PortSink(worker);
    await sink.write(fakeFrame(), 'clean');
    await expect(sink.flush()).rejects.toThrow('takes no more frames');
    const late = fakeFrame();
    await expect(sink.write(late, 'clean')).rejects.toThrow('takes no more frames');
    expect(late.close).toHaveBeenCalled();
  });
});
