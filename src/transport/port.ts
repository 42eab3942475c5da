import type { FrameSink, FrameSource, SinkReply, SourceReply, SourceRequest } from './frames.ts';

/** A page whose element has not presented a frame by then is asked again, since hidden pages stop presenting. */
const ASK_AGAIN_MS = 250;

/** Pulls frames over a port, one request at a time. Worker side of `serveFrames`. */
export class PortSource implements FrameSource {
  readonly #port: MessagePort;
  #waiting: ((frame: VideoFrame | null) => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ended = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<SourceReply>) => {
      if ('end' in data) this.#ended = true;
      const frame = 'frame' in data ? data.frame : null;
      if (this.#waiting) this.#settle(frame);
      else frame?.close(); // the answer to a request that was made again
    };
  }

  read(): Promise<VideoFrame | null> {
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#ask('next');
      this.#timer = setInterval(() => this.#ask('next'), ASK_AGAIN_MS);
    });
  }

  async close(): Promise<void> {
    // The page closes the port, once it knows that no frame is under way.
    this.#ended = true;
    this.#ask('close');
    this.#settle(null);
  }

  #ask(request: SourceRequest): void {
    this.#port.postMessage(request);
  }

  #settle(frame: VideoFrame | null): void {
    clearInterval(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(frame);
    else frame?.close();
  }
}

/** Sends frames over a port and waits until each is taken. Page side: `takeFrames`. */
export class PortSink implements FrameSink {
  readonly #port: MessagePort;
  #taken: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = (_: MessageEvent<SinkReply>) => this.#taken?.();
  }

  async write(frame: VideoFrame): Promise<void> {
    const taken = new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    this.#port.postMessage(frame, [frame]);
    await taken;
  }

  close(): void {
    this.#taken?.();
    this.#port.close();
  }
}

/** What the page side of a {@link PortSource} draws from. */
export interface FrameSupply {
  /** A frame that the port takes over, or `null` at the end. Never called again before it has answered. */
  next(): Promise<VideoFrame | null>;
  /** The worker has waited for a while: answer with what there is. */
  hurry?(): void;
  close(): void;
}

/** Page side of a {@link PortSource}. */
export function serveFrames(port: MessagePort, supply: FrameSupply): void {
  let pending = false;
  let closed = false;
  port.onmessage = async ({ data }: MessageEvent<SourceRequest>) => {
    if (data === 'close') {
      closed = true;
      supply.close();
      port.close();
      return;
    }
    if (pending) {
      supply.hurry?.();
      return;
    }
    pending = true;
    const frame = await supply.next().catch(() => null);
    pending = false;
    if (closed) frame?.close();
    else if (frame) port.postMessage({ frame } satisfies SourceReply, [frame]);
    else port.postMessage({ end: true } satisfies SourceReply);
  };
}

/** Page side of a {@link PortSink}. `take` owns the frame. */
export function takeFrames(port: MessagePort, take: (frame: VideoFrame) => void | Promise<void>): void {
  port.onmessage = async ({ data: frame }: MessageEvent<VideoFrame>) => {
    try {
      await take(frame);
    } finally {
      port.postMessage('taken' satisfies SinkReply);
    }
  };
}
