/**
 * A call with somebody who stays in the chair: when its first clean frame comes, when the part of the room that nobody
 * saw is on show, how many frames are written, and how often the worker of completions is asked for something.
 */
import type * as CleanPlate from '../../src/processor/index.ts';
import { untilClean } from './until-clean.ts';

const { Remover } = (await import(new URL('/clean-plate/index.js', location.href).href)) as typeof CleanPlate;

export interface Start {
  /** Milliseconds from the source to the first clean frame. */
  readonly cleanMs: number;
}

/** Figures since the last ones. */
export interface Figures {
  readonly frames: number;
  readonly seconds: number;
  /** Messages by type to the worker that completes and recognises rooms. */
  readonly asked: Record<string, number>;
}

/** What of the hole is not smooth fill at the moment at which the room counts as shown. */
const SHOWN = 0.9;

let remover: CleanPlate.Remover | undefined;
let asked: Record<string, number> = {};
let since = { frames: 0, at: 0 };
const shownMs: { completed?: number; remembered?: number } = {};
new BroadcastChannel('asked').onmessage = ({ data }: MessageEvent<string>) => {
  asked[data] = (asked[data] ?? 0) + 1;
};

const rest = {
  /** @param room of {@link rest.room}, remembered from an earlier call */
  async open(options: CleanPlate.RemoverOptions, width: number, height: number, room?: string): Promise<Start> {
    const video = { width: { exact: width }, height: { exact: height } };
    const [camera] = (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks();
    if (!camera) throw new Error('The fake camera gave no track.');
    remover = await Remover.create({
      ...options,
      ...(room ? { room: await (await fetch(room)).blob() } : {}),
      createWorker: () => new Worker('/counting-worker.js', { type: 'module' }),
    });
    await remover.ready;
    const start = performance.now();
    const clean = untilClean(remover.track).then(() => performance.now() - start);
    await remover.setSource(camera);
    const cleanMs = await clean;
    void noteShown(remover, start + cleanMs);
    return { cleanMs };
  },
  /** Starts to count anew, and gives what was counted. */
  figures(): Figures {
    const now = { frames: remover?.stats()?.frames ?? 0, at: performance.now() };
    const seen = { frames: now.frames - since.frames, seconds: (now.at - since.at) / 1000, asked };
    since = now;
    asked = {};
    return seen;
  },
  /** Milliseconds from the first clean frame until the completed, or the remembered, room was on show. */
  shown: () => ({ ...shownMs, state: remover?.state, share: remover?.stats()?.completed }),
  /** What a later call may be given, as a data URL; undefined while nothing is remembered. */
  async room(): Promise<string | undefined> {
    const blob = await remover?.exportRoom();
    if (!blob) return undefined;
    const reader = new FileReader();
    reader.readAsDataURL(blob);
    await new Promise((resolve) => reader.addEventListener('loadend', resolve));
    return reader.result as string;
  },
  async stop(): Promise<void> {
    await remover?.close();
    remover = undefined;
  },
};

declare global {
  interface Window {
    rest: typeof rest;
  }
}

/** The figures are of half a second, so this is as fine as it gets. */
async function noteShown(of: CleanPlate.Remover, clean: number): Promise<void> {
  while (of === remover && of.state !== 'closed') {
    const { known = 0, completed = 0, remembered = 0 } = of.stats() ?? {};
    if (completed > 0 && known + completed + remembered >= SHOWN) shownMs.completed ??= performance.now() - clean;
    if (remembered > 0) shownMs.remembered ??= performance.now() - clean;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

window.rest = rest;
