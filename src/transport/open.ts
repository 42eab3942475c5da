import { canvasTrack, serveTrackThroughElement } from './element.ts';
import { follow, obey, type TrackOrder } from './follow.ts';
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

/**
 * Opens `track` for a worker. Works on a clone, since ending what we read from must not end the app's track. The clone
 * follows the original: when the app stops that one, the camera is let go; while it is disabled, frames are black; what
 * it asks of the camera with `applyConstraints` is asked for the clone.
 */
export function openSource(kind: TransportKind, track: MediaStreamTrack): OpenSource {
  const clone = track.clone();
  const { handle, transfer, obey } = open(kind, clone);
  const end = follow(track, obey);
  const close = () => {
    end();
    obey({ type: 'stop' });
  };
  return { handle, transfer, close };
}

interface Opened extends Pick<OpenSource, 'handle' | 'transfer'> {
  obey(order: TrackOrder): void;
}

function open(kind: TransportKind, clone: MediaStreamTrack): Opened {
  switch (kind) {
    case 'streams': {
      const { readable } = new MediaStreamTrackProcessor({ track: clone as MediaStreamVideoTrack, maxBufferSize: 1 });
      return { handle: { kind: 'stream', readable }, transfer: [readable], obey: (order) => obey(clone, order) };
    }
    case 'worker': {
      // In the worker the clone is out of reach: what it is to do is sent there.
      const { port1, port2 } = new MessageChannel();
      return {
        handle: { kind: 'track', track: clone, orders: port2 },
        transfer: [clone as unknown as Transferable, port2],
        obey: (order) => port1.postMessage(order),
      };
    }
    case 'element': {
      const { port1, port2 } = new MessageChannel();
      const stop = serveTrackThroughElement(clone, port1);
      return {
        handle: { kind: 'port', port: port2 },
        transfer: [port2],
        obey: (order) => (order.type === 'stop' ? stop() : obey(clone, order)),
      };
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
