import { beforeAll, describe, expect, it } from 'vitest';
import { installFakeImageData } from '../../../test/fakes/image-data.ts';
import { createThumbnail } from '../vision/thumbnail.ts';
import { MediaPipeClassSegmenter, MediaPipeDetector } from './mediapipe-classes.ts';

beforeAll(installFakeImageData);

/** Gives these values for its classes, one value a mask, and counts what was closed. */
function segmenter(values: (i: number) => number[]) {
  const task = {
    made: 0,
    closed: 0,
    segment: ({ width, height }: ImageData) => {
      const n = width * height;
      const confidenceMasks = values(0).map((_, k) => {
        task.made++;
        return {
          getAsFloat32Array: () => Float32Array.from({ length: n }, (_, i) => values(i)[k]!),
          close: () => {
            task.closed++;
          },
        };
      });
      return { confidenceMasks };
    },
    close: () => {},
  };
  return task;
}

const ALIVE = { run: <T>(task: () => T) => task() };

const LABELS = ['background', 'bottle', 'sofa'];

describe('MediaPipeClassSegmenter', () => {
  it.each([
    ['logits', [4, 7, -3], 1 / (1 + Math.exp(-3))],
    ['probabilities', [0.2, 0.6, 0.1], 0.75],
  ])('compares the class with the best other one: %s', (_, values, expected) => {
    const task = segmenter(() => values);
    const out = new Float32Array(4);
    new MediaPipeClassSegmenter(task, ALIVE, LABELS).segment(createThumbnail(2, 2), 'bottle', out);
    expect(out[3]).toBeCloseTo(expected, 5);
    expect(task.closed).toBe(task.made);
  });

  it('knows a class under its other name, gives its mask, and closes all masks when it fails', () => {
    const task = segmenter(() => [0.1, 0.1, 0.8]);
    const model = new MediaPipeClassSegmenter(task, ALIVE, LABELS);
    expect([model.knows('couch'), model.knows('tv')]).toEqual([true, false]);
    const out = new Float32Array(1);
    model.segment(createThumbnail(1, 1), 'couch', out);
    expect(out[0]).toBeGreaterThan(0.8);
    expect(() => model.segment(createThumbnail(1, 1), 'tv', out)).toThrow(/none for 'tv'/);
    expect(task.closed).toBe(task.made);
  });
});

describe('MediaPipeDetector', () => {
  it('gives boxes under the caller’s names', () => {
    const detections = [
      {
        categories: [{ categoryName: 'couch', score: 0.7 }],
        boundingBox: { originX: 1, originY: 2, width: 3, height: 4 },
      },
      {
        categories: [{ categoryName: 'person', score: 0.9 }],
        boundingBox: { originX: 0, originY: 0, width: 9, height: 9 },
      },
      { categories: [{ categoryName: 'couch', score: 0.5 }] },
    ];
    const model = new MediaPipeDetector(
      { detect: () => ({ detections }), close: () => {} },
      ALIVE,
      new Map([['couch', 'sofa']]),
    );
    expect(model.detect(createThumbnail(4, 4))).toEqual([
      { name: 'sofa', score: 0.7, box: { x: 1, y: 2, width: 3, height: 4 } },
    ]);
  });
});
