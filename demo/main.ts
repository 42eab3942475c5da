import { type Cover, checkSupport } from '../src/processor/index.ts';
import { fillCameras, openCamera } from './camera-source.ts';
import { Charts } from './charts.ts';
import { offerComparison } from './compare.ts';
import { note, onChoice, press, showStatus } from './controls.ts';
import { Figures } from './figures.ts';
import { page } from './page.ts';
import { PlateView } from './plate.ts';
import { watchRequests } from './privacy.ts';
import { RememberedRooms } from './remembered-rooms.ts';
import { Removal } from './removal.ts';
import { Diary, saveText } from './report.ts';
import { openRoom } from './room-source.ts';
import { openSample } from './sample-source.ts';
import { Session } from './session.ts';
import type { Source, SourceKind } from './source.ts';
import { openVideo } from './video-source.ts';
import { errorInWords, plateInWords, statusOf, tierInWords } from './words.ts';

const figures = new Figures(page.figures, page.stages);
const charts = new Charts(page.charts);
const diary = new Diary();
const plate = new PlateView(
  { toggle: page.plateToggle, panel: page.plate, picture: page.platePicture, words: page.plateWords },
  refresh,
);
let opening: Promise<void> = Promise.resolve();
const rooms = new RememberedRooms({ remember: page.remember, list: page.rooms, words: page.roomWords }, () => {
  opening = opening.then(openSession);
});
let tier = '…';
let session: Session | undefined;
let source: Source | undefined;
let cover: Cover = 'blank';
let loaded: number | undefined;
let reason = '';
/** Counts what was asked for, so that only the latest source is taken. */
let wish = 0;

const removal = new Removal((remove) => {
  if (session && session.remover.state !== 'failed') note(page.note, '');
  refresh();
  return session?.remover.update({ remove });
}, fail);

/** Opens remover and call; the last source goes on where there is one. */
async function openSession(): Promise<void> {
  page.retry.hidden = true;
  note(page.note, '');
  await session?.close();
  void rooms.show();
  session = undefined;
  loaded = undefined;
  removal.forget();
  try {
    session = await Session.open({
      remove: removal.remove,
      cover,
      memory: rooms.memory,
      onLoaded: (share) => (loaded = share),
      onRemover: (remover) => diary.follow(remover),
    });
  } catch (error) {
    diary.noteError(error);
    fail(error);
    return;
  }
  const { remover } = session;
  remover.addEventListener('statechange', ({ detail }) => {
    reason = detail.reason;
    refresh();
  });
  rooms.follow(remover);
  remover.addEventListener('error', ({ detail }) => fail(detail));
  remover.addEventListener('targetschange', ({ detail }) => {
    removal.follow(detail.targets);
    refresh();
  });
  // Loading may have failed before anyone listened. `aborted`: a newer update or the end took its place.
  remover.ready.catch((error) => {
    if (session?.remover === remover && error.code !== 'aborted') fail(error);
  });
  remover.addEventListener('recovered', () => note(page.note, ''));
  void showReceived(session);
  if (source) await remover.setSource(source.track).catch(fail);
  refresh();
}

async function showReceived({ remover, received, connected }: Session): Promise<void> {
  page.others.srcObject = received;
  const byCall = await connected;
  if (session?.remover !== remover) return;
  if (!byCall) page.others.srcObject = new MediaStream([remover.track]);
  page.othersCaption.textContent = byCall
    ? 'Received over a real WebRTC connection'
    : 'The outgoing picture (this machine cannot call itself, so it is shown as it leaves)';
}

/** Takes a new source, and keeps the old one when that fails. */
async function take(kind: SourceKind, open: () => Source | Promise<Source>): Promise<void> {
  const mine = ++wish;
  note(page.sourceNote, '');
  press(page.sources, kind, 'busy');
  try {
    // Phones open one camera at a time.
    if (kind === 'camera' && source?.kind === 'camera') source.stop();
    const opened = await open();
    if (mine !== wish) {
      opened.stop();
      return;
    }
    if (session) await session.remover.setSource(opened.track);
    removal.forget();
    source?.stop();
    source = opened;
    opened.track.addEventListener('ended', () => {
      if (source === opened) note(page.sourceNote, 'The camera was taken away. Choose a source to go on.');
    });
    page.camera.srcObject = new MediaStream([opened.track]);
    page.cameraCaption.textContent = opened.caption;
    page.cameraPicker.hidden = kind !== 'camera';
    note(page.sourceNote, '');
    if (kind === 'camera') await fillCameras(page.cameras, opened.track.getSettings().deviceId);
  } catch (error) {
    diary.noteError(error);
    if (mine === wish) note(page.sourceNote, errorInWords(error));
  } finally {
    if (mine === wish) press(page.sources, source?.kind);
  }
}

const OPEN: Record<SourceKind, () => void> = {
  room: () => void take('room', () => openRoom(opening.then(() => session?.remover.ready))),
  camera: () => void take('camera', () => openCamera()),
  file: () => page.file.click(),
  sample: () =>
    void take('sample', () =>
      openSample((share) => note(page.sourceNote, `Fetching the sample ${percent(share)} …`, 'busy')),
    ),
};

function fail(error: unknown): void {
  note(page.note, errorInWords(error));
  page.retry.hidden = session !== undefined && session.remover.state !== 'failed';
  refresh();
}

/** Twice a second, and whenever something happens. */
function refresh(): void {
  const remover = session?.remover;
  const stats = remover?.stats();
  const state = remover?.state ?? (page.retry.hidden ? 'loading' : 'failed');
  const why = stats?.state === state ? stats.reason : reason;
  const status = statusOf({ state, reason: why, what: removal.what, picks: removal.picks, loaded, stats });
  showStatus(page.status, status);
  page.others.dataset.state = state;
  const known = stats?.coverage ?? 0;
  page.known.value = known;
  page.knownText.textContent = percent(known);
  void plate.show(remover, plateInWords(state, removal.what, known));
  if (page.drawer.open) figures.show(tier, stats);
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function listen(): void {
  page.retry.addEventListener('click', () => {
    opening = openSession();
  });
  page.drawer.addEventListener('toggle', refresh);
  offerComparison({ stage: page.stage, toggle: page.compare, split: page.split });
  page.report.addEventListener('click', () => {
    saveText('clean-plate-report.json', diary.report(session?.remover.stats(), source?.track));
  });
  onChoice(page.sources, (kind) => OPEN[kind as SourceKind]());
  onChoice(page.covers, (wanted) => {
    cover = wanted as Cover;
    press(page.covers, cover);
    void session?.remover.update({ cover }).catch(fail);
  });
  page.file.addEventListener('change', () => {
    const file = page.file.files?.[0];
    page.file.value = '';
    if (file) void take('file', () => openVideo('file', file, file.name));
  });
  page.cameras.addEventListener('change', () => void take('camera', () => openCamera(page.cameras.value)));
  navigator.mediaDevices?.addEventListener('devicechange', () => {
    if (source?.kind === 'camera') void fillCameras(page.cameras, source.track.getSettings().deviceId);
  });
}

async function start(): Promise<void> {
  listen();
  watchRequests((elsewhere) => (page.elsewhere.textContent = String(elsewhere)));
  setInterval(() => {
    refresh();
    charts.add(session?.remover.stats());
  }, 500);
  opening = openSession();
  OPEN.room();
  const support = await checkSupport();
  diary.noteSupport(support);
  tier = tierInWords(support);
}

void start();
