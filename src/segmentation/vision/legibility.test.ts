import { describe, expect, it } from 'vitest';
import { type Picture, pictureBytes, wrapPicture } from '../../picture.ts';
import { Legibility } from './legibility.ts';
import { noiseOf } from './noise.ts';
import { brighten, createThumbnail, shrink } from './thumbnail.ts';

const WIDTH = 320;
const HEIGHT = 240;

/** A wall with a shade across it, furniture, and a camera whose noise is about normal. */
function room(gain: number, sigma: number, { contrast = 1, seed = 1 } = {}): Picture {
  const picture = wrapPicture('RGBA', WIDTH, HEIGHT, new Uint8Array(pictureBytes('RGBA', WIDTH, HEIGHT)));
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH;
    const furniture = x > 60 && x < 140 && i > (WIDTH * HEIGHT) / 2;
    const level = 190 + contrast * ((furniture ? -140 : 0) + 30 * Math.sin(x / 100));
    const noise = (random() + random() + random() + random() - 2) * Math.sqrt(3) * sigma;
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = Math.max(0, Math.min(255, Math.round(gain * level + noise)));
  }
  return picture;
}

function look(picture: Picture, legibility = new Legibility(), seconds = 1 / 30) {
  const thumbnail = createThumbnail(160, 120);
  shrink(picture, thumbnail);
  return { thumbnail, ...legibility.judge(thumbnail, noiseOf(picture), WIDTH * HEIGHT, seconds) };
}

const judge = (picture: Picture, legibility?: Legibility) => look(picture, legibility).illegible;

describe('noiseOf', () => {
  it.each([0, 2, 5, 10])('finds a noise of %d levels, whatever the edges and shades', (sigma) => {
    expect(Math.abs(noiseOf(room(1, sigma)) - sigma)).toBeLessThan(0.5 + 0.1 * sigma);
  });
});

describe('Legibility', () => {
  it.each([
    [0.08, 10],
    [0.15, 6],
    [0.25, 6],
    [0.02, 0],
  ])('sees nothing in the dark: light x %d, noise %d', (gain, sigma) => {
    expect(judge(room(gain, sigma))).toBe('too dark');
  });

  it.each([
    [1, 0],
    [1, 6],
    [0.5, 5],
    [0.25, 2],
    [0.08, 0],
  ])('sees in a room that is clear, however dim it is: light x %d, noise %d', (gain, sigma) => {
    expect(judge(room(gain, sigma))).toBeUndefined();
  });

  it('sees a plain bright wall, and nothing where noise drowns it', () => {
    expect(judge(room(1, 0.5, { contrast: 0.1 }))).toBeUndefined();
    expect(judge(room(0.6, 24, { contrast: 0.3 }))).toBe('too noisy');
  });

  it('does not flicker at the limit', () => {
    const legibility = new Legibility();
    const gains = Array.from({ length: 60 }, (_, n) => 0.34 + 0.01 * Math.sin(n));
    const seen = gains.map((gain, n) => judge(room(gain, 5, { seed: n + 1 }), legibility));
    const changes = seen.filter((each, n) => n > 0 && each !== seen[n - 1]);
    expect(changes.length).toBeLessThanOrEqual(1);
  });

  it('brightens what is dim to the light of other pictures, and leaves those as they are', () => {
    const dim = room(0.2, 0);
    const { gain, thumbnail } = look(dim);
    brighten(thumbnail, gain, dim);
    const brightest = [...thumbnail.luma].sort((a, b) => a - b)[Math.round(0.95 * thumbnail.luma.length)];
    expect(brightest).toBeCloseTo(120, -1);
    expect(thumbnail.rgba[0]).toBeCloseTo(thumbnail.luma[0]!, -0.5);
    expect(look(room(1, 0)).gain).toBe(1);
  });

  it('follows the light slowly, but a lamp that is switched on at once', () => {
    const legibility = new Legibility();
    const first = look(room(0.2, 0), legibility).gain;
    const next = look(room(0.25, 0), legibility).gain;
    expect(next).toBeLessThan(first);
    expect(next).toBeGreaterThan(0.95 * first);
    expect(look(room(1, 0), legibility).gain).toBe(1);
  });
});
