import * as cleanPlate from 'clean-plate';
import { Room, RoomEvent, setLogLevel } from 'livekit-client';
import { Device, type types } from 'mediasoup-client';
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as jitsi from '../../recipes/jitsi.ts';
import * as livekit from '../../recipes/livekit.ts';
import * as mediasoup from '../../recipes/mediasoup.ts';
import { type CallProps, Call as ReactCall } from '../../recipes/react.tsx';
import * as twilio from '../../recipes/twilio.ts';
import * as webrtc from '../../recipes/webrtc.ts';
import { MarkedSource } from './marked-source.ts';
import { until } from './until.ts';
import { Watcher } from './watcher.ts';

setLogLevel('error');

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two connected peers; what the far one decodes is looked at. */
function peers() {
  const near = new RTCPeerConnection({ iceServers: [] });
  const far = new RTCPeerConnection({ iceServers: [] });
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  let negotiations = 0;
  near.onnegotiationneeded = async () => {
    negotiations++;
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription!);
  };
  const watcher = new Watcher();
  far.ontrack = ({ track }) => void watcher.watch(track);
  return { near, watcher, negotiations: () => negotiations };
}

/** Every camera that the page asks for from now on is a marked one. */
async function markedCameras(): Promise<MarkedSource> {
  const source = await MarkedSource.create();
  navigator.mediaDevices.getUserMedia = async () => new MediaStream([source.track.clone()]);
  return source;
}

/** Joins as somebody who only looks, at every frame. */
async function receive(url: string, token: string): Promise<Watcher> {
  const room = new Room({ adaptiveStream: false, dynacast: false });
  const watcher = new Watcher();
  room.on(RoomEvent.TrackSubscribed, (track) => {
    if (track.kind !== 'video') return;
    track.attach(); // what is attached nowhere is not decoded
    void watcher.watch(track.mediaStreamTrack.clone());
  });
  await room.connect(url, token, { rtcConfig: { iceServers: [] } });
  return watcher;
}

function look(track: MediaStreamTrack): Watcher {
  const watcher = new Watcher();
  void watcher.watch(track.clone());
  return watcher;
}

/** A transport of mediasoup's real handler for Chromium. Its server says yes to everything and is not there. */
async function sendTransport(): Promise<types.Transport> {
  const device = await Device.factory();
  await device.load({
    routerRtpCapabilities: {
      codecs: [{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 }],
    },
  });
  const transport = device.createSendTransport({
    id: 'nowhere',
    iceParameters: { usernameFragment: 'nobody', password: 'nobody-nobody-nobody-nobody', iceLite: true },
    iceCandidates: [
      { foundation: '1', priority: 1, ip: '127.0.0.1', address: '127.0.0.1', protocol: 'udp', port: 9, type: 'host' },
    ],
    dtlsParameters: { role: 'auto', fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AA').join(':') }] },
  });
  let producers = 0;
  transport.on('connect', (_, done) => done());
  transport.on('produce', (_, done) => done({ id: `producer-${++producers}` }));
  return transport;
}

function mountCall(props: CallProps): void {
  const root = document.createElement('div');
  document.body.append(root);
  createRoot(root).render(createElement(StrictMode, null, createElement(ReactCall, props)));
}

const page = {
  cleanPlate,
  jitsi,
  livekit,
  mediasoup,
  twilio,
  webrtc,
  MarkedSource,
  look,
  markedCameras,
  mountCall,
  peers,
  receive,
  sendTransport,
  until,
  wait,
};

declare global {
  interface Window {
    recipes: typeof page;
    /** What a test keeps between its calls into the page. */
    source: MarkedSource;
    watcher: Watcher;
  }
}

window.recipes = page;
