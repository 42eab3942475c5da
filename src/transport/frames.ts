/** Frames in. One consumer, one frame in flight: a slow consumer makes frames drop at the door, it never queues them. */
export interface FrameSource {
  /** The next frame, which the caller owns and must close; `null` once the source has ended or was closed. */
  read(): Promise<VideoFrame | null>;
  /** Ends it: a waiting `read` answers `null`. Resolves once every frame that was under way has been closed. */
  close(): Promise<void>;
}

/** Frames out. */
export interface FrameSink {
  /** Takes ownership of `frame`, also when it rejects. Resolves when the next one may come. */
  write(frame: VideoFrame): Promise<void>;
  close(): void;
}

/** How a worker gets its frames; built on the page by `openSource`, used up by `receiveSource`. */
export type SourceHandle =
  /** Chromium: the processor exists on the page only, so its stream is handed over. */
  | { readonly kind: 'stream'; readonly readable: ReadableStream<VideoFrame> }
  /** Safari: the processor exists in workers only, so a clone of the track is handed over. */
  | { readonly kind: 'track'; readonly track: MediaStreamTrack }
  /** Firefox, and files: frames are asked for one by one. */
  | { readonly kind: 'port'; readonly port: MessagePort };

/** How a worker gives its frames; built on the page by `openSink`, used up by `receiveSink`. */
export type SinkHandle =
  | { readonly kind: 'stream'; readonly writable: WritableStream<VideoFrame> }
  /** Safari: the worker makes the generator and sends its track back. */
  | { readonly kind: 'generator' }
  | { readonly kind: 'port'; readonly port: MessagePort };

/** Over a frame port: the worker asks, the page answers with one frame or the end. */
export type SourceRequest = 'next' | 'close';
export type SourceReply = { readonly frame: VideoFrame } | { readonly end: true };
/** Over a sink port: the worker sends a frame, the page says that it has taken it. */
export type SinkReply = 'taken';
