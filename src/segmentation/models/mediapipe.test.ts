import { beforeAll, describe, expect, it } from 'vitest';
import { installFakeImageData } from '../../../test/fakes/image-data.ts';
import { createThumbnail } from '../vision/thumbnail.ts';
import { type SegmenterTask, TaskPersonModel } from './mediapipe.ts';

/** Counts who closed what. */
class FakeTask implements SegmenterTask {
  made = 0;
  maskCloses = 0;
  closes = 0;
  masks = 2;
  size: [number, number] = [4, 2];
  readable = true;

  segment() {
    const mask = (value: number) => {
      this.made++;
      return {
        width: this.size[0],
        height: this.size[1],
        getAsFloat32Array: () => {
          if (!this.readable) throw new Error('context lost');
          return new Float32Array(8).fill(value);
        },
        close: () => {
          this.maskCloses++;
        },
      };
    };
    return { confidenceMasks: Array.from({ length: this.masks }, (_, i) => mask(0.75 - i)) };
  }

  close() {
    this.closes++;
  }
}

const ALIVE = { run: <T>(task: () => T) => task() };

beforeAll(installFakeImageData);

describe('TaskPersonModel', () => {
  it('copies the probability out and closes every mask', () => {
    const task = new FakeTask();
    const out = new Float32Array(8);
    new TaskPersonModel(task, ALIVE).segment(createThumbnail(4, 2), out);
    expect([...out]).toEqual(new Array(8).fill(0.75));
    expect(task.maskCloses).toBe(2);
  });

  it.each([
    ['has another size', { size: [2, 2] as [number, number] }, '2x2'],
    ['cannot be read', { readable: false }, 'context lost'],
    ['is missing', { masks: 0 }, 'no confidence mask'],
  ])('closes every mask also when it %s', (_, fault, message) => {
    const task = Object.assign(new FakeTask(), fault);
    expect(() => new TaskPersonModel(task, ALIVE).segment(createThumbnail(4, 2), new Float32Array(8))).toThrow(message);
    expect(task.maskCloses).toBe(task.made);
  });

  it('closes the task', () => {
    const task = new FakeTask();
    new TaskPersonModel(task, ALIVE).close();
    expect(task.closes).toBe(1);
  });
});
