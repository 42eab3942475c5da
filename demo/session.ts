import { type Cover, type Remove, Remover } from '../src/processor/index.ts';
import { type Loopback, openLoopback } from './loopback.ts';
import { served } from './served.ts';

export interface SessionOptions {
  readonly remove: Remove;
  readonly cover: Cover;
  readonly memory: 'call' | 'device';
  readonly onLoaded: (share: number | undefined) => void;
  /** At once, before anything can have happened to it. */
  readonly onRemover: (remover: Remover) => void;
}

/** One remover and the call that carries its track. */
export class Session {
  readonly remover: Remover;
  readonly #loopback: Loopback;

  private constructor(remover: Remover, loopback: Loopback) {
    this.remover = remover;
    this.#loopback = loopback;
  }

  /** @throws RemovalError when removal cannot run here. */
  static async open({ remove, cover, memory, onLoaded, onRemover }: SessionOptions): Promise<Session> {
    const remover = await Remover.create({
      remove,
      cover,
      memory,
      ...served,
      onProgress: ({ loaded, total }) => onLoaded(total ? loaded / total : undefined),
    });
    onRemover(remover);
    try {
      return new Session(remover, await openLoopback(remover.track));
    } catch (error) {
      await remover.close();
      throw error;
    }
  }

  /** What others see, as they receive it. */
  get received(): MediaStream {
    return this.#loopback.stream;
  }

  /** Whether the call came about; a machine without any network cannot call itself. */
  get connected(): Promise<boolean> {
    return this.#loopback.connected;
  }

  async close(): Promise<void> {
    this.#loopback.close();
    await this.remover.close();
  }
}
