/** COCO's name and VOC's name of the same object, where they differ. */
const SYNONYMS: readonly (readonly [string, string])[] = [
  ['airplane', 'aeroplane'],
  ['motorcycle', 'motorbike'],
  ['couch', 'sofa'],
];

/** A class that no model knows. */
export class UnknownClassError extends Error {
  override readonly name = 'UnknownClassError';

  constructor(
    readonly unknown: string,
    known: readonly string[],
  ) {
    const list = known.length ? known.map((name) => `'${name}'`).join(', ') : 'none: they carry no labels';
    super(`Class '${unknown}' is unknown to the models. They know: ${list}.`);
  }
}

/** The name under which a model knows a class, or undefined. */
export function nameIn(labels: readonly string[], wanted: string): string | undefined {
  const simple = wanted.trim().toLowerCase();
  const names = new Set([simple, ...SYNONYMS.filter((pair) => pair.includes(simple)).flat()]);
  return labels.find((label) => names.has(label.toLowerCase()));
}

/**
 * The classes under the names of each model.
 *
 * @param models the labels of each model that can find objects
 * @throws {UnknownClassError}
 */
export function checkClasses(classes: readonly string[], models: readonly (readonly string[])[]): void {
  for (const wanted of classes) {
    if (models.some((labels) => nameIn(labels, wanted))) continue;
    throw new UnknownClassError(wanted, knownClasses(models));
  }
}

/** Every class of the models, each once, sorted. */
function knownClasses(models: readonly (readonly string[])[]): string[] {
  const names = models.flat().filter((name) => name !== '???' && name !== 'background' && name !== '');
  return [...new Set(names)].sort();
}
