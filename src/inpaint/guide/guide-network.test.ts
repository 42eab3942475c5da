import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SmallPicture } from './clues.ts';
import { COLUMNS, GuideNetwork, ROWS } from './guide-network.ts';

const N = ROWS * COLUMNS;
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url));
const file = new Uint8Array(read('weights/guide.safetensors'));
const fixture = JSON.parse(read('test/fixtures/guide.json').toString()) as { sha256: string; rgb: string };

/** As in `training/export_guide.py`. */
function waves(): SmallPicture {
  const rgb = new Float32Array(3 * N);
  const known = new Uint8Array(N);
  for (let y = 0, i = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; x++, i++) {
      known[i] = x >= 40 && x < 76 && y >= 20 ? 0 : 1;
      for (let c = 0; c < 3; c++) rgb[c * N + i] = 0.5 + 0.2 * Math.sin(0.15 * x + c) + 0.2 * Math.cos(0.2 * y - c);
    }
  }
  return { width: COLUMNS, height: ROWS, rgb, known };
}

function run(network: GuideNetwork, picture: SmallPicture): Float32Array {
  const work = network.paint(picture);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const most = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 0);

describe('the guide', () => {
  const network = new GuideNetwork(file);

  it('paints what it paints in PyTorch, within a level', () => {
    expect(createHash('sha256').update(file).digest('hex'), 'run training/export_guide.py').toBe(fixture.sha256);
    const wanted = new Uint8Array(Buffer.from(fixture.rgb, 'base64'));
    const painted = run(network, waves());
    expect(most(painted.map((v, i) => Math.abs(255 * v - wanted[i]!)))).toBeLessThan(1);
    const plain = waves();
    const own = painted.map((v, i) => (plain.known[i % N] ? 0 : Math.abs(v - plain.rgb[i]!)));
    expect(most(own), 'it paints something of its own').toBeGreaterThan(0.05);
  });

  it('does not see what is hidden, and leaves what is known as it is', () => {
    const painted = run(network, waves());
    const other = waves();
    other.known.forEach((known, i) => {
      if (!known) for (let c = 0; c < 3; c++) other.rgb[c * N + i] = Math.random();
    });
    expect(run(network, other)).toEqual(painted);
    expect(most(painted.map((v, i) => (other.known[i % N] ? Math.abs(v - other.rgb[i]!) : 0)))).toBeLessThan(1e-6);
  });

  it('refuses a file that is not its own', () => {
    expect(() => new GuideNetwork(new Uint8Array(4))).toThrow('no file of weights');
    expect(() => new GuideNetwork(file.slice(0, 4000))).toThrow();
  });
});
