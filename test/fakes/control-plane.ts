import { vi } from 'vitest';
import { RemovalError } from '../../src/processor/errors.ts';
import { Guardian } from '../../src/processor/guardian.ts';
import { Pipeline } from '../../src/processor/pipeline.ts';
import type { FirstMessage, FromGuardian, FromWorker, ToGuardian, ToWorker } from '../../src/processor/protocol.ts';
import type { RemoveOrder } from '../../src/processor/remove.ts';
import type { FrameSink } from '../../src/transport/frames.ts';
import { receiveSink, receiveSource } from '../../src/transport/receive.ts';
import { FakeTrack, installFakePage } from './page.ts';
import { FakeVideoFrame } from './video-frame.ts';

const SIZE = { width: 16, height: 8 };
/** The first byte of a camera's frame; what is painted in its hole, the left half. */
const RAW = 200;
const CLEAN = 90;

/** What a written frame shows under the hole. */
export type Seen = 'raw' | 'clean' | 'cover';

/** How the models and the painter of one life behave; a test changes it at any time. */
export class Parts {
  /** Milliseconds until models are there, and until a frame is segmented. */
  loads = 300;
  takes = 5;
  /** What cannot be loaded. */
  missing: RemoveOrder | undefined;
  failing: 'segmentation' | 'inpainting' | undefined;
  inpainters = 0;
}

/**
 * The whole control plane in one thread of Node: the remover's page, its guardian and its workers are the real ones,
 * with fakes for what is the browser's and for the models.
 */
export class ControlPlane {
  readonly parts = new Parts();
  readonly workers: InProcessWorker[] = [];
  readonly seen: { readonly shown: Seen; readonly at: number }[] = [];
  sinkIsGone = false;

  readonly createWorker = (): Worker => {
    const worker = new InProcessWorker(this);
    this.workers.push(worker);
    return worker as unknown as Worker;
  };

  readonly sink: FrameSink = {
    write: async (given) => {
      const frame = given as unknown as FakeVideoFrame;
      const value = frame.bytes[0]!;
      frame.close();
      if (this.sinkIsGone) throw new Error('the track was stopped');
      this.seen.push({ shown: value === RAW ? 'raw' : value === CLEAN ? 'clean' : 'cover', at: performance.now() });
    },
    close: () => {},
  };
}

/** Both of a worker's parts, as worker.ts has them. */
class InProcessWorker {
  onmessage: ((event: { data: FromGuardian }) => void) | undefined;
  onerror: unknown;
  readonly #plane: ControlPlane;
  #guardian: Guardian | undefined;
  #pipeline: Pipeline | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #dead = false;
  #ports: MessagePort[] = [];

  constructor(plane: ControlPlane) {
    this.#plane = plane;
  }

