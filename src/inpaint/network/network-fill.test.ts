import { describe, expect, it } from 'vitest';
import type { WorkingFrame, WorkingSize } from '../fill.ts';
import { PushPullFill } from '../push-pull-fill.ts';
import { NetworkFill, type Pace } from './network-fill.ts';
import type { Painter, PaintInput } from './painter.ts';

const SIZES: WorkingSize[] = [
  { width: 32, height: 32 },
  { width: 64, height: 32 },
];
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Paints when the test says so. */
class FakePainter implements Painter {
  readonly inputs: PaintInput[] = [];
  resets = 0;
  closes = 0;
  #answer: { resolve(rgb: Float32Array): void; reject(error: Error): void } | undefined;

  paint(input: PaintInput): Promise<Float32Array> {
    this.inputs.push({ ...input, fill: input.fill.slice() });
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
  }
  give(value: number): void {
    const { width, height } = this.inputs.at(-1)!;
    this.#answer?.resolve(new Float32Array(3 * width * height).fill(value));
  }
  break(): void {
    this.#answer?.reject(new Error('broken'));
  }
  reset(): void {
    this.resets++;
  }
  close(): void {
    this.closes++;
    this.break();
  }
}

/** A grey frame with an unknown hole in the columns from `x0` to `x1`. */
function frameOf({ width, height }: WorkingSize, x0: number, x1: number): WorkingFrame {
  const n = width * height;
  const hole = Float32Array.from({ length: n }, (_, i) => (i % width >= x0 && i % width < x1 ? 1 : 0));
  const known = hole.map((v) => 1 - v);
  const rgb = new Float32Array(3 * n).map((_, i) => (hole[i % n] ? 0 : 0.2));
  return { width, height, frame: rgb, hole, plate: rgb.slice(), known };
}

const at = (rgb: Float32Array, { width }: WorkingSize, x: number) => rgb[10 * width + x]!;

function setUp(pace: Pace, open?: (painter: FakePainter) => Promise<Painter>) {
  const painters: FakePainter[] = [];
  const errors: unknown[] = [];
  const fill = new NetworkFill({
    sizes: SIZES,
    pace,
    onError: (error) => errors.push(error),
    open: (size) => {
      const painter = new FakePainter();
      painters.push(painter);
      expect(SIZES).toContain(size);
      return open ? open(painter) : Promise.resolve(painter);
    },
  });
  return { fill, painters, errors };
}

describe('NetworkFill, every frame', () => {
  it('waits for each frame and gives the network the push-pull fill, as in training', async () => {
    const { fill, painters } = setUp('synchronous');
    const input = frameOf(SIZES[0]!, 8, 16);
    const filled = (await new PushPullFill().fill(input)).slice();
    for (const value of [0.7, 0.8]) {
      const filling = fill.fill(input);
      await turn();
      painters[0]!.give(value);
      expect(at(await filling, input, 10)).toBeCloseTo(value, 6);
    }
    expect(painters).toHaveLength(1);
    expect(painters[0]!.inputs[1]!.fill).toEqual(filled);
  });

  it('opens another network for another size and closes the first; other sizes are filled in smoothly', async () => {
    const { fill, painters, errors } = setUp('synchronous');
    for (const size of SIZES) {
      const filling = fill.fill(frameOf(size, 8, 16));
      await turn();
      painters.at(-1)!.give(0.9);
      expect(at(await filling, size, 10)).toBeCloseTo(0.9, 6);
    }
    expect(painters.map(({ closes }) => closes)).toEqual([1, 0]);
    const odd = frameOf({ width: 96, height: 32 }, 8, 16);
    expect(at(await fill.fill(odd), odd, 10)).toBeCloseTo(0.2, 6);
    expect(painters.map(({ closes }) => closes)).toEqual([1, 1]);
    expect(errors).toEqual([]);
  });

  it.each([
    ['a run fails', (painter: FakePainter) => painter.break()],
    ['it paints values that are not numbers', (painter: FakePainter) => painter.give(Number.NaN)],
  ])('falls back to push-pull when %s, and reports it once', async (_, harm) => {
    const { fill, painters, errors } = setUp('synchronous');
    const input = frameOf(SIZES[0]!, 8, 16);
    const filling = fill.fill(input);
    await turn();
    harm(painters[0]!);
    expect(at(await filling, input, 10)).toBeCloseTo(0.2, 6);
    expect(at(await fill.fill(input), input, 10)).toBeCloseTo(0.2, 6);
    expect(errors).toHaveLength(1);
    expect(painters.map(({ closes }) => closes)).toEqual([1]);
  });

  it('falls back to push-pull when it cannot be opened, and reports it once', async () => {
    const { fill, errors } = setUp('synchronous', () => Promise.reject(new Error('404')));
    const input = frameOf(SIZES[0]!, 8, 16);
    for (let t = 0; t < 3; t++) expect(at(await fill.fill(input), input, 10)).toBeCloseTo(0.2, 6);
    expect(errors).toEqual([new Error('404')]);
  });

  it('closes a network that is opened too late', async () => {
    let opened: (painter: Painter) => void = () => {};
    const { fill, painters, errors } = setUp('synchronous', () => new Promise((resolve) => (opened = resolve)));
    const filling = fill.fill(frameOf(SIZES[0]!, 8, 16));
    fill.close();
    opened(painters[0]!);
    await filling;
    expect(painters[0]!.closes).toBe(1);
    expect(errors).toEqual([]);
  });

  it('resets the memory of the network', async () => {
    const { fill, painters } = setUp('synchronous');
    const filling = fill.fill(frameOf(SIZES[0]!, 8, 16));
    await turn();
    painters[0]!.give(0.9);
    await filling;
    fill.reset();
    expect(painters[0]!.resets).toBe(1);
  });
});

