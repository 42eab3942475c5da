import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where Google publishes MediaPipe's test models; `?generation=` names one version for good. */
const PLACE = 'https://storage.googleapis.com/mediapipe-assets/';

/**
 * The models for `remove: { classes }`, Apache-2.0, with the addresses and hashes of MediaPipe's own build
 * (third_party/external_files.bzl). File names are those that the package looks for in the folder `models`.
 */
export const MODELS = [
  {
    file: 'coco_ssd_mobilenet_v1.tflite',
    what: 'detector, 80 COCO classes',
    url: `${PLACE}coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite?generation=1661875702588267`,
    bytes: 4185023,
    sha256: '61d598093ed03ed41aa47c3a39a28ac01e960d6a810a5419b9a5016a1e9c469b',
  },
  {
    file: 'deeplabv3.tflite',
    what: 'segmenter, 20 VOC classes',
    url: `${PLACE}deeplabv3.tflite?generation=1661875711618421`,
    bytes: 2780051,
    sha256: '9711334db2b01d5894feb8ed0f5cb3e97d125b8d229f8d8692f625801818f5ef',
  },
];

/**
 * Downloads the models into a folder. What is there already and right is left alone; what broke off goes on where it
 * ended.
 *
 * @param {string} folder made where it is missing
 * @param {{ models?: typeof MODELS, say?: (line: string) => void }} [options]
 * @throws {Error} which file failed, why, and what to do
 */
export async function fetchModels(folder, { models = MODELS, say = () => {} } = {}) {
  mkdirSync(folder, { recursive: true });
  for (const model of models) {
    const target = path.join(folder, model.file);
    if (existsSync(target)) {
      if ((await sha256(target)) === model.sha256) {
        say(`${model.file}: already here`);
        continue;
      }
      throw new Error(`${target} is another file than this version wants. Move it away and run this again.`);
    }
    const part = `${target}.part`;
    await download(model, part, say);
    if ((await sha256(part)) !== model.sha256) {
      rmSync(part);
      throw new Error(`${model.url} does not have the sha256 ${model.sha256}: it was not kept.`);
    }
    renameSync(part, target);
    say(`${model.file}: ${model.what}, checked`);
  }
}

async function download({ file, url, bytes }, part, say) {
  let have = existsSync(part) ? statSync(part).size : 0;
  if (have >= bytes) return; // whole, or wrong: the hash tells
  let response;
  try {
    response = await fetch(url, have ? { headers: { range: `bytes=${have}-` } } : {});
  } catch (cause) {
    throw new Error(`${url} cannot be reached: ${cause.cause?.message ?? cause.message}.`, { cause });
  }
  if (!response.ok || !response.body) throw new Error(`${url}: the server answered ${response.status}.`);
  // A server that knows no ranges sends all of it again.
  if (response.status !== 206) have = 0;
  const step = bytes / 10;
  let next = have + step;
  const counted = async function* (pieces) {
    for await (const piece of pieces) {
      have += piece.length;
      if (have >= next) {
        say(`${file}: ${(have / 1e6).toFixed(1)} of ${(bytes / 1e6).toFixed(1)} MB`);
        next = have + step;
      }
      yield piece;
    }
  };
  const flags = response.status === 206 ? 'a' : 'w';
  try {
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(part, { flags }));
  } catch (cause) {
    throw new Error(`${url} broke off after ${have} bytes. Run this again: it goes on from there.`, { cause });
  }
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
