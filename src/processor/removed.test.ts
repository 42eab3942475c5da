import { describe, expect, it } from 'vitest';
import type { Removal } from './loader.ts';
import { mayShow, withoutOf } from './removed.ts';

const classes = (...names: string[]): Removal => ({ classes: names, detector: undefined, segmenter: undefined });
const targets: Removal = { targets: [] };

describe('a room that was seen while something was removed', () => {
  it.each<[Removal, Removal, boolean]>([
    ['people', 'people', true],
    ['people', 'bystanders', true],
    ['bystanders', 'people', true],
    [classes('bottle', 'tv'), classes('tv'), true],
    [classes('tv', 'bottle'), classes('bottle', 'tv'), true],
    // It may show a bottle.
    ['people', classes('bottle'), false],
    [classes('tv'), classes('bottle', 'tv'), false],
    // It may show somebody.
    [classes('tv'), 'people', false],
    ['people', targets, false],
  ])('%j is shown to %j: %s', (before, now, shown) => {
    const without = withoutOf(before);
    expect(without !== undefined && mayShow(without, now)).toBe(shown);
  });

  it('is not remembered where things were picked', () => {
    expect(withoutOf(targets)).toBeUndefined();
  });

  it('is not shown where nobody knows what it is without', () => {
    for (const odd of ['', '[', '{}', 'peopl', '["tv"']) {
      expect(mayShow(odd, 'people')).toBe(false);
      expect(mayShow(odd, classes('tv'))).toBe(false);
    }
  });
});
