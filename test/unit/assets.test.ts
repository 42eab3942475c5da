import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAssets, type Manifest } from '../../tools/assets.mjs';
import { imageMetadata, readMetadata, withMetadata } from '../../tools/tflite-metadata.mjs';

const selfie = dirname(createRequire(import.meta.url).resolve('@mediapipe/selfie_segmentation'));
const MODELS = {
  'selfie-square.tflite': 'selfie_segmentation.tflite',
  'selfie-landscape.tflite': 'selfie_segmentation_landscape.tflite',
};

let folder: string;
let manifest: Manifest;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assets-'));
  manifest = await buildAssets(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('assets', () => {
  it('lists every file with its size and hash', async () => {
    const names = (await readdir(folder)).filter((name) => name !== 'manifest.json');
    expect(Object.keys(manifest.files).sort()).toEqual(names.sort());
    for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
      const content = await readFile(join(folder, name));
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
    expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
  });

  it.each(Object.entries(MODELS))(
    '%s says how its input is prepared; its weights are the published ones',
    async (ours, theirs) => {
      const built = await readFile(join(folder, ours));
      const published = await readFile(join(selfie, theirs));
      expect(readMetadata(published)).toBeUndefined();
      expect(readMetadata(built)).toMatchObject({ mean: [0], std: [255], licence: 'Apache-2.0' });
      expect(built.subarray(built.length - published.length).equals(published)).toBe(true);
      // Weights are read in place, 16-byte aligned.
      expect((built.length - published.length) % 16).toBe(0);
    },
  );

  it('refuses what is no model, and a model that has metadata', async () => {
    const metadata = imageMetadata({ name: 'x', mean: 0, std: 1, licence: 'none' });
    expect(() => withMetadata(new TextEncoder().encode('<!doctype html>'), metadata)).toThrow('TFL3');
    const built = await readFile(join(folder, 'selfie-square.tflite'));
    expect(() => withMetadata(built, metadata)).toThrow('already');
  });
});
