import { Remover } from 'clean-plate';

const OPTIONS = { remove: 'people', assets: '/clean-plate/assets/' } as const;

/** Before the call: not a single raw frame is ever sent. */
export async function addWithoutPeople(connection: RTCPeerConnection, camera: MediaStreamTrack): Promise<Remover> {
  const remover = await Remover.create(OPTIONS);
  await remover.setSource(camera);
  connection.addTrack(remover.track);
  return remover;
}

/** In a call that sends the camera already: the far end sees a cover, then the room. Nothing is negotiated anew. */
export async function replaceInCall(sender: RTCRtpSender): Promise<Remover> {
  const camera = sender.track;
  if (!camera) throw new Error('This sender sends nothing.');
  const remover = await Remover.create(OPTIONS);
  await remover.setSource(camera);
  await sender.replaceTrack(remover.track);
  return remover;
}

/** What the buttons of a call do. The track that the connection sends stays the same. */
export const buttons = {
  off: (remover: Remover) => remover.update({ remove: 'nothing' }),
  on: (remover: Remover) => remover.update({ remove: 'people' }),
  otherCamera: (remover: Remover, camera: MediaStreamTrack) => remover.setSource(camera),
  async hangUp(remover: Remover, connection: RTCPeerConnection, camera: MediaStreamTrack) {
    connection.close();
    await remover.close();
    camera.stop(); // the camera is the app's: its light goes out here
  },
};
