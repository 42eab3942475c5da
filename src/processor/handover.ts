import type { Shown } from '../transport/frames.ts';
import { serveFrames, takeFrames } from '../transport/port.ts';

export interface HandoverTools {
  /** The worker waits for a frame. */
  onAsk(): void;
  /** It has made a picture, which is the callee's from then on. */
  take(frame: VideoFrame, shown: Shown): Promise<void>;
}

/** One worker's two ports: it gets frames one at a time, as it asks for them, and gives back what it made of them. */
export class Handover {
  readonly #tools: HandoverTools;
  #ports: MessagePort[] = [];
  /** The one that frames go over: that of the present source. */
  #feed: MessagePort | undefined;
  #asked: ((frame: VideoFrame | null) => void) | undefined;
  /** Since when it has waited, or owed something: a question for a frame, or the answer to one. */
  #since = performance.now();
  #took = 0;
  #closed = false;

  constructor(tools: HandoverTools) {
    this.#tools = tools;
  }

  /** It waits for a frame. */
  get waits(): boolean {
    return this.#asked !== undefined;
  }

  /** For how long it has waited, or else owed something, milliseconds. */
  get since(): number {
    return performance.now() - this.#since;
  }

  /** From when it was given the last frame to when it asked for another, milliseconds. */
  get took(): number {
    return this.#took;
  }

  /** The port for what it makes. */
  sink(): MessagePort {
    const { port1, port2 } = this.#channel();
    takeFrames(port1, (frame, shown) => {
      if (!this.#closed) return this.#tools.take(frame, shown);
      frame.close();
      return undefined;
    });
    return port2;
  }

  /** The port for the frames of a source; that of the last one ends. */
  feed(): MessagePort {
    this.end();
    const { port1, port2 } = this.#channel();
    this.#feed = port1;
    this.#since = performance.now();
    serveFrames(port1, {
      next: () =>
        new Promise((resolve) => {
          if (this.#feed !== port1) resolve(null);
          else this.#ask(resolve);
        }),
      close: () => {
        if (this.#feed === port1) this.#feed = undefined;
        this.#ports = this.#ports.filter((port) => port !== port1);
      },
    });
    return port2;
  }

  /** Gives it the frame that it waits for, which is its own from then on. */
  give(frame: VideoFrame): void {
    this.#since = performance.now();
    this.#answer(frame);
  }

  /** The source has ended. */
  end(): void {
    this.#feed = undefined;
    this.#answer(null);
  }

  /** What it still sends is closed. */
  close(): void {
    this.#closed = true;
    this.#feed = undefined;
    this.#asked = undefined;
    for (const port of this.#ports.splice(0)) port.close();
  }

  #ask(resolve: (frame: VideoFrame | null) => void): void {
    this.#took = this.since;
    this.#since = performance.now();
    this.#asked = resolve;
    this.#tools.onAsk();
  }

  #answer(frame: VideoFrame | null): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked) asked(frame);
    else frame?.close();
  }

  #channel(): MessageChannel {
    const channel = new MessageChannel();
    this.#ports.push(channel.port1);
    return channel;
  }
}
