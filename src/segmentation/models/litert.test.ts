import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createThumbnail } from '../vision/thumbnail.ts';
import { CheckedPersonModel } from './canary.ts';
import { LiteRtRuntime } from './litert.ts';
import type { ModelImage, PersonModel } from './model.ts';

const require = createRequire(import.meta.url);
const LITERT = path.dirname(path.dirname(require.resolve('@litertjs/core')));
const SELFIE = path.dirname(require.resolve('@mediapipe/selfie_segmentation/package.json'));

const model = (name: string) => readFile(path.join(SELFIE, name));

/** The real runtime and the real models, in Node. */
describe('LiteRtRuntime', () => {
  let runtime: LiteRtRuntime;

  beforeAll(async () => {
    const wasm = await readFile(path.join(LITERT, 'wasm/litert_wasm_compat_internal.wasm'));
    vi.stubGlobal('fetch', async () => new Response(wasm));
    runtime = await LiteRtRuntime.load({ url: 'http://test.invalid/litert.wasm' });
    vi.unstubAllGlobals();
  });

  it.each(['selfie_segmentation.tflite', 'selfie_segmentation_landscape.tflite'])(
    '%s finds the figure of the canary',
    async (name) => {
      const made = await runtime.createPersonModel(name, await model(name));
      new CheckedPersonModel(made).close();
    },
  );

  it('gives the same answer every time, for pictures of any aspect, and nobody in an empty one', async () => {
    const selfie = await runtime.createPersonModel('selfie', await model('selfie_segmentation.tflite'));
    for (const [width, height] of [
      [256, 144],
      [144, 256],
      [256, 256],
    ] as const) {
      const empty = createThumbnail(width, height);
      empty.rgba.fill(128);
      const [first, second] = [new Float32Array(width * height), new Float32Array(width * height)];
      selfie.segment(empty, first);
      selfie.segment(empty, second);
      expect(second).toEqual(first);
      expect(Math.max(...first)).toBeLessThan(0.1);
    }
    selfie.close();
  });

  it('names a file that is no such model', async () => {
    const broken = (await model('selfie_segmentation.tflite')).subarray(0, 5000);
    await expect(runtime.createPersonModel('http://test.invalid/a.tflite', broken)).rejects.toMatchObject({
      name: 'AssetError',
      reason: 'corrupt',
      url: 'http://test.invalid/a.tflite',
    });
  });

  it('gives back what a closed model held', async () => {
    const bytes = await model('selfie_segmentation.tflite');
    const once = async () => {
      const made = await runtime.createPersonModel('selfie', bytes);
      made.segment(createThumbnail(256, 144), new Float32Array(256 * 144));
      made.close();
    };
    for (let n = 0; n < 5; n++) await once();
    const before = process.memoryUsage().external;
    for (let n = 0; n < 20; n++) await once();
    // A model takes 8 MB of the runtime's memory, which grows in steps and never shrinks.
    expect(process.memoryUsage().external - before).toBeLessThan(16e6);
  });
});

/** Answers as the real one does until it dies, then "nobody", without a word. */
class MortalModel implements PersonModel {
  alive = true;
  person = true;
  inferences = 0;
  #real: PersonModel;

  constructor(real: PersonModel) {
    this.#real = real;
  }

  segment(image: ModelImage, out: Float32Array): void {
    this.inferences++;
    if (!this.alive) out.fill(0);
    else if (image.width !== 256 || image.height !== 256) out.fill(this.person ? 0.9 : 0);
    else this.#real.segment(image, out);
  }

  close(): void {}
}

describe('CheckedPersonModel', () => {
  let mortal: MortalModel;
  let checked: CheckedPersonModel;
  const frame = createThumbnail(4, 2);
  const run = (times = 1) => {
    for (let n = 0; n < times; n++) checked.segment(frame, new Float32Array(8));
  };

  beforeAll(async () => {
    const wasm = await readFile(path.join(LITERT, 'wasm/litert_wasm_compat_internal.wasm'));
    vi.stubGlobal('fetch', async () => new Response(wasm));
    const runtime = await LiteRtRuntime.load({ url: 'http://test.invalid/litert.wasm' });
    vi.unstubAllGlobals();
    mortal = new MortalModel(await runtime.createPersonModel('selfie', await model('selfie_segmentation.tflite')));
  });

  const start = () => {
    Object.assign(mortal, { alive: true, person: true, inferences: 0 });
    checked = new CheckedPersonModel(mortal);
  };

  it('refuses a model that is dead from the start', () => {
    mortal.alive = false;
    expect(() => new CheckedPersonModel(mortal)).toThrow(expect.objectContaining({ name: 'ModelLostError' }));
  });

  it('throws when the model dies while somebody is there, within eight frames', () => {
    start();
    run(20);
    mortal.alive = false;
    expect(() => run(8)).toThrow(/finds 0 %/);
  });

  it('throws when it dies in an empty room, within ten seconds of a call', () => {
    start();
    mortal.person = false;
    run(20);
    mortal.alive = false;
    expect(() => run(300)).toThrow(/finds 0 %/);
  });

  it('keeps still when somebody leaves, and costs one inference for it', () => {
    start();
    run(20);
    mortal.person = false;
    mortal.inferences = 0;
    run(100);
    expect(mortal.inferences).toBe(101);
  });
});
