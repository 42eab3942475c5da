import { describe, expect, it } from 'vitest';
import { createThumbnail } from '../../vision/thumbnail.ts';
import { subPixelMotion } from './motion.ts';

const WIDTH = 60;
const HEIGHT = 60;
const MIDDLE = 29.5;

/** A soft texture that has moved by `across` and `down`, and by `lean` per row below the middle. */
function show(across = 0, down = 0, lean = 0) {
  const frame = createThumbnail(WIDTH, HEIGHT);
  for (let i = 0; i < frame.luma.length; i++) {
    const v = Math.floor(i / WIDTH);
    const x = (i % WIDTH) - across - lean * (v - MIDDLE);
    const y = v - down;
    frame.luma[i] = 120 + 30 * Math.sin(x / 3) + 30 * Math.sin(y / 4 + x / 9);
  }
  return frame;
}

const SAMPLE = Array.from({ length: WIDTH * HEIGHT }, (_, i) => i).filter((i) => {
  const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
  return x >= 10 && x < 50 && y >= 10 && y < 50;
});

describe('subPixelMotion', () => {
  it('finds parts of a pixel, across and down', () => {
    const { across, down, lean } = subPixelMotion(show(0.4, -0.3), show().luma, SAMPLE, 0);
    expect(across).toBeCloseTo(0.4, 1);
    expect(down).toBeCloseTo(-0.3, 1);
    expect(lean).toBeCloseTo(0, 2);
  });

  it('finds that feet moved more than hands', () => {
    const { across, lean } = subPixelMotion(show(0, 0, 0.02), show().luma, SAMPLE, 0);
    expect(across).toBeCloseTo(0, 1);
    expect(lean).toBeCloseTo(0.02, 2);
  });

  it('adds to the whole pixels that were found before', () => {
    expect(subPixelMotion(show(2.4), show().luma, SAMPLE, 2).across).toBeCloseTo(0.4, 1);
  });

  it('says nothing of what is plain', () => {
    const plain = createThumbnail(WIDTH, HEIGHT);
    expect(subPixelMotion(plain, plain.luma, SAMPLE, 0)).toMatchObject({ across: 0, down: 0, lean: 0 });
  });
});
