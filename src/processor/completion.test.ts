import { describe, expect, it } from 'vitest';
import { affordsGuide } from './completion.ts';

describe('the guide in a call', () => {
  it.each([
    ['a browser that says nothing', {}, true],
    ['enough memory', { deviceMemory: 2, connection: { saveData: false } }, true],
    ['little memory', { deviceMemory: 1 }, false],
    ['a browser that is to save data', { deviceMemory: 8, connection: { saveData: true } }, false],
  ])('%s', (_, means, affords) => {
    expect(affordsGuide(means)).toBe(affords);
  });
});
