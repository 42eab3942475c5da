import type { Outcome } from './clean-picture.ts';
import { RemovalError, type WireError } from './errors.ts';
import type { FaultyPart, Observed } from './state.ts';

export type Faults = Observed['faults'];

/** `faults` with some that came (an error) or went (undefined). One that persists keeps its first error. */
export function withFaults(faults: Faults, change: Partial<Record<FaultyPart, (() => WireError) | undefined>>): Faults {
  const result: Partial<Record<FaultyPart, WireError>> = { ...faults };
  for (const [part, error] of Object.entries(change) as [FaultyPart, (() => WireError) | undefined][]) {
    if (!error) delete result[part];
    else result[part] ??= error();
  }
  return result;
}

/** What is observed once a picture came to `outcome`; undefined where its parts are not there. */
export function observedAfter(
  outcome: Outcome | undefined,
  faults: Faults,
  backend: 'webgpu' | 'cpu' | undefined,
): Partial<Observed> {
  const frames = 'flowing';
  switch (outcome?.kind) {
    case undefined:
      return { frames, shown: 'none' };
    case 'clean': {
      const fine = withFaults(faults, { segmentation: undefined, inpainting: undefined });
      const doubted = outcome.doubt > 0;
      const reason = doubted ? (outcome.reason ?? 'the mask is in doubt in a part of the picture') : '';
      return { frames, shown: doubted ? 'cover' : 'clean', reason, faults: fine };
    }
    case 'doubted': {
      const reason = outcome.reason ?? 'the mask is in doubt';
      return { frames, shown: 'cover', reason, faults: withFaults(faults, { segmentation: undefined }) };
    }
    case 'failed': {
      const { part, error } = outcome;
      const fault = () => faultOf(part, error, backend);
      return { frames, shown: 'cover', reason: `${part} failed`, faults: withFaults(faults, { [part]: fault }) };
    }
    default:
      return outcome satisfies never;
  }
}

function faultOf(part: FaultyPart, error: unknown, backend: 'webgpu' | 'cpu' | undefined): WireError {
  if (part === 'segmentation') {
    return RemovalError.from(error, 'segmentation-failed', 'A frame could not be segmented').toWire();
  }
  const code = backend === 'webgpu' ? 'gpu-lost' : 'inpaint-failed';
  return RemovalError.from(error, code, 'A frame could not be inpainted').toWire();
}
