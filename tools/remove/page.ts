import { HOLE, type Mask } from '../../src/mask.ts';
import type { FromHarness, FromWorker, ToHarness, ToWorker } from '../../src/processor/protocol.ts';
import { checkRemove, orderOf } from '../../src/processor/remove.ts';
import type { Remove, Target } from '../../src/processor/remove-option.ts';
import { INITIAL } from '../../src/processor/state.ts';
import type { Part } from '../../src/segmentation/parts.ts';
import { visibleSize } from '../../src/transport/pixels.ts';
import { serveFrames, takeFrames } from '../../src/transport/port.ts';
import { type ClipJob, readClip, readImage } from './clip.ts';

interface Job extends ClipJob {
  readonly maskNames: readonly string[] | null;
  readonly remove: Remove | { readonly picks: readonly ClipPick[] };
  readonly backend: 'webgpu' | 'wasm' | 'auto';
  readonly network: 'auto' | 'on' | 'off' | 'live';
  readonly dumpMasks: boolean;
  readonly without: readonly Part[];
  readonly grain: boolean;
  /** Its URL. */
  readonly room: string | null;
  readonly saveRoom: boolean;
}

/** Something picked in a frame of the clip; numbers in its pixels. */
interface ClipPick {
  readonly id: string;
  readonly way: 'point' | 'box' | 'stroke';
  readonly numbers: readonly number[];
  readonly frame: number;
}

interface FrameStats {
  readonly state: string;
  readonly hole: number;
  readonly known: number;
  readonly remembered: number;
  readonly completed: number;
  readonly ms: Readonly<Record<string, number>>;
}

interface Result {
  readonly backend: string;
  readonly frames: readonly FrameStats[];
}

declare global {
  interface Window {
    removeClip(job: Job): Promise<Result>;
    reportFrame(done: number, total: number): Promise<void>;
  }
}

/** Feeds the shipped worker one frame at a time and stores what comes out. */
window.removeClip = async (job) => {
  const worker = new Worker('/clean-plate/worker.js', { type: 'module' });
  const source = new MessageChannel();
  const sink = new MessageChannel();
  const harness = new MessageChannel();
  const frames: FrameStats[] = [];
  const total = job.names?.length ?? 0;
  const stored: Promise<void>[] = [];
  /** The source comes once removal can run: every frame of the clip is to be removed from, not covered. */
  let fed = false;
  let backend = 'none';
  const indices = new Map<number, number>();
  const nameOf = (timestamp: number) => fileName(indices.get(timestamp)!);

  let lastReport = Promise.resolve();
  let reported = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(`The worker failed: ${event.message}`));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'error') reject(new Error(data.error.message));
      if (data.type === 'room') room = data.file;
      if (data.type === 'ended') ended();
      if (data.type !== 'observed') return;
      const { refused, faults, settled, frames } = data.observed;
      const [fault] = [...Object.values(faults), refused?.error].filter((error) => error !== undefined);
      if (fault) reject(new Error(fault.message));
      if (settled === 1 && !fed) post({ type: 'source', handle, hint }, [source.port2]);
      if (settled >= 1) fed = true;
      updated.get(settled)?.();
      if (frames === 'ended') resolve();
    };
    harness.port1.onmessage = async ({ data }: MessageEvent<ToHarness>) => {
      try {
        if (data.type === 'mask-please') {
          const mask = await readMask(`/masks/${job.maskNames?.[indices.get(data.timestamp)!]}`, size);
          harness.port1.postMessage({ timestamp: data.timestamp, mask } satisfies FromHarness);
          return;
        }
        const { state, hole, known, remembered, completed } = data.stats;
        backend = data.stats.backend;
        frames.push({ state, hole: data.hole ? hole : 0, known, remembered, completed, ms: data.ms });
        if (job.dumpMasks) await storeMask(data.hole, nameOf(data.timestamp));
        await window.reportFrame(frames.length, total);
        reported();
      } catch (error) {
        reject(error);
      }
    };
    const clip = readClip(job);
    serveFrames(source.port1, {
      next: async () => {
        await lastReport;
        await Promise.all(stored.splice(0));
        try {
          const { value } = await clip.next();
          if (!value) return null;
          size = { width: value.displayWidth, height: value.displayHeight };
          await pickIn(indices.size);
          indices.set(value.timestamp, indices.size);
          lastReport = new Promise((resolve) => {
            reported = resolve;
          });
          return value;
        } catch (error) {
          reject(error);
          return null;
        }
      },
      close: () => {},
    });
    takeFrames(sink.port1, async (frame) => {
      const url = `/out/${nameOf(frame.timestamp)}`;
      try {
        stored.push(put(url, await toPng(frame)));
      } catch (error) {
        reject(error);
      } finally {
        frame.close();
      }
    });
  });

  let room: Uint8Array<ArrayBuffer> | undefined;
  let ended = () => {};
  let size = { width: 0, height: 0 };
  let wishes = 0;
  const picks = typeof job.remove === 'object' && 'picks' in job.remove ? job.remove.picks : [];
  const updated = new Map<number, () => void>();
  /** What is picked in a frame is sent before it is shown, as an app would. */
  async function pickIn(frame: number): Promise<void> {
    if (!picks.some((pick) => pick.frame === frame)) return;
    const remove = { targets: picks.filter((pick) => pick.frame <= frame).map((pick) => targetOf(pick, size)) };
    checkRemove(remove);
    await want(remove);
  }
  /** Resolves once it is in force. */
  async function want(remove: Remove): Promise<void> {
    const order = orderOf(remove, assets, location.href);
    const wish = ++wishes;
    const what = order === 'nothing' ? { enabled: false } : { remove: order };
    const done = new Promise<void>((resolve) => updated.set(wish, resolve));
    post({ type: 'desired', desired: { ...INITIAL, ...what, version: wish, wish } });
    await done;
  }
  const hint = { width: 0, height: 0, frameRate: 0 };
  const handle = { kind: 'port', port: source.port2 } as const;
  const post = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const assets = new URL('/clean-plate/assets/', location.href).href;
  const tier = ({ wasm: 'light', webgpu: 'full', auto: 'auto' } as const)[job.backend];
  const network = ({ auto: 'off', on: 'synchronous', live: 'best-effort', off: 'off' } as const)[job.network];
  const completion = ({ auto: 'synchronous', on: 'synchronous', live: 'best-effort', off: 'off' } as const)[
    job.network
  ];
  const rooms = job.room ? [{ id: 'given', file: await (await fetch(job.room)).bytes() }] : [];
  const memory = job.room || job.saveRoom ? (job.network === 'live' ? 'best-effort' : 'synchronous') : 'off';
  post(
    {
      type: 'start',
      sink: { kind: 'port', port: sink.port2 },
      options: { assets, tier, network, completion, memory, rooms, log: 'errors' },
      harness: { port: harness.port2, givesMasks: job.maskNames !== null, without: job.without, grain: job.grain },
    },
    [sink.port2, harness.port2],
  );
  const first = typeof job.remove === 'object' && 'picks' in job.remove ? { targets: [] } : job.remove;
  void want(first);
  await finished.then(
    // What is remembered is sent before the end.
    () =>
      new Promise<void>((resolve) => {
        ended = resolve;
        post({ type: 'close' });
      }),
  );
  worker.terminate();
  if (job.saveRoom) {
    if (!room) throw new Error('There is nothing to be remembered of this clip: nothing was clear for long enough.');
    await put('/save-room', new Blob([room]));
  }
  await Promise.all(stored);
  if (!frames.length) throw new Error('The clip has no frame that can be read.');
  if (job.backend === 'webgpu' && backend !== 'webgpu') throw new Error(`No WebGPU here: backend was ${backend}.`);
  return { backend, frames };
};

