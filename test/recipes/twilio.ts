import { Remover } from 'clean-plate';
import { LocalVideoTrack } from 'twilio-video';

/** A Twilio track of the room without people, to be published in place of the camera. */
export async function trackWithoutPeople(camera: MediaStreamTrack) {
  const remover = await Remover.create({ remove: 'people', assets: '/clean-plate/assets/' });
  await remover.setSource(camera);
  const track = new LocalVideoTrack(remover.track, { name: 'camera', logLevel: 'error' });
  return { remover, track };
}
