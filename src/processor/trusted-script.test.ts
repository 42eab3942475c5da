import { afterEach, describe, expect, it, vi } from 'vitest';
import { trustedScript } from './trusted-script.ts';

describe('trustedScript', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is the address itself where the browser knows no Trusted Types', () => {
    expect(trustedScript('/assets/network.js')).toBe('/assets/network.js');
  });

  it('goes through one policy of our name, made once', () => {
    const createPolicy = vi.fn((_: string, { createScriptURL }: { createScriptURL(url: string): string }) => ({
      createScriptURL: (url: string) => ({ trusted: createScriptURL(url) }),
    }));
    vi.stubGlobal('trustedTypes', { createPolicy });
    expect(trustedScript('/a.js')).toEqual({ trusted: '/a.js' });
    expect(trustedScript('/b.js')).toEqual({ trusted: '/b.js' });
    expect(createPolicy.mock.calls.map(([name]) => name)).toEqual(['clean-plate']);
  });
});
