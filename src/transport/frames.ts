/**
 * Frames in. One consumer, one frame in flight: a slow consumer makes frames drop at the door, it never queues them.
 */
export interface FrameSource {
  /** The next frame, which the caller owns and must close; `null` once the source has ended or was closed. */
  read(): Promise<VideoFrame | null>;
  /** Ends it: a waiting `read` answers `null`. Resolves once every frame that was under way has been closed. */
  close(): Promise<void>;
}

/**
 * What a frame that goes out shows: the source's own picture, one that is clean in all its parts, or a cover, whole or
 * in part.
 */
export type Shown = 'raw' | 'clean' | 'cover';

/** Frames out. */
export interface FrameSink {
  /** Takes ownership of `frame`, also when it rejects. Resolves when the next one may come. */
  write(frame: VideoFrame, shown: Shown): Promise<void>;
  /** Resolves when all that was written has left. Not there where `write` already waits for that. */
  flush?(): Promise<void>;
  close(): void;
}

/** How a worker gets its frames; built on the page by `openSource`, used up by `receiveSource`. */
export type SourceHandle =
  /** Chromium: the processor exists on the page only, so its stream is handed over. */
  | { readonly kind: 'stream'; readonly readable: ReadableStream<VideoFrame> }
  /**
   * Safari: the processor exists in workers only, so a clone of the track is handed over; `orders` gives `TrackOrder`s.
   */
  | { readonly kind: 'track'; readonly track: MediaStreamTrack; readonly orders: MessagePort }
  /** Firefox, and files: frames are asked for one by one. */
  | { readonly kind: 'port'; readonly port: MessagePort };

/** How a worker gives its frames; built on the page by `openSink`, used up by `receiveSink`. */
export type SinkHandle =
  | { readonly kind: 'stream'; readonly writable: WritableStream<VideoFrame> }
  /** Safari: the worker makes the generator and sends its track back. */
  | { readonly kind: 'generator' }
  | { readonly kind: 'port'; readonly port: MessagePort };

/**
 * Over a frame port: one side asks, and says when it has waited for long; the other answers with a frame or the end.
 */
export type SourceRequest = 'next' | 'hurry' | 'close';
export type SourceReply = { readonly frame: VideoFrame } | { readonly end: true };
/** Over a sink port: the worker sends a frame, the other side says that it has taken it, or can take no more. */
export interface SinkRequest {
  readonly frame: VideoFrame;
  readonly shown: Shown;
}
export type SinkReply = 'taken' | 'gone';
