import type { ProbeReport, ToProbe } from './probe.ts';
import { type Build, type Running, VARIANTS, type VariantName } from './variants.ts';

export interface PageReport extends ProbeReport {
  /** Milliseconds of each task that held the main thread for more than 50 ms. */
  readonly longTasks: readonly number[];
  readonly about: object;
}

const bench = {
  /** Opens the fake camera and the variant; resolves when its first frame has come out. */
  async open(name: VariantName, width: number, height: number, build: Build = 'clean-plate'): Promise<void> {
    const video = { width: { exact: width }, height: { exact: height } };
    const [camera] = (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks();
    if (!camera) throw new Error('The fake camera gave no track.');
    running = await VARIANTS[name](camera, build);
    // The camera hands out a limited number of frames: none may lie about here, or it stalls.
    const source = framesOf(camera, 1);
    const output = framesOf(running.track, 10);
    const message: ToProbe = { type: 'open', source, output };
    probe.postMessage(message, [source, output]);
  },
  begin(): void {
    longTasks.length = 0;
    send({ type: 'begin' });
  },
  end(): Promise<PageReport> {
    const about = running?.report() ?? {};
    const tasks = [...longTasks];
    return new Promise((resolve) => {
      probe.onmessage = ({ data }: MessageEvent<ProbeReport>) => resolve({ ...data, longTasks: tasks, about });
      send({ type: 'end' });
    });
  },
  update: (remove: 'people' | 'nothing') => running?.update?.(remove),
  async stop(): Promise<void> {
    await running?.stop();
    running = undefined;
  },
};

export type Bench = typeof bench;

declare global {
  interface Window {
    bench: Bench;
  }
}

let running: Running | undefined;
const probe = new Worker('/probe/page.js', { type: 'module' });
const send = (message: ToProbe) => probe.postMessage(message);

const longTasks: number[] = [];
new PerformanceObserver((list) => {
  longTasks.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ type: 'longtask' });

function framesOf(track: MediaStreamTrack, maxBufferSize: number): ReadableStream<VideoFrame> {
  return new MediaStreamTrackProcessor({ track: track.clone() as MediaStreamVideoTrack, maxBufferSize }).readable;
}

window.bench = bench;
