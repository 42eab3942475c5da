import type { Room } from 'livekit-client';
import { fillCameras, openCamera } from '../camera-source.ts';
import { note, onChoice, press, showStatus } from '../controls.ts';
import { watchRequests } from '../privacy.ts';
import { openRoom } from '../room-source.ts';
import { type Source, SourceError } from '../source.ts';
import { errorInWords, statusOf } from '../words.ts';
import { joinRoom, publish } from './call.ts';
import { listenToCallButtons } from './call-buttons.ts';
import { type Invitation, invitationFor, invitationInAddress, JoinError } from './invitation.ts';
import { MyVideo } from './my-video.ts';
import { page } from './page.ts';
import { Inset, Tiles } from './tiles.ts';
import { connectionOf, endInWords, joinErrorInWords } from './words.ts';

type Kind = 'room' | 'camera';

const NAMES = ['Ada', 'Grace', 'Alan', 'Hedy', 'Linus', 'Radia', 'Dennis', 'Margaret', 'Ken', 'Barbara'];

const tiles = new Tiles(page.tiles);
const inset = new Inset(page.previewFrame);
let mine: MyVideo;
let call: Room | undefined;
let removing = true;
let kind: Kind = 'room';
let loaded: number | undefined;
let reason = '';
let server: URL | undefined;
/** What was asked for before; one thing at a time. */
let turn: Promise<void> = Promise.resolve();

function next(step: () => Promise<void>): Promise<void> {
  turn = turn.then(step).catch((error) => note(page.note, errorInWords(error)));
  return turn;
}

function startVideo(): void {
  loaded = undefined;
  const video = new MyVideo(removing, ({ loaded: bytes, total }) => (loaded = total ? bytes / total : undefined));
  mine = video;
  const { processor } = video;
  processor.addEventListener('statechange', ({ detail }) => {
    reason = detail.reason;
    refresh();
  });
  processor.addEventListener('error', ({ detail }) => {
    if (detail.code !== 'aborted' && mine === video) note(page.note, errorInWords(detail));
  });
  processor.addEventListener('recovered', () => note(page.note, ''));
}

/** What `Try again` does: another processor, with the camera opened and the picture published anew. */
async function startAgain(): Promise<void> {
  note(page.note, '');
  if (call) await takeOffAir(call);
  await mine.close();
  startVideo();
  await turnOn();
}

async function takeOffAir(room: Room): Promise<void> {
  for (const { track } of room.localParticipant.videoTrackPublications.values()) {
    if (track && track === mine.published) await room.localParticipant.unpublishTrack(track);
  }
}

const OPEN: Record<Kind, () => Source | Promise<Source>> = {
  room: () => openRoom(untilRunning()),
  camera: () => openCamera(page.cameras.value || undefined),
};

