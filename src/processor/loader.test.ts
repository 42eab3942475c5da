import { describe, expect, it, vi } from 'vitest';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { MaskSource } from '../segmentation/mask-source.ts';
import { Loader, type Removal } from './loader.ts';

const closable = () => ({ close: vi.fn(), reset: vi.fn() });
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A loader whose parts come when a test lets them. */
function create() {
  const masks: { remove: Removal; give(): ReturnType<typeof closable>; fail(): void }[] = [];
  const inpainters: { give(): ReturnType<typeof closable>; fail(): void }[] = [];
  const asked = <T>(list: T[], more: object) =>
    new Promise<never>((resolve, reject) => {
      const give = () => {
        const made = closable();
        resolve(made as never);
        return made;
      };
      list.push({ give, fail: () => reject(new Error('no')), ...more } as T);
    });
  const loader = new Loader(
    {
      createMaskSource: (remove) => asked(masks, { remove }) as Promise<MaskSource>,
      createInpainter: () => asked(inpainters, {}) as Promise<Inpainter>,
    },
    async () => {},
  );
  return { loader, masks, inpainters };
}

describe('Loader', () => {
  it('makes one inpainter, though what it was made for is not wanted any more', async () => {
    const { loader, masks, inpainters } = create();
    const first = loader.load('people');
    first.catch(() => {});
    masks[0]!.give();
    await turn();
    const second = loader.load('bystanders');
    masks[1]!.give();
    await turn();
    expect(inpainters).toHaveLength(1);
    const made = inpainters[0]!.give();
    await second;
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(loader.for('bystanders')?.inpainter).toBe(made);
    expect(loader.for('people')).toBeUndefined();
    expect(made.close).not.toHaveBeenCalled();
  });

  it('joins a load for the same', async () => {
    const { loader, masks } = create();
    expect(loader.load('people')).toBe(loader.load('people'));
    expect(masks).toHaveLength(1);
  });

  it('makes an inpainter anew that could not be made, and one that was dropped', async () => {
    const { loader, masks, inpainters } = create();
    const first = loader.load('people');
    masks[0]!.give();
    await turn();
    inpainters[0]!.fail();
    await expect(first).rejects.toThrow('no');
    const second = loader.load('people');
    await turn();
    const made = inpainters[1]!.give();
    await second;
    loader.drop('inpainting');
    expect(made.close).toHaveBeenCalledTimes(1);
    const third = loader.load('people');
    await turn();
    inpainters[2]!.give();
    await third;
    expect([masks.length, inpainters.length]).toEqual([1, 3]);
  });

  it('closes what comes after it was closed, once', async () => {
    const { loader, masks, inpainters } = create();
    loader.load('people').catch(() => {});
    masks[0]!.give();
    await turn();
    loader.close();
    const made = inpainters[0]!.give();
    await turn();
    expect(made.close).toHaveBeenCalledTimes(1);
    expect(loader.inpainter).toBeUndefined();
  });
});
