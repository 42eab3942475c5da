import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { RemovalError } from '../processor/errors.ts';
import type { RemovalProcessor } from '../processor/livekit.ts';
import { RemovalProcessor as PackagedProcessor } from '../processor/livekit-package.ts';
import type { RemoverOptions, UpdateOptions } from '../processor/options.ts';
import type { RemoverState } from '../processor/stats.ts';
import type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';

/** What {@link useRemoval} gives. */
export interface Removal {
  /** The same one for the component's whole life. Give it to LiveKit: `videoCaptureDefaults: { processor }`. */
  readonly processor: RemovalProcessor;
  /** Whether removal is wanted; in force when `pending` is false and `state` is `running` or `degraded`. */
  readonly enabled: boolean;
  /** A change is on its way, or models are loading: the output is covered unless nothing is removed. */
  readonly pending: boolean;
  /** As {@link RemovalProcessor.state}; a change re-renders. */
  readonly state: RemoverState;
  /** The last error, until a change succeeds or the failed part works again. */
  readonly error: RemovalError | undefined;
  /** As {@link RemovalProcessor.targets}; a change re-renders. */
  readonly targets: readonly TargetStatus[];
  /** On or off, without a gap. Never rejects: see `error`. */
  setEnabled(enabled: boolean): Promise<void>;
  /** As {@link RemovalProcessor.update}, but never rejects: see `error`. */
  update(options: UpdateOptions): Promise<void>;
  /** As {@link RemovalProcessor.plate}; it may reject. */
  plate(): Promise<ImageBitmap>;
  /** As {@link RemovalProcessor.exportRoom}; it may reject. */
  exportRoom(): Promise<Blob | undefined>;
}

/**
 * A {@link RemovalProcessor} for a React component, with what a button needs. `options` count at the first render;
 * later changes go through `update`. The processor lives as long as LiveKit's track, not the component.
 */
export function useRemoval(options: RemoverOptions = {}): Removal {
  const [processor] = useState(() => new PackagedProcessor(options));
  const [enabled, setWanted] = useState(options.remove !== 'nothing');
  const [changes, setChanges] = useState(0);
  const [error, setError] = useState<RemovalError>();

  const subscribe = useCallback(
    (changed: () => void) => {
      for (const type of ['statechange', 'targetschange'] as const) processor.addEventListener(type, changed);
      return () => {
        for (const type of ['statechange', 'targetschange'] as const) processor.removeEventListener(type, changed);
      };
    },
    [processor],
  );
  const stateNow = () => processor.state;
  const state = useSyncExternalStore(subscribe, stateNow, stateNow);
  const targetsNow = () => processor.targets;
  const targets = useSyncExternalStore(subscribe, targetsNow, targetsNow);

  useEffect(() => {
    const failed = ({ detail }: CustomEvent<RemovalError>) => {
      if (detail.code !== 'aborted') setError(detail);
    };
    const recovered = () => setError(undefined);
    processor.addEventListener('error', failed);
    processor.addEventListener('recovered', recovered);
    return () => {
      processor.removeEventListener('error', failed);
      processor.removeEventListener('recovered', recovered);
    };
  }, [processor]);

  const { setEnabled, update, plate, exportRoom } = useMemo(() => {
    const change = async (step: () => Promise<void>) => {
      setChanges((n) => n + 1);
      try {
        await step();
        setError(undefined);
      } catch (reason) {
        const failure = RemovalError.from(reason, 'worker-failed', 'The change could not be made');
        if (failure.code !== 'aborted') setError(failure);
      } finally {
        setChanges((n) => n - 1);
      }
    };
    return {
      setEnabled(on: boolean) {
        setWanted(on);
        return change(() => processor.setEnabled(on));
      },
      update(next: UpdateOptions) {
        if (next.remove) setWanted(next.remove !== 'nothing');
        return change(() => processor.update(next));
      },
      plate: () => processor.plate(),
      exportRoom: () => processor.exportRoom(),
    };
  }, [processor]);

  const pending = changes > 0 || state === 'loading';
  return { processor, enabled, pending, state, error, targets, setEnabled, update, plate, exportRoom };
}
