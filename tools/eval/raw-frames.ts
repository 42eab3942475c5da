import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CpuInpainter } from '../../src/inpaint/cpu-inpainter.ts';
import type { Mask } from '../../src/mask.ts';
import { pictureBytes, wrapPicture } from '../../src/picture.ts';
import { cleanPicture } from '../../src/processor/clean-picture.ts';
import { KeptPixels } from '../../src/processor/kept-pixels.ts';
import type { MaskSource } from '../../src/segmentation/mask-source.ts';
import { PeopleMaskSource } from '../../src/segmentation/modes/people/mask-source.ts';

/**
 * What a call does to a frame, in Node: I420 frames of one size come in on standard input, each followed by its hole
 * mask of the same size where `masks` says so, and go out on standard output, each after a line of JSON and its hole
 * mask. A tenth of what it takes in Chromium, with the same models and the same code from the mask to the picture.
 */
interface Job {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Hole masks come with the frames; there is no segmentation. */
  readonly masks: boolean;
  /** False: the hole gets none of the camera's grain. */
  readonly grain?: boolean;
  /** Folder of the package's assets. */
  readonly assets: string;
}

/** What is reported of a frame. `covered`: all of it, or a part that is in doubt. */
interface Told {
  readonly covered: 'all' | 'part' | '';
  readonly reason: string;
  /** Size of the hole mask that follows; 0 where there is none. */
  readonly mask: readonly [width: number, height: number];
  readonly ms: Readonly<Record<string, number>>;
}

async function* chunks(size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let chunk = new Uint8Array(size);
  let filled = 0;
  for await (const data of createReadStream('', { fd: 0, highWaterMark: 1 << 20 })) {
    let bytes = data as Uint8Array;
    while (bytes.length > 0) {
      const part = bytes.subarray(0, size - filled);
      chunk.set(part, filled);
      bytes = bytes.subarray(part.length);
      filled += part.length;
      if (filled < size) break;
      yield chunk;
      chunk = new Uint8Array(size);
      filled = 0;
    }
  }
}

function givenMasks(next: () => Mask): MaskSource {
  return { segment: async () => ({ hole: next(), confidence: 1 }), reset() {}, close() {} };
}

async function main(job: Job): Promise<void> {
  const { width, height, fps } = job;
  const bytes = pictureBytes('I420', width, height);
  globalThis.fetch = async (file) => new Response(await readFile(String(file)));
  const file = (name: string) => path.join(job.assets, name);
  let given: Mask = { width, height, data: new Uint8Array(0) };
  const masks = job.masks
    ? givenMasks(() => given)
    : await PeopleMaskSource.create({
        assets: {
          wasm: file('litert_wasm_compat_internal.wasm'),
          square: file('selfie-square.tflite'),
          landscape: file('selfie-landscape.tflite'),
        },
      });
  const inpainter = new CpuInpainter({ grain: job.grain ?? true });
  const kept = new KeptPixels();
  let index = 0;
  for await (const chunk of chunks(bytes + (job.masks ? width * height : 0))) {
    given = { width, height, data: chunk.subarray(bytes) };
    const picture = wrapPicture('I420', width, height, chunk);
    const ms: Record<string, number> = {};
    const timed = (stage: string, work: () => void) => {
      const started = performance.now();
      work();
      ms[stage] = performance.now() - started;
    };
    const measure = (stage: string, value: number) => {
      ms[stage] = value;
    };
    const timestamp = Math.round((index++ * 1e6) / fps);
    const outcome = await cleanPicture(picture, timestamp, { masks, inpainter }, { kept, cover: 'blank', measure });
    if (outcome.kind === 'failed') throw outcome.error;
    const clean = outcome.kind === 'clean' ? outcome : undefined;
    const reported: Told = {
      covered: !clean ? 'all' : clean.doubt > 0 ? 'part' : '',
      reason: outcome.reason ?? '',
      mask: clean ? [clean.hole.width, clean.hole.height] : [0, 0],
      ms,
    };
    // What is written is a copy: the hole is the source's own until the next frame.
    const hole = clean ? clean.hole.data.slice() : new Uint8Array(0);
    if (clean) {
      if (clean.report.camera === 'lost') masks.reset();
      if (clean.report.late) masks.forget?.(clean.report.late);
      if (clean.report.map) masks.follow?.(clean.report.map);
      timed('segment.settle', () => masks.settle?.());
      timed('inpaint.settle', () => inpainter.settle());
    }
    process.stdout.write(`${JSON.stringify(reported)}\n`);
    process.stdout.write(hole);
    process.stdout.write(chunk.subarray(0, bytes));
  }
}

await main(JSON.parse(process.argv[2] ?? '{}') as Job);
