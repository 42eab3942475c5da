import { Watcher } from './watcher.ts';

/** A loopback call: sends a track and looks at every frame that the other end decodes. */
export class Call extends Watcher {
  readonly sender: RTCRtpSender;
  readonly #near = new RTCPeerConnection({ iceServers: [] });
  readonly #far = new RTCPeerConnection({ iceServers: [] });

  private constructor(track: MediaStreamTrack) {
    super();
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
    void call.watch(await received);
    return call;
  }

  stop(): void {
    // The received track ends with its connection, and its reader with the last frame.
    this.#near.close();
    this.#far.close();
  }

  #prefer(codec: string): void {
    const wanted =
      RTCRtpSender.getCapabilities('video')?.codecs.filter(({ mimeType }) => mimeType.endsWith(codec)) ?? [];
    if (!wanted.length) throw new Error(`This browser cannot send ${codec}.`);
    this.#near.getTransceivers()[0]!.setCodecPreferences(wanted);
  }
}
