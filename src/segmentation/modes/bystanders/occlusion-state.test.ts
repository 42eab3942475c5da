import { beforeEach, describe, expect, it } from 'vitest';
import { Regions } from '../../vision/regions.ts';
import { type BodyRegions, OcclusionState } from './occlusion-state.ts';
import { MAIN, NOBODY, OTHER } from './owners.ts';

const WIDTH = 60;
const HEIGHT = 40;
const SIZE = WIDTH * HEIGHT;
const STEP = 0.05;

/** Columns that somebody fills; the main person's are 25 to 34. */
interface Body {
  readonly from: number;
  readonly to: number;
  /** Whether they are taken for a part of the main person, whom they touch. */
  readonly merged?: boolean;
  readonly probability?: number;
}

const MAIN_COLUMNS = { from: 25, to: 34 };

/** Shows one bystander at a time, or nobody, and notes where they were as the people split does. */
class Scene {
  readonly occlusion = new OcclusionState(SIZE);
  #others = new Uint8Array(SIZE);
  #time = 0;

  show(other?: Body, seconds = STEP): boolean {
    let there = false;
    for (const end = this.#time + seconds - 1e-9; this.#time < end; this.#time += STEP) there = this.#frame(other);
    return there;
  }

  #frame(other: Body | undefined): boolean {
    const labels = new Int32Array(SIZE);
    const owners = new Uint8Array(SIZE).fill(NOBODY);
    const probability = new Float32Array(SIZE);
    const toMain = new Float32Array(SIZE);
    const others = new Uint8Array(SIZE);
    for (let i = 0; i < SIZE; i++) {
      const x = i % WIDTH;
      toMain[i] = Math.max(0, MAIN_COLUMNS.from - x, x - MAIN_COLUMNS.to);
      if (toMain[i] === 0) {
        labels[i] = 1;
        owners[i] = MAIN;
        probability[i] = 0.9;
      } else if (other && x >= other.from && x <= other.to) {
        labels[i] = other.merged ? 1 : 2;
        owners[i] = other.merged ? MAIN : OTHER;
        probability[i] = other.probability ?? 0.9;
        others[i] = 1;
      }
    }
    const regions: BodyRegions = {
      bodies: new Regions(labels, 2, WIDTH),
      isMain: (k) => k === 1,
      owners,
      probability,
      toMain,
    };
    const there = this.occlusion.update(regions, this.#others, this.#time);
    this.occlusion.note(others);
    this.#others = others;
    return there;
  }
}

const FAR = { from: 0, to: 9 };
const BESIDE = { from: 8, to: 17 };
const TOUCHING = { from: 15, to: 24, merged: true };

describe('OcclusionState', () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });

  it('is there from when somebody comes near', () => {
    expect(scene.show()).toBe(false);
    expect(scene.show(FAR)).toBe(false);
    expect(scene.show(BESIDE)).toBe(true);
    expect(scene.occlusion.touching).toBe(false);
  });

  it('touches once the two are one region, and is expected back for half a minute after going behind', () => {
    scene.show(BESIDE);
    expect(scene.show(TOUCHING)).toBe(true);
    expect(scene.occlusion.touching).toBe(true);
    expect(scene.show(undefined, 29)).toBe(true);
    expect(scene.occlusion.touching).toBe(true);
    expect(scene.show(undefined, 2)).toBe(false);
  });

  it('ends soon after they were seen to walk away', () => {
    scene.show(BESIDE);
    scene.show(TOUCHING);
    scene.show(BESIDE);
    scene.show({ from: 5, to: 14 });
    scene.show({ from: 2, to: 11 });
    expect(scene.show(FAR)).toBe(true);
    expect(scene.show(FAR, 0.5)).toBe(false);
  });

  it('still knows them when they were lost for two frames as they walked away', () => {
    scene.show(BESIDE);
    scene.show(TOUCHING);
    scene.show(BESIDE);
    scene.show({ from: 4, to: 13 });
    scene.show(undefined, 2 * STEP);
    scene.show(FAR, 0.5);
    expect(scene.show(FAR)).toBe(false);
  });

  it('does not take somebody else far off for the one who went behind', () => {
    scene.show(BESIDE);
    scene.show(TOUCHING);
    scene.show(undefined, 1);
    expect(scene.show({ from: 50, to: 59 }, 5)).toBe(true);
    expect(scene.occlusion.touching).toBe(true);
  });

  it('is not made by what MediaPipe hardly takes for somebody', () => {
    expect(scene.show({ ...BESIDE, probability: 0.4 })).toBe(false);
  });

  it('is expected from a surprise on', () => {
    scene.show();
    scene.occlusion.noteReappearance(STEP);
    expect(scene.show()).toBe(true);
    expect(scene.occlusion.touching).toBe(true);
  });
});
