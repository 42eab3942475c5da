import type { FrameSink, FrameSource } from './frames.ts';

/** Reads a stream of frames, as `MediaStreamTrackProcessor` gives them; that one already drops what comes too late. */
export class StreamSource implements FrameSource {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  #onClose: (() => void) | undefined;

  constructor(readable: ReadableStream<VideoFrame>, onClose?: () => void) {
    this.#reader = readable.getReader();
    this.#onClose = onClose;
  }

  async read(): Promise<VideoFrame | null> {
    try {
      const { value } = await this.#reader.read();
      return value ?? null;
    } catch {
      return null; // an errored stream has ended; why it did is the track owner's to know
    }
  }

  close(): void {
    this.#reader.cancel().catch(() => {});
    this.#onClose?.();
    this.#onClose = undefined;
  }
}

/** Writes to a stream of frames, as a track generator takes them. */
export class StreamSink implements FrameSink {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;

  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {}); // a stopped track is told by the next write
  }

  async write(frame: VideoFrame): Promise<void> {
    try {
      await this.#writer.write(frame);
    } catch (error) {
      frame.close();
      throw error;
    }
  }

  close(): void {
    this.#writer.close().catch(() => {});
  }
}
