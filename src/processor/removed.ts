import type { Removal } from './loader.ts';
import { isTargets } from './targets.ts';

/**
 * What a room that is seen while `remove` is removed is without, in a word that is stored with it. Undefined where
 * nothing may be remembered: what was picked is a thing at a place, which no later call can know.
 *
 * All modes of people leave everybody out of the plate, and what they hold, whether it is shown or not.
 */
export function withoutOf(remove: Removal): string | undefined {
  if (isTargets(remove)) return undefined;
  if (typeof remove === 'object' && 'classes' in remove) return JSON.stringify([...remove.classes].sort());
  return 'people';
}

/** Whether a room that is without `without` shows nothing of what is to be removed now. */
export function mayShow(without: string, remove: Removal): boolean {
  const wanted = withoutOf(remove);
  if (wanted === undefined) return false;
  if (wanted === without) return true;
  const [had, wants] = [classesOf(without), classesOf(wanted)];
  if (!had || !wants) return false;
  return wants.every((name) => had.includes(name));
}

function classesOf(without: string): readonly string[] | undefined {
  if (!without.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(without);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}
