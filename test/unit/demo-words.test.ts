import { describe, expect, it } from 'vitest';
import { statusOf } from '../../demo/words.ts';

const loading = (loaded: number | undefined, what: 'people' | 'classes' = 'people') =>
  statusOf({ state: 'loading', reason: '', what, loaded, stats: undefined }).text;

describe("the demo's status while models load", () => {
  it('never says 100 % while something else goes on', () => {
    expect(loading(undefined)).toBe('Loading the people model. Until then the picture is covered.');
    expect(loading(0.5)).toContain('the people model 50 %.');
    expect(loading(0.999)).toContain('99 %');
    expect(loading(1)).toBe('The people model is here, starting. Until then the picture is covered.');
    expect(loading(1, 'classes')).toContain('The models for these things are here, starting.');
  });
});
