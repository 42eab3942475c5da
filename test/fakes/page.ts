import { vi } from 'vitest';
import type { FirstMessage, FromGuardian, ToGuardian } from '../../src/processor/protocol.ts';
import { HEALTHY, type Health, type Observed, UNOBSERVED } from '../../src/processor/state.ts';

/** A worker of the page; the first that is made is its guardian. */
export class FakePageWorker {
  static made: FakePageWorker[] = [];

  onmessage: ((event: { data: FromGuardian }) => void) | undefined;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | undefined;
  readonly received: (FirstMessage | ToGuardian)[] = [];
  terminated = false;
  #observed = UNOBSERVED;
  #health = HEALTHY;

  constructor() {
    FakePageWorker.made.push(this);
  }

  postMessage(message: FirstMessage | ToGuardian): void {
    this.received.push(message);
    if (message.type === 'guard') queueMicrotask(() => this.say({ type: 'started' }));
    if (message.type === 'close') queueMicrotask(() => this.say({ type: 'ended' }));
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromGuardian): void {
    this.onmessage?.({ data: message });
  }

  report(observed: Partial<Observed>, health: Partial<Health> = {}): void {
    this.#observed = { ...this.#observed, ...observed };
    this.#health = { ...this.#health, worker: 'alive', ...health };
    this.say({ type: 'report', observed: this.#observed, health: this.#health });
  }

  of<T extends ToGuardian['type']>(type: T): Extract<ToGuardian, { type: T }>[] {
    return this.received.filter((each): each is Extract<ToGuardian, { type: T }> => each.type === type);
  }
}

/** A track that can be cloned, stopped and looked at. */
export class FakeTrack {
  readonly kind: string;
  readyState = 'live';
  enabled = true;
  readonly clones: FakeTrack[] = [];

  constructor(kind = 'video') {
    this.kind = kind;
  }

  clone(): FakeTrack {
    this.clones.push(new FakeTrack(this.kind));
    return this.clones.at(-1)!;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  getSettings = () => ({ width: 640, height: 480, frameRate: 30 });
  getConstraints = () => ({});
  applyConstraints = async () => {};
  addEventListener(): void {}
  removeEventListener(): void {}
}

/** A page of Chromium's in Node, until `vi.unstubAllGlobals()`. @param processor makes what reads a track */
export function installFakePage(processor: new (init: object) => object = FakeProcessor): void {
  FakePageWorker.made = [];
  const globals = {
    document: { baseURI: 'https://app.example/' },
    Worker: FakePageWorker,
    VideoFrame: class {},
    MediaStreamTrack: FakeTrack,
    MediaStreamTrackProcessor: processor,
    MediaStreamTrackGenerator: class extends FakeTrack {
      readonly writable = {};
    },
    MessageChannel: class {
      port1 = { postMessage() {}, close() {} };
      port2 = { postMessage() {}, close() {} };
    },
    ImageData: class {
      constructor(...args: unknown[]) {
        Object.assign(this, { args });
      }
    },
    createImageBitmap: async (image: unknown) => image,
  };
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}

class FakeProcessor {
  readonly readable = {};
}
