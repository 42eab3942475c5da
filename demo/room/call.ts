import { type DisconnectReason, type LocalVideoTrack, Room, RoomEvent, Track } from 'livekit-client';
import { type Invitation, isLocal } from './invitation.ts';

export interface CallListener {
  /** Somebody or something came, went or changed. */
  changed(): void;
  /** The call is over, by us or by the other side. */
  ended(reason: DisconnectReason | undefined): void;
}

const CHANGES = [
  RoomEvent.ConnectionStateChanged,
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ConnectionQualityChanged,
] as const;

/** Joins a room. @throws what `Room.connect` throws */
export async function joinRoom({ url, token }: Invitation, listener: CallListener): Promise<Room> {
  const room = new Room({ adaptiveStream: true, dynacast: true });
  for (const change of CHANGES) room.on(change, () => listener.changed());
  // A server on this machine is reached directly; without this the SDK asks STUN servers on the internet.
  const options = isLocal(new URL(url)) ? { rtcConfig: { iceServers: [] } } : {};
  await room.connect(url, token, options);
  room.on(RoomEvent.Disconnected, (reason) => listener.ended(reason));
  return room;
}

/** Publishes one's own picture. It is one layer: the demo's participants mostly share one machine. */
export async function publish(room: Room, track: LocalVideoTrack): Promise<void> {
  await room.localParticipant.publishTrack(track, {
    source: Track.Source.Camera,
    simulcast: false,
    degradationPreference: 'maintain-resolution',
  });
}
