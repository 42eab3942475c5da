import { checkInputs, checkSize, elements, isState, type NetworkInput, nextOf, type PictureName } from './graph.ts';
import type { Painter, PaintInput } from './painter.ts';

/** The part of an ONNX Runtime tensor that is used here. */
export interface SessionTensor {
  readonly data: unknown;
  dispose(): void;
}

/** The part of an ONNX Runtime session that is used here. The graph's own names and shapes say what it needs. */
export interface Session {
  readonly inputs: readonly NetworkInput[];
  /**
   * Gives `out` and, for each input `state_x`, its successor `next_x`. Whatever it gives is the caller's to dispose of.
   */
  run(feeds: Readonly<Record<string, SessionTensor>>): Promise<Readonly<Record<string, SessionTensor>>>;
  release(): Promise<void>;
}

export type MakeTensor = (type: string, data: Float32Array | Uint16Array, shape: readonly number[]) => SessionTensor;

/**
 * Runs the exported network (`training/export.py`) frame by frame. Its memory goes in as `state_x` and comes out as
 * `next_x`, which is the next frame's `state_x` as it is: the tensors ping-pong, nothing is copied here.
 */
export class SessionPainter implements Painter {
  readonly #session: Session;
  readonly #tensor: MakeTensor;
  #state: Record<string, SessionTensor> = {};

  /** @throws where the graph is not of the kind that `training/export.py` writes. */
  constructor(session: Session, tensor: MakeTensor) {
    checkInputs(session.inputs);
    this.#session = session;
    this.#tensor = tensor;
  }

  async paint(input: PaintInput): Promise<Float32Array> {
    const pictures: Record<string, SessionTensor> = {};
    let results: Readonly<Record<string, SessionTensor>>;
    checkSize(this.#session.inputs, input);
    try {
      for (const { name, type, shape } of this.#session.inputs) {
        if (isState(name)) this.#state[name] ??= this.#tensor(type, zeros(type, shape), shape);
        else pictures[name] = this.#tensor(type, input[name as PictureName].subarray(0, elements(shape)), shape);
      }
      results = await this.#session.run({ ...pictures, ...this.#state });
    } finally {
      disposeAll(pictures);
    }
    const next: Record<string, SessionTensor> = {};
    const { out, ...others } = results;
    const rest: Record<string, SessionTensor> = others;
    for (const name of Object.keys(this.#state)) {
      const key = nextOf(name);
      const tensor = rest[key];
      if (tensor) next[name] = tensor;
      delete rest[key];
    }
    disposeAll(rest);
    const complete = Object.keys(next).length === Object.keys(this.#state).length;
    if (!out || !complete) {
      disposeAll(next);
      out?.dispose();
      throw new Error('The network gave no picture or no successor of its memory.');
    }
    disposeAll(this.#state);
    this.#state = next;
    try {
      return Float32Array.from(out.data as Float32Array);
    } finally {
      out.dispose();
    }
  }

  reset(): void {
    disposeAll(this.#state);
    this.#state = {};
  }

  close(): void {
    this.reset();
    void this.#session.release().catch(() => {});
  }
}

function zeros(type: string, shape: readonly number[]): Float32Array | Uint16Array {
  const n = elements(shape);
  return type === 'float16' ? new Uint16Array(n) : new Float32Array(n);
}

function disposeAll(tensors: Readonly<Record<string, SessionTensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
