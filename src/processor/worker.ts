import { cacheWritten } from '../assets/asset-cache.ts';
import { addCompiled, allCompiled } from '../assets/compiled.ts';
import { setLogLevel } from '../log.ts';
import { receiveSink, receiveSource } from '../transport/receive.ts';
import { Backend } from './backend.ts';
import { completionIn, openCompletionWorker } from './completion.ts';
import { RemovalError } from './errors.ts';
import { Guardian } from './guardian.ts';
import { GivenMasks } from './harness.ts';
import { createMaskSource } from './mask-sources.ts';
import { Memory } from './memory.ts';
import { gpuNetworkFill, networkFill } from './network.ts';
import type { AssetProgress } from './options.ts';
import { Pipeline } from './pipeline.ts';
import type {
  FirstMessage,
  FromGuardian,
  FromPreload,
  FromWorker,
  ToGuardian,
  ToHarness,
  ToWorker,
} from './protocol.ts';

/** How often figures are sent, which are the heartbeat, milliseconds. */
const HEARTBEAT_MS = 500;

let pipeline: Pipeline | undefined;
/** Undefined where nothing is to be remembered. */
let memory: Memory | undefined;
/** To the page that started this worker by itself, until it is given the guardian's port. */
let send = (message: FromWorker, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

self.onmessage = ({ data }: MessageEvent<FirstMessage | ToWorker>) => {
  switch (data.type) {
    case 'guard':
      guard(data);
      break;
    case 'work':
      addCompiled(data.compiled);
      serve(data.port);
      break;
    case 'preload':
      void preload(data);
      break;
    default:
      onMessage(data);
  }
};

function serve(port: MessagePort): void {
  send = (message, transfer = []) => port.postMessage(message, transfer);
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => onMessage(data);
}

function guard({ sink: handle, options }: Extract<FirstMessage, { type: 'guard' }>): void {
  const { sink, track } = receiveSink(handle);
  const post = (message: FromGuardian, transfer: Transferable[] = []) => self.postMessage(message, { transfer });
  const guardian = new Guardian({ sink, options, send: post });
  self.onmessage = ({ data }: MessageEvent<ToGuardian>) => guardian.onMessage(data);
  if (track) post({ type: 'started', track }, [track as unknown as Transferable]);
  else post({ type: 'started' });
}

/** What is made is given up at once: the files are in the cache then, and the compiled code goes to the page. */
async function preload({ remove, assets }: Extract<FirstMessage, { type: 'preload' }>): Promise<void> {
  const post = (message: FromPreload) => self.postMessage(message);
  const { signal } = new AbortController();
  try {
    const onProgress = (progress: AssetProgress) => post({ type: 'progress', progress });
    (await createMaskSource(remove, assets, { signal, onProgress, onTargets: () => {} })).close();
    await cacheWritten();
    post({ type: 'preloaded', compiled: allCompiled() });
  } catch (error) {
    post({
      type: 'failed',
      error: RemovalError.from(error, 'worker-failed', 'The models could not be loaded').toWire(),
    });
  }
}

function onMessage(data: ToWorker): void {
  switch (data.type) {
    case 'start':
      pipeline = start(data);
      break;
    case 'source':
      pipeline?.setSource(receiveSource(data.handle), data.hint);
      break;
    case 'desired':
      pipeline?.want(data.desired);
      break;
    case 'rooms':
      void memory?.load(data.rooms);
      break;
    case 'plate':
      void tellPlate(data.id);
      break;
    case 'close':
      pipeline
        ?.close()
        .then(() => memory?.flush())
        .finally(() => send({ type: 'ended' }));
      break;
    default:
      data satisfies never;
  }
}

function start({ sink: handle, options, harness }: Extract<ToWorker, { type: 'start' }>): Pipeline {
  const { sink, track } = receiveSink(handle);
  const { tier, network, completion, memory: pace, assets } = options;
  setLogLevel(options.log);
  const report = (error: RemovalError) => send({ type: 'error', error: error.toWire() });
  const painting = network === 'off' ? undefined : { assets, pace: network, onError: report };
  memory =
    pace === 'off'
      ? undefined
      : new Memory({
          pace,
          openWorker: () => openCompletionWorker(assets),
          onRoom: (file) => send({ type: 'room', file }),
          onRecognised: (room) => made.recognised(room),
          onError: report,
        });
  if (options.rooms.length) void memory?.load(options.rooms);
  const fills = {
    onCpu: () => painting && networkFill(painting),
    onGpu: async (device: GPUDevice, software: boolean) => painting && gpuNetworkFill(device, software, painting),
    completion: () => (completion === 'off' ? undefined : completionIn({ assets, pace: completion, onError: report })),
    memory: () => memory?.options(),
    grain: harness?.grain ?? true,
  };
  const backend = new Backend(tier, fills, report);
  const made = new Pipeline({
    sink,
    keepRgb: harness !== undefined,
    createMaskSource: (remove, signal) =>
      harness?.givesMasks
        ? Promise.resolve(new GivenMasks(harness.port))
        : createMaskSource(remove, assets, {
            signal,
            onProgress: (progress) => send({ type: 'progress', progress }),
            onTargets: (targets) => made.picked(targets),
            without: harness?.without,
          }),
    createInpainter: () => backend.createInpainter(),
    attachMemory: (inpainter, remove) => memory?.attach(inpainter, remove),
    onClosed: () => backend.close(),
    onObserved: (observed) => send({ type: 'observed', observed }),
    onError: report,
    ...(harness
      ? {
          onFrame: (timestamp, hole, ms) =>
            harness.port.postMessage({ type: 'frame', timestamp, hole, ms, stats: made.stats() } satisfies ToHarness),
        }
      : {}),
  });
  setInterval(() => send({ type: 'stats', stats: made.heartbeat() }), HEARTBEAT_MS);
  if (track) send({ type: 'started', track }, [track as unknown as Transferable]);
  else send({ type: 'started' });
  return made;
}

async function tellPlate(id: number): Promise<void> {
  const view = await pipeline?.plate();
  send({ type: 'plate', id, view }, view ? [view.data.buffer] : []);
}
