import { RemovalProcessor } from 'clean-plate/livekit';
import { createLocalVideoTrack, type LocalVideoTrack, Room, type RoomConnectOptions } from 'livekit-client';

/** The processor is set before anything is published, so that not a single raw frame is ever sent. */
export async function joinWithoutPeople(url: string, token: string, options?: RoomConnectOptions) {
  const processor = new RemovalProcessor({ remove: 'people', assets: '/clean-plate/assets/' });
  const camera = await createLocalVideoTrack({ processor });
  const room = new Room();
  await room.connect(url, token, options);
  await room.localParticipant.publishTrack(camera);
  return { room, camera, processor };
}

/** What the buttons of a call do. The published track stays the same. */
export const buttons = {
  // Not stopProcessor(), which publishes the raw track.
  off: (processor: RemovalProcessor) => processor.setEnabled(false),
  on: (processor: RemovalProcessor) => processor.setEnabled(true),
  otherCamera: (camera: LocalVideoTrack, deviceId: string) => camera.setDeviceId(deviceId),
  mute: (camera: LocalVideoTrack) => camera.mute(),
  unmute: (camera: LocalVideoTrack) => camera.unmute(),
};
