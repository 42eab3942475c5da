import { describe, expect, it } from 'vitest';
import { COLUMNS, ROWS } from '../guide/guide-network.ts';
import { type Guide, LocalCompleter } from './completer.ts';
import { type CompletionInput, ROLE } from './completion.ts';

/** Blocks of any level, of which no copy goes on behind the hole. */
function wall(): CompletionInput {
  const [width, height] = [64, 48];
  const rgb = new Uint8Array(3 * width * height);
  const role = new Uint8Array(width * height).fill(ROLE.source);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      rgb.fill(40 + 2 * (((x >> 3) * 7919 + (y >> 3) * 104729) % 97), 3 * i, 3 * i + 3);
      if (x >= 22 && x < 42 && y >= 14) role[i] = ROLE.unknown;
    }
  }
  return { width, height, rgb, role };
}

/** A guide that says the same of all that is unknown. */
const says = (level: number): Guide => ({
  *paint({ rgb, known }) {
    const n = ROWS * COLUMNS;
    return Float32Array.from(rgb, (v, i) => (known[i % n] ? v : level));
  },
});

const { signal } = new AbortController();
/** Mean level of what is shown in the hole. */
async function level(completer: LocalCompleter): Promise<number> {
  const { rgb, role, width } = wall();
  const completion = await completer.complete(wall(), signal);
  const { offsets, correction } = completion!;
  const copied = [...role.keys()].filter((i) => role[i] === ROLE.unknown);
  const shown = (i: number) => rgb[3 * (i + offsets[2 * i]! + width * offsets[2 * i + 1]!)]! + correction[3 * i]!;
  return copied.reduce((sum, i) => sum + shown(i), 0) / copied.length;
}

describe('LocalCompleter', () => {
  it('shows what its guide says where copies disagree', async () => {
    const [dark, light] = [new LocalCompleter(), new LocalCompleter()];
    dark.follow(says(0.25));
    light.follow(says(0.65));
    expect(await level(light)).toBeGreaterThan((await level(dark)) + 2);
  });

  it('goes on without a guide that fails, which is reported once', async () => {
    const errors: unknown[] = [];
    const completer = new LocalCompleter((error) => errors.push(error));
    completer.follow({
      *paint() {
        yield;
        throw new Error('broken');
      },
    });
    const plain = await level(new LocalCompleter());
    expect(await level(completer)).toBe(plain);
    expect(await level(completer)).toBe(plain);
    expect(errors).toEqual([new Error('broken')]);
  });
});
