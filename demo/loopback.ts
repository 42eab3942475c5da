/** A call with oneself: what the far end of a real peer connection gets of a track. */
export interface Loopback {
  /** What was received and decoded. */
  readonly stream: MediaStream;
  /** `true` once connected; `false` where this machine cannot connect to itself, for one without any network. */
  readonly connected: Promise<boolean>;
  close(): void;
}

/** Milliseconds. Connecting takes well under a second. */
const PATIENCE = 6000;
/** Bits a second: enough for 720p, so that one judges the removal and not the encoder. */
const MAX_BITRATE = 4_000_000;

export async function openLoopback(track: MediaStreamTrack): Promise<Loopback> {
  const near = new RTCPeerConnection({ iceServers: [] });
  const far = new RTCPeerConnection({ iceServers: [] });
  const close = () => {
    near.close();
    far.close();
  };
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined).catch(() => {});
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined).catch(() => {});
  const stream = new MediaStream();
  far.ontrack = (event) => {
    stream.addTrack(event.track);
    // Low delay is nicer here than smoothness.
    event.receiver.jitterBufferTarget = 0;
  };
  const connected = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    near.onconnectionstatechange = () => {
      if (near.connectionState !== 'connected' && near.connectionState !== 'failed') return;
      clearTimeout(timer);
      resolve(near.connectionState === 'connected');
    };
  });
  try {
    const sender = near.addTrack(track);
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription!);
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = MAX_BITRATE;
    parameters.degradationPreference = 'maintain-resolution';
    await sender.setParameters(parameters);
  } catch (error) {
    close();
    throw error;
  }
  return { stream, connected, close };
}
