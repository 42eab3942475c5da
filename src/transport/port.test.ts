import { describe, expect, it, vi } from 'vitest';
import { PortSource, serveFrames } from './port.ts';

/** A channel whose messages are handed over as they are: Node cannot transfer what stands for a frame here. */
function channel(): [MessagePort, MessagePort] {
  const ends: { onmessage: ((event: { data: unknown }) => void) | null }[] = [];
  const end = (other: number) => ({
    onmessage: null,
    postMessage: (data: unknown) => queueMicrotask(() => ends[other]?.onmessage?.({ data })),
    close: vi.fn(),
  });
  ends.push(end(1), end(0));
  return ends as unknown as [MessagePort, MessagePort];
}

const fakeFrame = () => ({ close: vi.fn() }) as unknown as VideoFrame;

describe('PortSource and serveFrames', () => {
  it('pull one frame per read, and end', async () => {
    const [page, worker] = channel();
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
    const [page, worker] = channel();
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
    const [page, worker] = channel();
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
