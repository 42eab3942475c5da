/** One frame as it came out at the far end. */
export interface Received {
  /** It is one even colour. */
  readonly covered: boolean;
  /** Pixels of the marker's colour. */
  readonly marked: number;
  /** Milliseconds, `performance.now()`. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

interface Pixels {
  readonly rgba: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A loopback call: sends a track and looks at every frame that the other end decodes. */
export class Call {
  readonly frames: Received[] = [];
  readonly sender: RTCRtpSender;
  readonly #near = new RTCPeerConnection({ iceServers: [] });
  #newest: Pixels | undefined;
  readonly #far = new RTCPeerConnection({ iceServers: [] });

  private constructor(track: MediaStreamTrack) {
    this.sender = this.#near.addTrack(track);
  }

  /** @param codec name of the video codec to use, such as VP8; the browser's choice unless given. */
  static async start(track: MediaStreamTrack, codec?: string): Promise<Call> {
    const call = new Call(track);
    if (codec) call.#prefer(codec);
    const near = call.#near;
    const far = call.#far;
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
    const received = new Promise<MediaStreamTrack>((resolve) => {
      far.ontrack = ({ track }) => resolve(track);
    });
    await near.setLocalDescription(await near.createOffer());
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription(await far.createAnswer());
    await near.setRemoteDescription(far.localDescription!);
    void call.#watch((await received) as MediaStreamVideoTrack);
    return call;
  }

  /** Waits until a frame fits, from `from` on; fails with `what` after `ms`. */
  async until(
    what: string,
    fits: (frame: Received) => boolean,
    ms = 30_000,
    from = this.frames.length,
  ): Promise<number> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const found = this.frames.findIndex((frame, index) => index >= from && fits(frame));
      if (found >= 0) return found;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    throw new Error(`${what}: not within ${ms} ms (${this.frames.length - from} frames came)`);
  }

  /** The newest frame's colours at `points`, which are shares of its width and height. */
  sample(points: readonly (readonly [number, number])[]): [number, number, number][] {
    const { rgba, width, height } = this.#newest!;
    return points.map(([x, y]) => {
      const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
      return [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
    });
  }

  #prefer(codec: string): void {
    const wanted =
      RTCRtpSender.getCapabilities('video')?.codecs.filter(({ mimeType }) => mimeType.endsWith(codec)) ?? [];
    if (!wanted.length) throw new Error(`This browser cannot send ${codec}.`);
    this.#near.getTransceivers()[0]!.setCodecPreferences(wanted);
  }

  stop(): void {
    // The received track ends with its connection, and its reader with the last frame.
    this.#near.close();
    this.#far.close();
  }

  async #watch(track: MediaStreamVideoTrack): Promise<void> {
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 30 });
    const reader = readable.getReader();
    for (;;) {
      const { value: frame } = await reader.read();
      if (!frame) return;
      try {
        const { displayWidth: width, displayHeight: height } = frame;
        const rgba = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
        await frame.copyTo(rgba, { format: 'RGBA' });
        this.#newest = { rgba, width, height };
        this.frames.push(examine(this.#newest));
      } finally {
        frame.close();
      }
    }
  }
}

function examine({ rgba, width, height }: Pixels): Received {
  let marked = 0;
  let darkest = 255;
  let brightest = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const r = rgba[i]!;
    const g = rgba[i + 1]!;
    const b = rgba[i + 2]!;
    // Half way to the marker's colour already counts: a faint ghost of it is a leak as well.
    if (r - g > 90 && b - g > 60) marked++;
    darkest = Math.min(darkest, g);
    brightest = Math.max(brightest, g);
  }
  return { covered: brightest - darkest < 16, marked, at: performance.now(), width, height };
}
