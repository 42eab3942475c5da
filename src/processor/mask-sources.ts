import type { MaskSource } from '../segmentation/mask-source.ts';
import { UnknownClassError } from '../segmentation/models/class-names.ts';
import { BystanderMaskSource } from '../segmentation/modes/bystanders/mask-source.ts';
import { ClassMaskSource } from '../segmentation/modes/classes/mask-source.ts';
import { PeopleMaskSource } from '../segmentation/modes/people/mask-source.ts';
import { PickedMaskSource, type TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
import type { Part } from '../segmentation/parts.ts';
import { packageAsset, removalErrorOf } from './assets.ts';
import { RemovalError } from './errors.ts';
import type { AssetProgress } from './options.ts';
import type { ClassesOrder, RemoveOrder } from './remove.ts';
import { isTargets } from './targets.ts';
import { Patience, TimeLimitError } from './time-limit.ts';

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: AssetProgress) => void;
  /** Called with every change of a picked target. */
  readonly onTargets: (targets: readonly TargetStatus[]) => void;
  /** Parts of the people mode to leave out, for evaluations. */
  readonly without?: readonly Part[] | undefined;
}

/**
 * Neither a byte nor a model's first answer for so long, milliseconds: compiling takes less on the slowest of devices.
 */
const QUIET_MS = 60_000;

/**
 * Loads what finds `remove`.
 *
 * @param assets base URL of the package's assets
 * @throws RemovalError `asset-*` with the URL, `invalid-option` for a class that no model knows, `segmentation-failed`,
 *   also where nothing comes for a minute
 */
export async function createMaskSource(
  remove: Exclude<RemoveOrder, 'nothing'>,
  assets: string,
  options: LoadOptions,
): Promise<MaskSource> {
  const patience = new Patience(QUIET_MS, options.signal);
  const onProgress = (progress: AssetProgress) => {
    patience.moved();
    options.onProgress(progress);
  };
  const made = make(remove, assets, { ...options, signal: patience.signal, onProgress });
  let late = false;
  made.then(
    (source) => late && source.close(),
    () => {},
  );
  try {
    return await Promise.race([made, patience.over]);
  } catch (error) {
    late = true;
    if (!(error instanceof TimeLimitError)) throw error;
    const message = `The models could not be loaded: ${error.message}. Look at the network panel, and reload the page.`;
    throw new RemovalError('segmentation-failed', message, { cause: error });
  } finally {
    patience.end();
  }
}

async function make(
  remove: Exclude<RemoveOrder, 'nothing'>,
  assets: string,
  options: LoadOptions,
): Promise<MaskSource> {
  if (isTargets(remove)) {
    const picked = new PickedMaskSource(options.onTargets);
    picked.setTargets(remove.targets, remove.stale);
    return picked;
  }
  if (typeof remove === 'object' && 'classes' in remove) return createClasses(remove, assets, options);
  if (typeof remove === 'object' && !('keep' in remove)) {
    remove satisfies never;
    throw new Error(`Nothing finds ${JSON.stringify(remove)}.`);
  }
  const people = await createPeople(assets, options);
  if (remove === 'people') return people;
  return new BystanderMaskSource(people, remove === 'bystanders' ? undefined : remove.keep);
}

async function createPeople(assets: string, { signal, onProgress, without }: LoadOptions): Promise<PeopleMaskSource> {
  const files = {
    wasm: packageAsset(assets, 'litert_wasm_compat_internal.wasm'),
    square: packageAsset(assets, 'selfie-square.tflite'),
    landscape: packageAsset(assets, 'selfie-landscape.tflite'),
  };
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    return await PeopleMaskSource.create({
      assets: files,
      without,
      signal,
      onProgress: (loaded) => onProgress({ loaded, total }),
    });
  } catch (error) {
    throw removalErrorOf(error, 'segmentation-failed', 'The people model could not be started');
  }
}

async function createClasses(
  { classes, detector, segmenter }: ClassesOrder,
  assets: string,
  { signal, onProgress }: LoadOptions,
): Promise<MaskSource> {
  try {
    return await ClassMaskSource.create({
      wasm: packageAsset(assets, 'vision_wasm_module_internal.wasm'),
      detector,
      segmenter,
      classes,
      signal,
      // Nobody knows how large the app's own models are.
      onProgress: (loaded) => onProgress({ loaded, total: 0 }),
    });
  } catch (error) {
    if (error instanceof UnknownClassError) throw new RemovalError('invalid-option', error.message, { cause: error });
    throw removalErrorOf(error, 'segmentation-failed', 'The models for these classes could not be started');
  }
}