/** The figure of the generated room comes in when it can be taken out; when it cannot, after a while all the same. */
async function untilRunning(): Promise<void> {
  for (let seconds = 0; seconds < 20 && mine.processor.state !== 'running'; seconds += 0.25) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Takes a source, and keeps the last one when that fails. */
async function take(wanted: Kind): Promise<void> {
  note(page.sourceNote, '');
  press(page.sources, wanted, 'busy');
  let opened: Source | undefined;
  try {
    opened = await OPEN[wanted]();
    await mine.show(opened);
    kind = wanted;
    page.preview.srcObject = mine.track ? new MediaStream([mine.track]) : null;
    page.caption.textContent = opened.caption;
    page.cameraPicker.hidden = kind !== 'camera';
    if (kind === 'camera') await fillCameras(page.cameras, opened.track.getSettings().deviceId);
    watchForEnd(opened);
    if (call && !mine.published) await publish(call, await mine.forCall());
  } catch (error) {
    if (opened && mine.source !== opened) opened.stop();
    if (error instanceof SourceError) note(page.sourceNote, error.message);
    else note(page.note, errorInWords(error));
  } finally {
    press(page.sources, kind);
    refresh();
  }
}

function watchForEnd(source: Source): void {
  source.track.addEventListener('ended', () => {
    if (mine.source !== source) return;
    note(page.sourceNote, 'The camera was taken away. Choose a source to go on.');
    void next(turnOff);
  });
}

const turnOn = () => take(kind);

async function turnOff(): Promise<void> {
  await mine.pause();
  refresh();
}

async function toggle(): Promise<void> {
  removing = !removing;
  page.toggle.setAttribute('aria-checked', String(removing));
  try {
    await mine.processor.update({ remove: removing ? 'people' : 'nothing' });
    note(page.note, '');
  } catch {
    // Told by the `error` event; the state says what is on air.
  }
  refresh();
}

async function join(): Promise<void> {
  if (call || page.joinButton.ariaBusy === 'true') return;
  page.joinButton.ariaBusy = 'true';
  for (const field of [page.name, page.room, page.server, page.token]) field.removeAttribute('aria-invalid');
  note(page.joinNote, 'Connecting …', 'busy');
  let invitation: Invitation | undefined;
  try {
    const [name, room, address, token] = [page.name, page.room, page.server, page.token].map(({ value }) => value);
    invitation = await invitationFor({ name: name!, room: room!, server: address!.trim(), token: token!.trim() });
    server = new URL(invitation.url);
    call = await joinRoom(invitation, { changed: refresh, ended: (why) => void next(() => ended(endInWords(why))) });
    note(page.joinNote, '');
    enter(call);
    await next(async () => {
      if (call && mine.source) await publish(call, await mine.forCall());
    });
  } catch (error) {
    note(page.joinNote, invitation ? joinErrorInWords(error, invitation.url) : errorInWords(error));
    if (error instanceof JoinError && error.field) {
      page[error.field].setAttribute('aria-invalid', 'true');
      page[error.field].focus();
    }
  } finally {
    page.joinButton.ariaBusy = 'false';
    refresh();
  }
}

function enter(room: Room): void {
  document.body.dataset.stage = 'call';
  document.title = `${room.name}: Clean Plate`;
  page.callTitle.textContent = `Room “${room.name}”`;
  page.host.textContent = server?.host ?? '';
  note(page.callNote, '');
  page.callTitle.focus();
  room.startAudio().catch(() => {}); // without sound devices there is nothing to start
}

/** Back to the lobby; the picture goes on there. */
async function ended(why: string): Promise<void> {
  call = undefined;
  const wasOn = mine.source !== undefined;
  mine.afterCall();
  tiles.clear();
  document.body.dataset.stage = 'lobby';
  document.title = 'Clean Plate: demo room';
  note(page.joinNote, why);
  page.joinButton.focus();
  if (wasOn) await turnOn();
  refresh();
}

/** Twice a second, and whenever something happens. */
function refresh(): void {
  const { state } = mine.processor;
  const stats = mine.processor.stats();
  const why = stats?.state === state ? stats.reason : reason;
  const status = statusOf({ state, reason: why, what: removing ? 'people' : 'nothing', loaded, stats });
  const starting = !mine.track && page.note.hidden;
  const off = mine.source === undefined && !starting;
  if (off) showStatus(page.status, { mood: 'off', text: 'Your camera is off. Nothing is sent.' });
  else showStatus(page.status, starting ? { mood: 'busy', text: 'Starting …' } : status);
  page.retry.hidden = state !== 'failed' && (page.note.hidden || mine.track !== undefined);
  page.previewOff.hidden = !off;
  page.cameraOn.setAttribute('aria-pressed', String(!off));
  // Where nothing is taken out, it would be the same picture twice.
  const camera = removing ? mine.source?.track : undefined;
  inset.show(call ? undefined : camera);
  if (!call) return;
  showStatus(page.connection, connectionOf(call));
  tiles.show(call, camera);
  page.microphone.setAttribute('aria-pressed', String(call.localParticipant.isMicrophoneEnabled));
  page.screen.setAttribute('aria-pressed', String(call.localParticipant.isScreenShareEnabled));
}

function listen(): void {
  page.join.addEventListener('submit', (event) => {
    event.preventDefault();
    void join();
  });
  page.toggle.addEventListener('click', () => void toggle());
  page.retry.addEventListener('click', () => void next(startAgain));
  onChoice(page.sources, (wanted) => void next(() => take(wanted as Kind)));
  page.cameras.addEventListener('change', () => void next(() => take('camera')));
  page.cameraOn.addEventListener('click', () => void next(mine.source ? turnOff : turnOn));
  listenToCallButtons(() => call, refresh);
}

function start(): void {
  const parameters = new URLSearchParams(location.search);
  page.name.value = NAMES[Math.floor(Math.random() * NAMES.length)]!;
  page.room.value = parameters.get('room') ?? page.room.value;
  const invitation = invitationInAddress();
  if (invitation) {
    page.elsewhereDetails.open = true;
    page.server.value = invitation.url;
    page.token.value = invitation.token;
  }
  startVideo();
  listen();
  watchRequests(
    (elsewhere) => (page.elsewhere.textContent = String(elsewhere)),
    ({ origin, host }) => origin === location.origin || host === server?.host,
  );
  setInterval(refresh, 500);
  void next(() => take('room'));
}

start();