  postMessage(message: FirstMessage | ToGuardian): void {
    queueMicrotask(() => {
      if (!this.#dead) this.#onMessage(message);
    });
  }

  /** As a crash does it: nothing is given back, nobody is reported. */
  terminate(): void {
    this.#dead = true;
    clearInterval(this.#heartbeat);
    for (const port of this.#ports) port.close();
  }

  #onMessage(message: FirstMessage | ToGuardian): void {
    switch (message.type) {
      case 'guard': {
        const send = (data: FromGuardian) =>
          queueMicrotask(() => {
            if (!this.#dead) this.onmessage?.({ data: structuredClone(data) });
          });
        this.#guardian = new Guardian({ sink: this.#plane.sink, options: message.options, send });
        send({ type: 'started' });
        break;
      }
      case 'work':
        this.#ports.push(message.port);
        message.port.onmessage = ({ data }: MessageEvent<ToWorker>) => this.#work(data, message.port);
        break;
      case 'preload':
        break;
      default:
        this.#guardian?.onMessage(message);
    }
  }

  #work(message: ToWorker, port: MessagePort): void {
    if (this.#dead) return;
    const send = (said: FromWorker) => !this.#dead && port.postMessage(said);
    switch (message.type) {
      case 'start': {
        const { sink } = receiveSink(message.sink);
        this.#pipeline = this.#start(sink, send);
        this.#heartbeat = setInterval(() => send({ type: 'stats', stats: this.#pipeline!.heartbeat() }), 500);
        send({ type: 'started' });
        break;
      }
      case 'source':
        this.#pipeline?.setSource(receiveSource(message.handle), message.hint);
        break;
      case 'desired':
        this.#pipeline?.want(message.desired);
        break;
      case 'rooms':
        break;
      case 'plate':
        void this.#pipeline?.plate().then((view) => send({ type: 'plate', id: message.id, view }));
        break;
      case 'close':
        void this.#pipeline?.close().finally(() => {
          clearInterval(this.#heartbeat);
          send({ type: 'ended' });
        });
        break;
      default:
        message satisfies never;
    }
  }

  #start(sink: FrameSink, send: (said: FromWorker) => unknown): Pipeline {
    const { parts } = this.#plane;
    const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const hole = {
      ...SIZE,
      data: Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => (i % 16 < 8 ? 255 : 0)),
    };
    return new Pipeline({
      sink,
      onObserved: (observed) => send({ type: 'observed', observed }),
      onError: (error) => send({ type: 'error', error: error.toWire() }),
      createMaskSource: async (remove) => {
        await pass(parts.loads);
        if (JSON.stringify(remove) === JSON.stringify(parts.missing)) throw new RemovalError('asset-http', '404');
        return {
          segment: async () => {
            await pass(parts.takes);
            if (this.#dead) await new Promise(() => {}); // it computes no more
            if (parts.failing === 'segmentation') throw new Error('no mask');
            return { hole, confidence: 1 };
          },
          reset() {},
          close() {},
        };
      },
      createInpainter: async () => {
        parts.inpainters++;
        await pass(parts.loads);
        return {
          backend: 'cpu',
          inpaint: async (picture, mask) => {
            if (parts.failing === 'inpainting') throw new Error('no paint');
            mask.data.forEach((value, i) => {
              if (value) picture.data[i] = CLEAN;
            });
            return { hole: 0.5, known: 1, coverage: 1, camera: 'still', ms: {} };
          },
          settle() {},
          view: async () => ({ width: 2, height: 1, data: new Uint8ClampedArray(8) }),
          forget() {},
          remember() {},
          reset() {},
          close() {},
        };
      },
    });
  }
}

/**
 * A camera with a frame every 40 ms until it is stopped or paused; what nobody reads is dropped, as a track processor
 * does it.
 */
export class CameraTrack extends FakeTrack {
  paused = false;

  override clone(): CameraTrack {
    const clone = new CameraTrack();
    Object.defineProperty(clone, 'paused', { get: () => this.paused });
    return clone;
  }

  /** What a track processor gives. */
  frames(): ReadableStream<VideoFrame> {
    const tick = () => new Promise((resolve) => setTimeout(resolve, 40));
    return new ReadableStream<VideoFrame>(
      {
        pull: async (controller) => {
          do {
            await tick();
            if (this.readyState === 'ended') {
              controller.close();
              return;
            }
          } while (this.paused);
          // Every second byte is another one, or a mosaic of it would be the same.
          const bytes = Uint8Array.from({ length: SIZE.width * SIZE.height * 1.5 }, (_, i) => (i % 2 ? RAW / 2 : RAW));
          const init = { format: 'I420', codedWidth: SIZE.width, codedHeight: SIZE.height } as const;
          const frame = new FakeVideoFrame(bytes, { ...init, timestamp: performance.now() * 1000 });
          controller.enqueue(frame as unknown as VideoFrame);
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** Ports keep what comes before somebody listens, as the browser's do, and lose nothing on the way. */
class QueueChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;

  constructor() {
    const ends = [new QueuePort(), new QueuePort()] as const;
    ends[0].other = ends[1];
    ends[1].other = ends[0];
    [this.port1, this.port2] = ends as unknown as [MessagePort, MessagePort];
  }
}

class QueuePort {
  other: QueuePort | undefined;
  #listener: ((event: { data: unknown }) => void) | null = null;
  #waiting: unknown[] = [];
  #closed = false;

  set onmessage(listener: ((event: { data: unknown }) => void) | null) {
    this.#listener = listener;
    for (const data of this.#waiting.splice(0)) this.#take(data);
  }

  postMessage(data: unknown): void {
    const { other } = this;
    if (!this.#closed && other) other.#take(data);
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  #take(data: unknown): void {
    queueMicrotask(() => {
      if (this.#closed) return;
      if (this.#listener) this.#listener({ data });
      else this.#waiting.push(data);
    });
  }
}

/** Puts what the control plane asks of a browser into Node, until `vi.unstubAllGlobals()`. */
export function installControlPlane(): void {
  class Processor {
    readonly readable: ReadableStream<VideoFrame>;
    constructor({ track }: { readonly track: CameraTrack }) {
      this.readable = track.frames();
    }
  }
  installFakePage(Processor as never);
  vi.stubGlobal('MessageChannel', QueueChannel);
  vi.stubGlobal('VideoFrame', FakeVideoFrame);
}
