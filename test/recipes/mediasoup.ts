import { Remover } from 'clean-plate';
import type { types } from 'mediasoup-client';

/** Gives the producer of the room without people. The remover, not mediasoup, owns the track. */
export async function produceWithoutPeople(transport: types.Transport, camera: MediaStreamTrack) {
  const remover = await Remover.create({ remove: 'people', assets: '/clean-plate/assets/' });
  await remover.setSource(camera);
  const producer = await transport.produce({
    track: remover.track,
    stopTracks: false, // or closing the producer would end the remover's one track
    zeroRtpOnPause: true, // a paused producer sends nothing at all
  });
  return { remover, producer };
}

/** In a call that sends the camera already. */
export async function replaceInCall(producer: types.Producer, camera: MediaStreamTrack) {
  const remover = await Remover.create({ remove: 'people', assets: '/clean-plate/assets/' });
  await remover.setSource(camera);
  await producer.replaceTrack({ track: remover.track });
  return remover;
}
