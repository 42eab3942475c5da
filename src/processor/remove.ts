import type { Asset } from '../assets/fetch-asset.ts';
import type { PicturePoint } from '../geometry.ts';
import { RemovalError } from './errors.ts';
import { nameOf } from './name-of.ts';
import type { ClassModelFiles, ModelFile, Remove, RemoveBystanders, RemoveClasses } from './remove-option.ts';
import { checkPoint, checkTargets, isTargets, type TargetsOrder, targetsOrder } from './targets.ts';

/** {@link Remove} as it goes to the worker: addresses are absolute; plain JSON, which {@link sameOrder} compares. */
export type RemoveOrder = 'people' | 'bystanders' | 'nothing' | RemoveBystanders | ClassesOrder | TargetsOrder;

export interface ClassesOrder {
  readonly classes: readonly string[];
  readonly detector: Asset | undefined;
  readonly segmenter: Asset | undefined;
}

const WORDS = ['people', 'bystanders', 'nothing'] as const;

type KeysOf<T> = T extends object ? keyof T : never;
/** The key of every form; two at once are refused. */
const KINDS = Object.keys({
  people: true,
  keep: true,
  classes: true,
  targets: true,
} satisfies Record<Exclude<KeysOf<Remove>, 'models'>, true>);

/** Names of the models in a folder, as `clean-plate fetch-models` writes them. */
export const MODEL_FILES = { detector: 'coco_ssd_mobilenet_v1.tflite', segmenter: 'deeplabv3.tflite' } as const;

/** Classes at once. Each costs nothing, but a list longer than any model's is a mistake. */
const MOST_CLASSES = 100;

/** @throws RemovalError `invalid-option` */
export function checkRemove(remove: unknown): void {
  if ((WORDS as readonly unknown[]).includes(remove)) return;
  const kinds = KINDS.filter((kind) => typeof remove === 'object' && remove !== null && kind in remove);
  if (kinds.length > 1) {
    throw invalid(`Option 'remove' must be one thing, not ${kinds.map((kind) => `'${kind}'`).join(' and ')} at once.`);
  }
  if (isTargets(remove)) {
    checkTargets(remove.targets);
    return;
  }
  if (typeof remove === 'object' && remove !== null && 'keep' in remove) {
    checkPoint(remove.keep, "Option 'remove.keep'");
    return;
  }
  if (typeof remove === 'object' && remove !== null && 'people' in remove) {
    checkPeople(remove.people);
    return;
  }
  if (typeof remove !== 'object' || remove === null || !('classes' in remove)) {
    const words = WORDS.map((word) => `'${word}'`).join(', ');
    throw invalid(
      `Option 'remove' must be one of ${words}, { people }, { keep }, { classes: [...] } or { targets: [...] }, not ${nameOf(remove)}.`,
    );
  }
  const { classes, models } = remove as { classes: unknown; models?: unknown };
  if (!Array.isArray(classes) || classes.length === 0) {
    throw invalid("Option 'remove.classes' must be a list of at least one class name, such as ['bottle'].");
  }
  if (classes.length > MOST_CLASSES) {
    throw invalid(`Option 'remove.classes' has ${classes.length} names; ${MOST_CLASSES} is the most.`);
  }
  const odd = classes.find((name) => typeof name !== 'string' || name.trim() === '');
  if (odd !== undefined) throw invalid(`Option 'remove.classes' holds ${nameOf(odd)}; only names are allowed.`);
  if (models !== undefined) checkModels(models);
}

function checkPeople(people: unknown): void {
  if (typeof people !== 'object' || people === null) {
    throw invalid(`Option 'remove.people' must be { only, keep }, not ${nameOf(people)}.`);
  }
  const { only, keep, ...rest } = people as Record<string, unknown>;
  const [odd] = Object.keys(rest);
  if (odd !== undefined) throw invalid(`Option 'remove.people' has no '${odd}'; it takes 'only' and 'keep'.`);
  if (only !== undefined && only !== 'bystanders') {
    throw invalid(`Option 'remove.people.only' must be 'bystanders', not ${nameOf(only)}.`);
  }
  if (keep !== undefined) checkPoint(keep, "Option 'remove.people.keep'");
}

function checkModels(models: unknown): void {
  if (typeof models === 'string' || models instanceof URL) return;
  if (typeof models !== 'object' || models === null) {
    throw invalid(`Option 'remove.models' must be an address or { detector, segmenter }, not ${nameOf(models)}.`);
  }
  const { detector, segmenter } = models as Record<string, unknown>;
  if (detector === undefined && segmenter === undefined) {
    throw invalid("Option 'remove.models' needs a 'detector', a 'segmenter' or both.");
  }
  for (const [name, file] of Object.entries({ detector, segmenter })) {
    if (file === undefined || typeof file === 'string' || file instanceof URL) continue;
    const { url, sha256 } = (typeof file === 'object' && file !== null ? file : {}) as Record<string, unknown>;
    if (typeof url !== 'string' && !(url instanceof URL)) {
      throw invalid(`Option 'remove.models.${name}' must be an address or { url, sha256 }, not ${nameOf(file)}.`);
    }
    if (sha256 !== undefined && !(typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256))) {
      throw invalid(`Option 'remove.models.${name}.sha256' must be 64 hex digits.`);
    }
  }
}

/**
 * Makes every address absolute.
 *
 * @param assets the base of the package's assets, with its closing slash
 * @param page what relative addresses of the app count from
 * @throws RemovalError `invalid-option` where something is not an address
 */
export function orderOf(remove: Remove, assets: string, page: string): RemoveOrder {
  if (typeof remove === 'string') return remove;
  if ('targets' in remove) return targetsOrder(remove);
  if ('keep' in remove) return keepOrder(remove.keep);
  if ('people' in remove) {
    const { only, keep } = remove.people;
    return keep ? keepOrder(keep) : (only ?? 'people');
  }
  const { classes, models = new URL('../models/', assets) } = remove;
  return { classes: [...new Set(classes)], ...filesOf(models, page) };
}

function keepOrder({ x, y }: PicturePoint): RemoveBystanders {
  return { keep: { x, y } };
}

function filesOf(models: NonNullable<RemoveClasses['models']>, page: string) {
  if (typeof models !== 'string' && !(models instanceof URL)) {
    const { detector, segmenter }: ClassModelFiles = models;
    return { detector: assetOf(detector, page), segmenter: assetOf(segmenter, page) };
  }
  const folder = absolute(String(models).replace(/\/?$/, '/'), page);
  return {
    detector: { url: absolute(MODEL_FILES.detector, folder) },
    segmenter: { url: absolute(MODEL_FILES.segmenter, folder) },
  };
}

function assetOf(file: ModelFile | undefined, page: string): Asset | undefined {
  if (file === undefined) return undefined;
  if (typeof file === 'string' || file instanceof URL) return { url: absolute(String(file), page) };
  return { url: absolute(String(file.url), page), sha256: file.sha256 };
}

function absolute(address: string, base: string): string {
  try {
    return new URL(address, base).href;
  } catch (cause) {
    throw new RemovalError('invalid-option', `Option 'remove.models': ${nameOf(address)} is not an address.`, {
      cause,
    });
  }
}

/**
 * Whether two orders need the same models and the same memory of the scene. Asked every frame, mostly of one and the
 * same.
 */
export function sameOrder(a: RemoveOrder | undefined, b: RemoveOrder): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function invalid(message: string): RemovalError {
  return new RemovalError('invalid-option', message);
}
