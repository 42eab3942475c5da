import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { type Removal, useRemoval } from './use-removal.ts';

/** What the hook gives at a first render, as on a server. */
function first(options: Parameters<typeof useRemoval>[0]): Removal {
  let removal: Removal | undefined;
  renderToString(
    createElement(() => {
      removal = useRemoval(options);
      return null;
    }),
  );
  return removal!;
}

describe('useRemoval', () => {
  it('starts as its options say, with nothing picked and no plate', async () => {
    const removal = first({ remove: { targets: [] } });
    expect(removal).toMatchObject({ enabled: true, pending: false, state: 'paused', error: undefined, targets: [] });
    await expect(removal.plate()).rejects.toMatchObject({ code: 'closed' });
    expect(first({ remove: 'nothing' }).enabled).toBe(false);
  });

  it('throws for a wrong option where it is written', () => {
    expect(() => first({ cover: 'pixels' as never })).toThrow(/'cover' must be one of/);
  });
});
