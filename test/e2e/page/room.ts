import { LocalVideoTrack, Room, RoomEvent, setLogLevel } from 'livekit-client';
import type * as LivekitEntry from '../../../src/processor/livekit.ts';
import { MarkedSource } from './marked-source.ts';
import { Watcher } from './watcher.ts';

setLogLevel('error');

/** Joins without asking for STUN servers on the internet, which is what the client does by itself. */
async function join(url: string, token: string): Promise<Room> {
  const room = new Room({ adaptiveStream: false, dynacast: false });
  await room.connect(url, token, { rtcConfig: { iceServers: [] } });
  return room;
}

/** Looks at every video track that others publish in `room`. */
function watch(room: Room): Watcher {
  const watcher = new Watcher();
  room.on(RoomEvent.TrackSubscribed, (track) => {
    if (track.kind !== 'video') return;
    track.attach(); // what is attached nowhere is not decoded
    void watcher.watch(track.mediaStreamTrack.clone());
  });
  return watcher;
}

const { RemovalProcessor } = (await import(
  new URL('/clean-plate/livekit.js', location.href).href
)) as typeof LivekitEntry;

const lab = {
  join,
  watch,
  LocalVideoTrack,
  MarkedSource,
  RemovalProcessor,
  wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export type RoomLab = typeof lab;

declare global {
  interface Window {
    roomLab: RoomLab;
    /** What a test keeps between its calls into the page. */
    kept: {
      room: Room;
      watcher: Watcher;
      source: MarkedSource;
      track: LocalVideoTrack;
      processor: LivekitEntry.RemovalProcessor;
    };
  }
}

window.roomLab = lab;
