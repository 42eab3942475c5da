import { describe, expect, it, vi } from 'vitest';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { MaskSource } from '../segmentation/mask-source.ts';
import { InForce } from './in-force.ts';
import type { Removal } from './loader.ts';
import { INITIAL, type Observed, UNOBSERVED } from './state.ts';

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Mask sources come when a test lets them; the last that was asked for is the first of the list. */
function create() {
  const asked: { readonly remove: Removal; give(): { close: ReturnType<typeof vi.fn> } }[] = [];
  let observed: Observed = UNOBSERVED;
  const inForce = new InForce({
    createMaskSource: (remove) =>
      new Promise<MaskSource>((resolve) => {
        const give = () => {
          const made = { close: vi.fn(), reset: vi.fn() };
          resolve(made as never);
          return made;
        };
        asked.unshift({ remove, give });
      }),
    createInpainter: async () => ({ close: vi.fn(), reset: vi.fn() }) as unknown as Inpainter,
    idle: async () => {},
    flush: async () => {},
    onChange: (change) => {
      observed = { ...observed, ...change };
    },
    onError: () => {},
  });
  let wish = 0;
  const want = (remove: Removal, enabled = true) => {
    wish++;
    inForce.want({ ...INITIAL, version: wish, wish, remove, enabled });
  };
  return { inForce, asked, want, observed: () => observed };
}

const OTHER: Removal = { keep: { x: 0.5, y: 0.5 } };

describe('InForce', () => {
  it('goes back to what works while another is loading: what was loading does not take its place when it comes', async () => {
    const { inForce, asked, want, observed } = create();
    want('bystanders');
    asked[0]!.give();
    await turn();
    expect(inForce.ready()).toBeDefined();
    want(OTHER);
    want('bystanders');
    await turn();
    expect(observed()).toMatchObject({ parts: 'ready', settled: 3 });
    const late = asked[0]!.give();
    await turn();
    expect(inForce.ready()).toBeDefined();
    expect(late.close).toHaveBeenCalledOnce();
  });

  it('loads anew what is wished for again after it was off, whatever came meanwhile', async () => {
    const { inForce, asked, want, observed } = create();
    want('bystanders');
    asked[0]!.give();
    await turn();
    want(OTHER);
    want(OTHER, false);
    asked[0]!.give();
    await turn();
    want('bystanders');
    expect(inForce.ready()).toBeUndefined();
    asked[0]!.give();
    await turn();
    expect(inForce.ready()).toBeDefined();
    expect(observed()).toMatchObject({ parts: 'ready', settled: 4 });
  });
});
