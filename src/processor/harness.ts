import type { Mask } from '../mask.ts';
import type { MaskSource, Segmentation } from '../segmentation/mask-source.ts';
import type { FromHarness, ToHarness } from './protocol.ts';

/** Hole masks from outside, for scoring the rest of the product alone. Used by the headless run. */
export class GivenMasks implements MaskSource {
  readonly #port: MessagePort;
  #answer: ((mask: Mask) => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromHarness>) => this.#answer?.(data.mask);
  }

  async segment(_picture: unknown, timestamp: number): Promise<Segmentation> {
    const mask = new Promise<Mask>((resolve) => {
      this.#answer = resolve;
    });
    this.#port.postMessage({ type: 'mask-please', timestamp } satisfies ToHarness);
    return { hole: await mask, confidence: 1 };
  }

  reset(): void {}
  close(): void {}
}