describe('NetworkFill, as it can', () => {
  it('never waits: push-pull first, then the painting, faded in', async () => {
    const { fill, painters } = setUp('best-effort');
    const input = frameOf(SIZES[0]!, 8, 16);
    expect(at(await fill.fill(input), input, 10)).toBeCloseTo(0.2, 6);
    await turn();
    for (let t = 0; t < 3; t++) expect(at(await fill.fill(input), input, 10)).toBeCloseTo(0.2, 6);
    expect(painters[0]!.inputs, 'one run at a time').toHaveLength(1);
    painters[0]!.give(0.9);
    await turn();
    let last = 0.2;
    for (let t = 0; t < 60; t++) {
      const shown = at(await fill.fill(input), input, 10);
      expect(shown - last, 'nothing pops').toBeLessThan(0.11);
      expect(shown).toBeGreaterThanOrEqual(last);
      last = shown;
    }
    expect(last).toBeCloseTo(0.9, 3);
  });

  it('shows an old painting only where its hole was, and goes on smoothly from there', async () => {
    const { fill, painters } = setUp('best-effort');
    const first = frameOf(SIZES[0]!, 8, 16);
    await fill.fill(first);
    await turn();
    await fill.fill(first);
    await turn();
    painters[0]!.give(0.9);
    await turn();
    const moved = frameOf(SIZES[0]!, 12, 24);
    let shown = new Float32Array();
    for (let t = 0; t < 60; t++) shown = (await fill.fill(moved)).slice();
    expect(at(shown, moved, 14)).toBeCloseTo(0.9, 3);
    expect(at(shown, moved, 23), 'beside the room it is of the room').toBeLessThan(0.5);
    const row = Array.from({ length: 8 }, (_, i) => at(shown, moved, 16 + i));
    expect(row).toEqual([...row].sort((a, b) => b - a));
  });

  it('rests where the plate knows everything', async () => {
    const { fill, painters } = setUp('best-effort');
    const input = frameOf(SIZES[0]!, 8, 16);
    const known = { ...input, known: new Float32Array(input.known.length).fill(1) };
    for (let t = 0; t < 3; t++) {
      await fill.fill(known);
      await turn();
    }
    expect(painters[0]!.inputs).toHaveLength(0);
  });

  it('does not show a painting of before a reset', async () => {
    const { fill, painters } = setUp('best-effort');
    const input = frameOf(SIZES[0]!, 8, 16);
    await fill.fill(input);
    await turn();
    await fill.fill(input);
    await turn();
    fill.reset();
    painters[0]!.give(0.9);
    await turn();
    for (let t = 0; t < 10; t++) expect(at(await fill.fill(input), input, 10)).toBeCloseTo(0.2, 6);
  });

  it.each(['break', 'close'] as const)('a painting under way ends well on %s', async (how) => {
    const { fill, painters, errors } = setUp('best-effort');
    const input = frameOf(SIZES[0]!, 8, 16);
    await fill.fill(input);
    await turn();
    await fill.fill(input);
    await turn();
    if (how === 'break') painters[0]!.break();
    else fill.close();
    await turn();
    expect(errors).toHaveLength(how === 'break' ? 1 : 0);
    expect(painters[0]!.closes).toBe(1);
  });
});
