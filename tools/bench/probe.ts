/**
 * Watches a camera and what was made of it, in a worker, so that watching does not load the page that is measured.
 *
 * A camera frame's timestamp is the time of its capture, on the clock of `performance.now()` but for a constant
 * (Chromium 156), and all variants keep it. The constant is taken from the frame of the camera's own track that arrived
 * soonest. So latency is the time from capture to output, less the least that any track takes. That a timestamp tells
 * the truth is checked by the number in the picture, on a sample of the frames.
 */
import { readTimecode } from './timecode.ts';

export interface ProbeReport {
  /** Of the window that was measured. */
  readonly seconds: number;
  /** Frames that came out, and those among them that show a camera frame for the first time. */
  readonly frames: number;
  readonly distinct: number;
  /** Milliseconds from camera to output, for each of the distinct ones. */
  readonly latencies: readonly number[];
  /** Pictures that were read, and those among them with the number of the camera's picture of the same timestamp. */
  readonly read: number;
  readonly agreed: number;
}

export type ToProbe =
  | {
      readonly type: 'open';
      readonly source: ReadableStream<VideoFrame>;
      readonly output: ReadableStream<VideoFrame>;
    }
  | { readonly type: 'begin' }
  | { readonly type: 'end' };

/** One output frame in so many is read: where the output lies on a GPU, reading makes it wait. */
const READ_EVERY = 15;
/** Clones of one track disagree about a frame's timestamp by 0.1 ms (Chromium 156), microseconds. */
const SAME = 2000;

interface Seen {
  readonly timestamp: number;
  readonly at: number;
  readonly number: Promise<number | undefined> | undefined;
}

let since = 0;
/** The least that a camera frame took to arrive, plus the constant between the clocks, milliseconds. */
let least = Number.POSITIVE_INFINITY;
let camera: Seen[] = [];
let output: Seen[] = [];

self.onmessage = async ({ data }: MessageEvent<ToProbe>) => {
  if (data.type === 'open') {
    watch(data.source, noteCamera);
    watch(data.output, noteOutput);
  } else if (data.type === 'begin') {
    since = performance.now();
    // Those that are on their way are still to come out.
    camera = camera.slice(-30);
    output = [];
  } else {
    self.postMessage(await report());
  }
};

async function watch(stream: ReadableStream<VideoFrame>, note: (frame: VideoFrame, at: number) => void) {
  const reader = stream.getReader();
  for (;;) {
    const { value: frame } = await reader.read();
    if (!frame) return;
    note(frame, performance.now());
    frame.close();
  }
}

function noteCamera(frame: VideoFrame, at: number): void {
  least = Math.min(least, at - frame.timestamp / 1000);
  camera.push({ timestamp: frame.timestamp, at, number: numberOf(frame) });
}

function noteOutput(frame: VideoFrame, at: number): void {
  const number = output.length % READ_EVERY === 0 ? numberOf(frame) : undefined;
  output.push({ timestamp: frame.timestamp, at, number });
}

async function numberOf(frame: VideoFrame): Promise<number | undefined> {
  if (frame.format === null) return undefined; // closed on its way here, by a track that was stopped
  const own = frame.clone();
  try {
    return await readTimecode(own);
  } finally {
    own.close();
  }
}

async function report(): Promise<ProbeReport> {
  const seconds = (performance.now() - since) / 1000;
  const [from, out] = [camera, output];
  const latencies: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let read = 0;
  let agreed = 0;
  for (const { timestamp, at, number } of out) {
    const origin = from.find((each) => Math.abs(each.timestamp - timestamp) < SAME);
    const [shown, expected] = await Promise.all([number, origin?.number]);
    if (number && origin) {
      read++;
      if (shown !== undefined && shown === expected) agreed++;
    }
    if (timestamp < last + SAME) continue;
    last = timestamp;
    latencies.push(at - timestamp / 1000 - least);
  }
  return { seconds, frames: out.length, distinct: latencies.length, latencies, read, agreed };
}
