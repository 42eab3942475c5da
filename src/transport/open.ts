import { canvasTrack, serveTrackThroughElement } from './element.ts';
import type { SinkHandle, SourceHandle } from './frames.ts';

/**
 * `streams`: processor and generator on the page, their streams in the worker (Chromium). `worker`: both in the worker
 * (Safari 18+). `element`: a video element in, a canvas out (Firefox).
 */
export type TransportKind = 'streams' | 'worker' | 'element';

export interface TransportSupport {
  readonly kinds: readonly TransportKind[];
  /** What is missing, in words, where `kinds` is empty. */
  readonly missing: readonly string[];
}

/** Asks the browser by doing, never by its name. Call it on the page. */
export function probeTransport(): TransportSupport {
  const kinds: TransportKind[] = [];
  const missing: string[] = [];
  if (typeof VideoFrame === 'undefined') {
    return { kinds, missing: ['WebCodecs VideoFrame'] };
  }
  if (typeof MediaStreamTrackProcessor !== 'undefined' && typeof MediaStreamTrackGenerator !== 'undefined') {
    kinds.push('streams');
  }
  // Whether a worker has processor and generator shows there alone; that tracks can be sent to it shows here.
  if (!kinds.length && canTransferTracks()) kinds.push('worker');
  if (typeof HTMLVideoElement !== 'undefined' && typeof HTMLCanvasElement !== 'undefined') {
    const presents = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;
    const captures = 'captureStream' in HTMLCanvasElement.prototype;
    if (presents && captures) kinds.push('element');
    if (!presents) missing.push('HTMLVideoElement.requestVideoFrameCallback');
    if (!captures) missing.push('HTMLCanvasElement.captureStream');
  } else {
    missing.push('a page (video and canvas elements)');
  }
  return { kinds, missing: kinds.length ? [] : missing };
}

function canTransferTracks(): boolean {
  const [track] = document.createElement('canvas').captureStream?.(0).getVideoTracks() ?? [];
  if (!track) return false;
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(track, [track as unknown as Transferable]);
    return true;
  } catch {
    return false;
  } finally {
    track.stop();
    port1.close();
    port2.close();
  }
}

export interface OpenSource {
  readonly handle: SourceHandle;
  readonly transfer: Transferable[];
  /** Stops the page's part. The caller's own track is never stopped. */
  close(): void;
}

/** How often the original is looked at, milliseconds: neither `stop()` nor `enabled` has an event. */
const LOOK_MS = 200;

/**
 * Opens `track` for a worker. Works on a clone, since ending what we read from must not end the app's track. The clone
 * follows the original: when the app stops that one, the camera is let go; while it is disabled, frames are black.
 */
export function openSource(kind: TransportKind, track: MediaStreamTrack): OpenSource {
  const clone = track.clone();
  const opened = open(kind, clone);
  // In the worker the clone is out of reach; there the source ends when it is closed.
  if (kind === 'worker') return opened;
  const close = () => {
    clearInterval(timer);
    opened.close();
  };
  const timer = setInterval(() => {
    if (clone.enabled !== track.enabled) clone.enabled = track.enabled;
    if (track.readyState === 'ended') close();
  }, LOOK_MS);
  return { ...opened, close };
}

function open(kind: TransportKind, clone: MediaStreamTrack): OpenSource {
  const close = () => clone.stop();
  switch (kind) {
    case 'streams': {
      const { readable } = new MediaStreamTrackProcessor({ track: clone as MediaStreamVideoTrack, maxBufferSize: 1 });
      return { handle: { kind: 'stream', readable }, transfer: [readable], close };
    }
    case 'worker':
      return { handle: { kind: 'track', track: clone }, transfer: [clone as unknown as Transferable], close };
    case 'element': {
      const { port1, port2 } = new MessageChannel();
      const stop = serveTrackThroughElement(clone, port1);
      return { handle: { kind: 'port', port: port2 }, transfer: [port2], close: stop };
    }
  }
}

export interface OpenSink {
  readonly handle: SinkHandle;
  readonly transfer: Transferable[];
  /** The output track; `undefined` while the worker is still to send it (`generator`). */
  readonly track: MediaStreamTrack | undefined;
}

export function openSink(kind: TransportKind): OpenSink {
  switch (kind) {
    case 'streams': {
      const track = new MediaStreamTrackGenerator({ kind: 'video' });
      const { writable } = track;
      return { handle: { kind: 'stream', writable }, transfer: [writable], track };
    }
    case 'worker':
      return { handle: { kind: 'generator' }, transfer: [], track: undefined };
    case 'element': {
      const { port1, port2 } = new MessageChannel();
      return { handle: { kind: 'port', port: port2 }, transfer: [port2], track: canvasTrack(port1) };
    }
  }
}
