import type { FrameSink, FrameSource, Shown, SinkReply, SinkRequest, SourceReply, SourceRequest } from './frames.ts';

/** Time after which a page whose element has presented no frame is notified: hidden pages stop presenting. */
const HURRY_MS = 250;

/** Pulls frames over a port, one request at a time. The other side: `serveFrames`. */
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
      else frame?.close(); // it was closed while this one was under way
    };
  }

  read(): Promise<VideoFrame | null> {
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#ask('next');
      this.#timer = setInterval(() => this.#ask('hurry'), HURRY_MS);
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

/**
 * Sends frames over a port. A frame may be made while the last one is being taken: waiting for that would cost a round
 * trip a frame. The other side: `takeFrames`.
 */
export class PortSink implements FrameSink {
  readonly #port: MessagePort;
  #answered: (reply: SinkReply) => void = () => {};
  #last: Promise<void> = Promise.resolve();

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<SinkReply>) => this.#answered(data);
  }

  write(frame: VideoFrame, shown: Shown): Promise<void> {
    const before = this.#last;
    this.#last = this.#send({ frame, shown }, before);
    this.#last.catch(() => {}); // the next `write` reports it
    return before;
  }

  flush(): Promise<void> {
    return this.#last;
  }

  close(): void {
    this.#answered('taken');
    this.#port.close();
  }

  async #send(request: SinkRequest, before: Promise<void>): Promise<void> {
    const { frame } = request;
    try {
      await before;
      const answer = new Promise<SinkReply>((resolve) => {
        this.#answered = resolve;
      });
      this.#port.postMessage(request, [frame]);
      if ((await answer) === 'gone') throw new Error('The output track takes no more frames.');
    } finally {
      frame.close(); // where it was not sent
    }
  }
}

/** What {@link serveFrames} draws from. */
export interface FrameSupply {
  /** A frame that the port takes over, or `null` at the end. Never called again before it has answered. */
  next(): Promise<VideoFrame | null>;
  /** The worker has waited for a while: answer with what there is. */
  hurry?(): void;
  close(): void;
}

/** The other side of a {@link PortSource}. */
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
    if (data === 'hurry') {
      if (pending) supply.hurry?.();
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

/** The other side of a {@link PortSink}. `take` owns the frame; when it fails, the sink takes no more. */
export function takeFrames(port: MessagePort, take: (frame: VideoFrame, shown: Shown) => void | Promise<void>): void {
  port.onmessage = async ({ data: { frame, shown } }: MessageEvent<SinkRequest>) => {
    let reply: SinkReply = 'taken';
    try {
      await take(frame, shown);
    } catch {
      reply = 'gone';
    }
    port.postMessage(reply);
  };
}
