import { type Source, SourceError } from './source.ts';
import { openVideo } from './video-source.ts';

/** Real people in a real room: "one-by-one-person-detection", Intel sample videos, CC BY 4.0. */
export const SAMPLE = {
  url: 'https://raw.githubusercontent.com/intel-iot-devkit/sample-videos/57978890822836f2b4743852f04f62fc511757e4/one-by-one-person-detection.mp4',
  bytes: 3_291_918,
  sha256: 'a5964aa259099a482a8b360ffc2c57b5a30f84d5919236a4dad01f8e929ac07c',
} as const;

const CACHE = 'clean-plate-sample-1';

/** Fetches the sample from its publisher, once; after that it comes from this browser's cache. */
export async function openSample(onProgress: (share: number) => void): Promise<Source> {
  const bytes = (await fromCache()) ?? (await fromPublisher(onProgress));
  const video = new Blob([bytes], { type: 'video/mp4' });
  return openVideo('sample', video, 'Sample video: Intel, CC BY 4.0');
}

async function fromCache(): Promise<ArrayBuffer | undefined> {
  if (!('caches' in window)) return undefined;
  const hit = await (await caches.open(CACHE)).match(SAMPLE.url);
  return hit?.arrayBuffer();
}

async function fromPublisher(onProgress: (share: number) => void): Promise<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const response = await fetch(SAMPLE.url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (!response.ok || !response.body) throw new SourceError(`The publisher answered ${response.status}.`);
    bytes = await collect(response.body, onProgress);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(
      'The sample could not be fetched from raw.githubusercontent.com. Is there a network, and does it allow that address? ' +
        'A video file of your own works without.',
      { cause: error },
    );
  }
  if ((await sha256(bytes)) !== SAMPLE.sha256) {
    throw new SourceError('What came is not the sample that was expected (its checksum differs), so it is not shown.');
  }
  if ('caches' in window) {
    const cache = await caches.open(CACHE);
    // A full disk is no reason not to show it.
    await cache.put(SAMPLE.url, new Response(bytes)).catch(() => {});
  }
  return bytes.buffer;
}

async function collect(
  body: ReadableStream<Uint8Array>,
  onProgress: (share: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(SAMPLE.bytes);
  let length = 0;
  const reader = body.getReader();
  for (let { done, value } = await reader.read(); !done && value; { done, value } = await reader.read()) {
    if (length + value.length > all.length) throw new SourceError('The sample is longer than it should be.');
    all.set(value, length);
    length += value.length;
    onProgress(length / SAMPLE.bytes);
  }
  return all.subarray(0, length);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
