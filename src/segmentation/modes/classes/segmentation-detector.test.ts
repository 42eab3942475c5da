import { describe, expect, it } from 'vitest';
import type { ClassSegmenter } from '../../models/model.ts';
import { createThumbnail } from '../../vision/thumbnail.ts';
import { SegmentationDetector } from './segmentation-detector.ts';

const SIZE = 257;

/** Sees a block of 30 x 40 pixels, and a speck. */
const segmenter: ClassSegmenter = {
  size: SIZE,
  knows: () => true,
  segment(_image, _name, out) {
    for (let i = 0; i < out.length; i++) {
      const inBlock = i % SIZE >= 50 && i % SIZE < 80 && i >= SIZE * 100 && i < SIZE * 140;
      out[i] = inBlock || i === SIZE * 200 + 200 ? 0.95 : 0.1;
    }
  },
  close() {},
};

describe('SegmentationDetector', () => {
  it('makes a box of every region of a class, but of no speck', () => {
    const found = new SegmentationDetector(segmenter, ['bottle']).detect(createThumbnail(SIZE, SIZE));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ name: 'bottle', box: { x: 50, y: 100, width: 30, height: 40 } });
    expect(found[0]!.score).toBeCloseTo(0.95);
  });
});
