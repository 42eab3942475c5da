/** The part of `VideoFrame` that the pipeline uses, for Node. Counts what is open. */
export class FakeVideoFrame {
  static open = 0;

  readonly bytes: Uint8Array;
  readonly format: string;
  readonly codedWidth: number;
  readonly codedHeight: number;
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly timestamp: number;
  readonly duration: number | null = null;
  readonly colorSpace: { readonly matrix: string | null; readonly fullRange: boolean | null };
  readonly rotation: number;
  readonly flip: boolean;
  closed = false;

  constructor(from: Uint8Array | FakeVideoFrame, given: VideoFrameBufferInit | { readonly timestamp?: number }) {
    const init = (from instanceof FakeVideoFrame ? { ...from, ...given } : given) as VideoFrameBufferInit;
    const bytes = from instanceof FakeVideoFrame ? from.bytes : from;
    this.bytes = bytes.slice();
    this.format = init.format;
    this.codedWidth = init.codedWidth;
    this.codedHeight = init.codedHeight;
    this.displayWidth = init.displayWidth ?? init.codedWidth;
    this.displayHeight = init.displayHeight ?? init.codedHeight;
    this.timestamp = init.timestamp;
    const { rotation = 0, flip = false, colorSpace } = init as { rotation?: number; flip?: boolean } & typeof init;
    this.rotation = rotation;
    this.flip = flip;
    this.colorSpace = (colorSpace as FakeVideoFrame['colorSpace']) ?? { matrix: null, fullRange: null };
    FakeVideoFrame.open++;
  }

  get visibleRect() {
    return { x: 0, y: 0, width: this.codedWidth, height: this.codedHeight };
  }

  async copyTo(target: Uint8Array): Promise<PlaneLayout[]> {
    if (this.closed) throw new Error('InvalidStateError: the frame is closed');
    target.set(this.bytes);
    return [];
  }

  clone(): FakeVideoFrame {
    return new FakeVideoFrame(this, {});
  }

  close(): void {
    if (!this.closed) FakeVideoFrame.open--;
    this.closed = true;
  }
}

/** Puts the fake in the place of the browser's class, until the returned function is called. */
export function installFakeVideoFrame(): () => void {
  const globals = globalThis as { VideoFrame?: unknown };
  const before = globals.VideoFrame;
  globals.VideoFrame = FakeVideoFrame;
  FakeVideoFrame.open = 0;
  return () => {
    globals.VideoFrame = before;
  };
}
