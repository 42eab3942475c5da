import {
  createLocalVideoTrack,
  type LocalVideoTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  setLogLevel,
  type TrackPublishOptions,
} from 'livekit-client';
import type * as LivekitEntry from '../../../src/processor/livekit.ts';
import type { RemoverOptions } from '../../../src/processor/options.ts';
import { type Figures, judge, type Span } from './judge.ts';
import { MarkedSource } from './marked-source.ts';
import { Watcher } from './watcher.ts';

setLogLevel('silent');

const { RemovalProcessor } = (await import(
  new URL('/clean-plate/livekit.js', location.href).href
)) as typeof LivekitEntry;

const PUBLISH: TrackPublishOptions = { simulcast: false, videoCodec: 'vp8' };
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The name of a small track that nothing is done to: where it stands still too, it was the machine or the line. */
const CONTROL = 'control';

/** Cameras that were opened; the SDK opens them itself, as it does those of people. */
const cameras: MarkedSource[] = [];
/** What the next camera shows (seconds into the scene), and its frames per second. */
const next = { at: 14, fps: 15 };
navigator.mediaDevices.getUserMedia = async () => {
  const camera = await MarkedSource.create(next.at, next.fps);
  cameras.push(camera);
  // A canvas has no `deviceId`, which the SDK asks of it after a restart.
  camera.track.applyConstraints = async () => {};
  return new MediaStream([camera.track]);
};

/** Joins without asking for STUN servers on the internet, which is what the client does by itself. */
async function join(url: string, token: string): Promise<void> {
  const room = new Room({ adaptiveStream: false, dynacast: false });
  kept.room = room;
  kept.watcher = new Watcher();
  kept.control = new Watcher();
  const watched = new Map<RemoteTrack, MediaStreamTrack>();
  room.on(RoomEvent.TrackSubscribed, (track, { trackName }) => {
    if (track.kind !== 'video') return;
    track.attach(); // what is attached nowhere is not decoded
    const watcher = trackName === CONTROL ? kept.control : kept.watcher;
    const clone = track.mediaStreamTrack.clone();
    watched.set(track, clone);
    void watcher.watch(clone);
  });
  // The next one may come over the same transceiver, and would be seen twice.
  room.on(RoomEvent.TrackUnsubscribed, (track) => watched.get(track)?.stop());
  await room.connect(url, token, { rtcConfig: { iceServers: [] } });
}

/** A processor whose workers and words are kept. */
function processor(options: RemoverOptions & { readonly script?: string } = {}): LivekitEntry.RemovalProcessor {
  const { script = '/clean-plate/worker.js', ...rest } = options;
  const made = new RemovalProcessor({
    assets: '/clean-plate/assets/',
    createWorker: () => {
      const worker = new Worker(script, { type: 'module' });
      kept.workers.push(worker);
      return worker;
    },
    ...rest,
  });
  made.addEventListener('statechange', ({ detail }) => {
    kept.reported.push(detail.state);
    const late = detail.reason === 'the worker does not answer';
    tellRunning(detail.state === 'running' || detail.state === 'degraded' || late);
  });
  made.addEventListener('error', ({ detail }) => kept.reported.push(detail.code));
  made.addEventListener('recovered', ({ detail }) => kept.reported.push(`recovered ${detail.what}`));
  kept.processor = made;
  return made;
}

/** Keeps the spans in which the processor says that it makes clean frames, or would if its worker were not late. */
function tellRunning(now: boolean): void {
  const last = kept.running.at(-1);
  const open = last !== undefined && last[1] === Number.POSITIVE_INFINITY;
  if (now && !open) kept.running.push([Date.now(), Number.POSITIVE_INFINITY]);
  if (!now && open) last[1] = Date.now();
}

async function publishControl(): Promise<void> {
  const camera = await MarkedSource.create();
  camera.resize(160, 120);
  await kept.room.localParticipant.publishTrack(camera.track, { ...PUBLISH, name: CONTROL });
}

async function publish(): Promise<void> {
  await kept.room.localParticipant.publishTrack(kept.track, PUBLISH);
}

/** The way that the README shows: the processor is set before anything is published. */
async function start(options: Parameters<typeof processor>[0] = {}): Promise<void> {
  kept.track = await createLocalVideoTrack({ processor: processor(options) });
  kept.output = kept.processor.processedTrack;
  await publish();
}

/** The way that the React recipe shows: the processor is one of the room's defaults, which some SDKs forgot. */
async function startByDefault(): Promise<void> {
  const { options, localParticipant } = kept.room;
  options.videoCaptureDefaults = { ...options.videoCaptureDefaults, processor: processor() };
  const publication = await localParticipant.setCameraEnabled(true, undefined, PUBLISH);
  kept.track = publication!.videoTrack as LocalVideoTrack;
  kept.output = kept.processor.processedTrack;
}

/** On a track that is on air: the camera may be seen until this is done. */
async function startOnAir(): Promise<void> {
  kept.track = await createLocalVideoTrack();
  kept.raw.push([0, Number.POSITIVE_INFINITY]);
  await publish();
  await kept.track.setProcessor(processor());
  kept.raw[0]![1] = Date.now();
  kept.output = kept.processor.processedTrack;
}

/** Off and on again, with the span in which the camera's own picture may be seen. */
async function off(): Promise<void> {
  kept.raw.push([Date.now() - UNDER_WAY_MS, Number.POSITIVE_INFINITY]);
  await kept.processor.setEnabled(false);
}

async function on(): Promise<void> {
  await kept.processor.setEnabled(true);
  const span = kept.raw.at(-1);
  if (span) span[1] = Date.now();
}

/** A frame that was drawn so long before removal was switched off may still be on its way to the worker. */
const UNDER_WAY_MS = 300;

/** Keeps the page's main thread busy: `ms` in pieces of `piece`, with hardly a breath between them. */
async function keepBusy(ms: number, piece: number): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await wait(5)) {
    for (const until = performance.now() + piece; performance.now() < until; );
  }
}

/** What came since the last call; see {@link judge}. */
function figures(raw: readonly Span[], excused: readonly Span[], running: readonly Span[] = []): Figures {
  return judge(kept.watcher.frames.splice(0), kept.control.frames.splice(0), raw, excused, running);
}

const harness = {
  figures,
  join,
  publishControl,
  processor,
  publish,
  start,
  startByDefault,
  startOnAir,
  off,
  on,
  keepBusy,
  wait,
  cameras,
  next,
  createLocalVideoTrack,
};

/** What a test keeps between its calls into the page. */
interface Kept {
  room: Room;
  watcher: Watcher;
  control: Watcher;
  track: LocalVideoTrack;
  processor: LivekitEntry.RemovalProcessor;
  /** The track that was published first. */
  output: MediaStreamTrack | undefined;
  readonly workers: Worker[];
  /** States, error codes and recoveries, in order. */
  readonly reported: string[];
  /** Spans of drawing time in which removal was off, `Date.now()`. */
  readonly raw: [number, number][];
  /** Spans in which nothing but a late worker kept it from running, `Date.now()`. */
  readonly running: [number, number][];
}

declare global {
  interface Window {
    roomLab: typeof harness;
    kept: Kept;
  }
}

const kept = { workers: [], reported: [], raw: [], running: [] } as unknown as Kept;
window.kept = kept;
window.roomLab = harness;
