import type { FrameSink, FrameSource } from './frames.ts';

/** How long a closed source's stream may take to end by itself before it is cancelled, milliseconds. */
const DRAIN_MS = 1000;

/** Reads a stream of frames, as `MediaStreamTrackProcessor` gives them; that one already drops what comes too late. */
export class StreamSource implements FrameSource {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #onClose: (() => void) | undefined;
  #reading: Promise<VideoFrame | null> | undefined;
  #leave: () => void = () => {};
  #closed: Promise<void> | undefined;

  /** @param onClose ends what feeds the stream, where that is on this side. */
  constructor(readable: ReadableStream<VideoFrame>, onClose?: () => void) {
    this.#reader = readable.getReader();
    this.#onClose = onClose;
  }

  async read(): Promise<VideoFrame | null> {
    if (this.#closed) return null;
    const reading = this.#next();
    this.#reading = reading;
    // Not `Promise.race` with one promise for the source's life: that would keep every frame that was ever read.
    return new Promise((resolve) => {
      this.#leave = () => resolve(null);
      void reading.then((frame) => {
        if (this.#closed) return; // `#end` has it
        this.#reading = undefined;
        resolve(frame);
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #next(): Promise<VideoFrame | null> {
    try {
      const { value } = await this.#reader.read();
      return value ?? null;
    } catch {
      return null; // an errored stream has ended; why it did is the track owner's to know
    }
  }

  /** Cancelling drops frames that are on their way unclosed, which stalls the camera: close them one by one. */
  async #end(): Promise<void> {
    this.#leave();
    this.#onClose?.();
    const timer = setTimeout(() => this.#reader.cancel().catch(() => {}), DRAIN_MS);
    for (let frame = await (this.#reading ?? this.#next()); frame; frame = await this.#next()) frame.close();
    clearTimeout(timer);
  }
}

/** Writes to a stream of frames, as a track generator takes them. */
export class StreamSink implements FrameSink {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;

  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {}); // the next write reports a stopped track
  }

  async write(frame: VideoFrame): Promise<void> {
    try {
      await this.#writer.write(frame);
    } finally {
      frame.close(); // a transferred stream may have sent a copy and left this one open
    }
  }

  close(): void {
    this.#writer.close().catch(() => {});
  }
}