function targetOf({ id, way, numbers }: ClipPick, { width, height }: { width: number; height: number }): Target {
  // The middle of the pixel.
  const at = (k: number) => ({ x: (numbers[k]! + 0.5) / width, y: (numbers[k + 1]! + 0.5) / height });
  if (way === 'point') return { id, point: at(0) };
  if (way === 'stroke') return { id, stroke: numbers.flatMap((_, k) => (k % 2 ? [] : [at(k)])) };
  const [x, y, w, h] = numbers;
  return { id, box: { x: x! / width, y: y! / height, width: w! / width, height: h! / height } };
}

const fileName = (index: number) => `${String(index).padStart(5, '0')}.png`;

async function put(url: string, body: Blob): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body });
  if (!response.ok) throw new Error(`${url} could not be written: ${await response.text()}`);
}

async function toPng(frame: VideoFrame): Promise<Blob> {
  const { width, height } = visibleSize(frame);
  const pixels = new Uint8ClampedArray(width * height * 4);
  await frame.copyTo(pixels, { format: 'RGBA', layout: [{ offset: 0, stride: width * 4 }] });
  return encode(new ImageData(pixels, width, height));
}

function encode(image: ImageData): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('No 2D canvas.');
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

async function readMask(url: string, size: { width: number; height: number }): Promise<Mask> {
  const { width, height, data } = await readImage(url);
  if (width !== size.width || height !== size.height) {
    throw new Error(`${url}: ${width}x${height}, but the frames are ${size.width}x${size.height}.`);
  }
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = data[i * 4]! >= HOLE ? 255 : 0;
  return { width, height, data: mask };
}

/** A frame that was covered, or passed, has no hole mask of its own: all of it, or none. */
async function storeMask(hole: Mask | null, name: string): Promise<void> {
  const { width, height, data } = hole ?? { width: 1, height: 1, data: new Uint8Array([255]) };
  const image = new ImageData(width, height);
  for (let i = 0; i < data.length; i++) image.data.set([data[i]!, data[i]!, data[i]!, 255], i * 4);
  await put(`/dump-masks/${name}`, await encode(image));
}
