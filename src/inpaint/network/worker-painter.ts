import type { FromNetwork, NetworkFiles, ToNetwork } from './messages.ts';
import type { Painter, PaintInput } from './painter.ts';

/** The part of a `Worker` that is used here. */
export type NetworkPort = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;

/** A {@link Painter} in a worker of its own (`network-worker.ts`), so that a slow run never delays a frame. */
export class WorkerPainter implements Painter {
  readonly #worker: NetworkPort;
  #answer: { resolve(rgb: Float32Array): void; reject(error: Error): void } | undefined;
  #broken: Error | undefined;

  /**
   * Takes over `worker`, also where it rejects. @param threads above 1 only where the page is cross-origin isolated.
   */
  static async create(worker: NetworkPort, files: NetworkFiles, threads: number): Promise<WorkerPainter> {
    const { runtime, model, weights = [] } = files;
    const painter = new WorkerPainter(worker);
    try {
      const handedOver = [runtime, model, ...weights.map(({ data }) => data)].map(({ buffer }) => buffer);
      await painter.#ask({ type: 'start', runtime, model, weights, threads }, handedOver);
      return painter;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  private constructor(worker: NetworkPort) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromNetwork>) => {
      const answer = this.#answer;
      this.#answer = undefined;
      if (data.type === 'failed') answer?.reject(new Error(`The network failed: ${data.message}`));
      else answer?.resolve(data.type === 'painted' ? data.rgb : new Float32Array());
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new Error(`The network's worker failed: ${event.message || 'its script could not be loaded'}`));
    };
  }

  paint({ width, height, frame, hole, plate, known, fill }: PaintInput): Promise<Float32Array> {
    // Named one by one: a working view has more to it, which would be copied too.
    return this.#ask({ type: 'paint', input: { width, height, frame, hole, plate, known, fill } });
  }

  reset(): void {
    if (!this.#broken) this.#post({ type: 'reset' });
  }

  /** A run that is under way ends first: the worker receives nothing before. */
  close(): void {
    if (this.#broken) return;
    this.#post({ type: 'close' });
    this.#end(new Error('The network was closed.'), false);
  }

  #ask(message: ToNetwork, transfer: Transferable[] = []): Promise<Float32Array> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#post(message, transfer);
    });
  }

  #post(message: ToNetwork, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #end(error: Error, terminate = true): void {
    this.#broken ??= error;
    this.#answer?.reject(error);
    this.#answer = undefined;
    if (terminate) this.#worker.terminate();
  }
}
