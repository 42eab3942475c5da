import type { Fill, WorkingFrame } from './fill.ts';
import { PushPull } from './push-pull.ts';

/** The classical {@link Fill}: a smooth continuation of the plate-completed frame. Has no past and needs no model. */
export class PushPullFill implements Fill {
  readonly name = 'push-pull';
  #pyramid: PushPull | undefined;
  #size = '';

  fill(input: WorkingFrame): Promise<Float32Array> {
    const { width, height, plate, known } = input;
    if (this.#size !== `${width}x${height}` || !this.#pyramid) {
      this.#size = `${width}x${height}`;
      this.#pyramid = new PushPull(width, height, 3, 0.5);
    }
    const { value, weight } = this.#pyramid;
    value.set(plate);
    weight.set(known);
    this.#pyramid.run();
    return Promise.resolve(value);
  }

  reset(): void {}

  close(): void {
    this.#pyramid = undefined;
  }
}
