import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { StreamSink, StreamSource } from './stream.ts';

const fakeFrame = () => ({ close: vi.fn() }) as unknown as VideoFrame;
/** Without a mock, which would be remembered. */
const plainFrame = () => ({ close: () => {} }) as unknown as VideoFrame;

describe('StreamSource', () => {
  it('gives frames in order and null at the end', async () => {
    const frames = [fakeFrame(), fakeFrame()];
    const readable = new ReadableStream<VideoFrame>({
      start(controller) {
        for (const frame of frames) controller.enqueue(frame);
        controller.close();
      },
    });
    const source = new StreamSource(readable);
    expect([await source.read(), await source.read(), await source.read()]).toEqual([...frames, null]);
  });

  it('answers a waiting read with null when it is closed, and closes the frames that still come', async () => {
    let controller: ReadableStreamDefaultController<VideoFrame> | undefined;
    const readable = new ReadableStream<VideoFrame>({
      start: (given) => {
        controller = given;
      },
    });
    const onClose = vi.fn();
    const source = new StreamSource(readable, onClose);
    const waiting = source.read();
    const closed = source.close();
    expect(await waiting).toBeNull();
    const late = [fakeFrame(), fakeFrame()];
    for (const frame of late) controller?.enqueue(frame);
    controller?.close();
    await closed;
    for (const frame of late) expect(frame.close).toHaveBeenCalledOnce();
    expect(onClose).toHaveBeenCalledOnce();
    expect(await source.read()).toBeNull();
  });

  it('keeps nothing of the frames that it gave', async () => {
    const readable = new ReadableStream<VideoFrame>({ pull: (controller) => controller.enqueue(plainFrame()) });
    const source = new StreamSource(readable);
    const given: WeakRef<VideoFrame>[] = [];
    for (let i = 0; i < 50; i++) {
      const frame = await source.read();
      if (frame) given.push(new WeakRef(frame));
    }
    expect(given).toHaveLength(50);
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    await vi.waitFor(() => {
      collectGarbage();
      expect(given.filter((frame) => frame.deref()).length).toBeLessThan(5);
    });
  });

  it('ends when the stream breaks', async () => {
    const broken = new ReadableStream<VideoFrame>({ start: (controller) => controller.error(new Error('gone')) });
    expect(await new StreamSource(broken).read()).toBeNull();
  });
});

describe('StreamSink', () => {
  it('closes a frame that the track no longer takes', async () => {
    const sink = new StreamSink(
      new WritableStream<VideoFrame>({
        write: () => {
          throw new Error('the track was stopped');
        },
      }),
    );
    const frame = fakeFrame();
    await expect(sink.write(frame)).rejects.toThrow('the track was stopped');
    expect(frame.close).toHaveBeenCalledOnce();
  });
});
