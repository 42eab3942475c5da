import { ConnectionQuality, type Participant, type RemoteTrack, type Room, Track } from 'livekit-client';

type Kind = 'camera' | 'screen';
const SOURCES = { camera: Track.Source.Camera, screen: Track.Source.ScreenShare } as const;

/** The participants' pictures. Tiles are kept as long as what they show, so that no video starts anew. */
export class Tiles {
  readonly #list: HTMLElement;
  readonly #tiles = new Map<string, Tile>();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** @param camera one's own camera as it is, for a small picture in one's own tile that nobody else has. */
  show(room: Room, camera: MediaStreamTrack | undefined): void {
    const wanted = new Set<string>();
    for (const participant of [room.localParticipant, ...room.remoteParticipants.values()]) {
      for (const kind of ['camera', 'screen'] as const) {
        // Everyone has a place; a shared screen takes one while it is shared.
        if (kind === 'screen' && !participant.getTrackPublication(SOURCES.screen)) continue;
        const key = `${kind} of ${participant.identity}`;
        wanted.add(key);
        const tile = this.#tileFor(key, kind);
        tile.show(participant);
        if (participant.isLocal && kind === 'camera') tile.inset(camera);
      }
      playVoice(participant);
    }
    for (const [key, tile] of this.#tiles) if (!wanted.has(key)) this.#remove(key, tile);
  }

  clear(): void {
    for (const [key, tile] of this.#tiles) this.#remove(key, tile);
  }

  #tileFor(key: string, kind: Kind): Tile {
    let tile = this.#tiles.get(key);
    if (!tile) {
      tile = new Tile(kind);
      this.#tiles.set(key, tile);
      // A shared screen is what one wants to see first.
      if (kind === 'screen') this.#list.prepend(tile.element);
      else this.#list.append(tile.element);
    }
    return tile;
  }

  #remove(key: string, tile: Tile): void {
    this.#tiles.delete(key);
    tile.remove();
  }
}

class Tile {
  readonly element = document.createElement('li');
  readonly #kind: Kind;
  readonly #video = document.createElement('video');
  readonly #name = document.createElement('span');
  readonly #off = document.createElement('span');
  readonly #frame = document.createElement('div');
  #inset: Inset | undefined;
  #track: Track | undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.element.dataset.kind = kind;
    Object.assign(this.#video, { autoplay: true, muted: true, playsInline: true });
    this.#name.className = 'tag';
    this.#off.className = 'off';
    this.#frame.className = 'frame';
    this.#frame.append(this.#video, this.#name, this.#off);
    this.element.append(this.#frame);
  }

  show(participant: Participant): void {
    const publication = participant.getTrackPublication(SOURCES[this.#kind]);
    const name = nameOf(participant);
    const screen = this.#kind === 'screen';
    const weak = [ConnectionQuality.Poor, ConnectionQuality.Lost].includes(participant.connectionQuality);
    const silent = screen || participant.isMicrophoneEnabled ? '' : ', microphone off';
    set(this.#name, `${name}${screen ? ', screen' : ''}${weak ? ', weak connection' : ''}`);
    this.#video.setAttribute('aria-label', `${name}, ${screen ? 'shared screen' : 'picture'}${silent}`);
    const off = !publication || publication.isMuted;
    this.#off.hidden = !off && publication.track !== undefined;
    set(this.#off, off ? 'Camera off' : 'Connecting …');
    this.#attach(publication?.track);
  }

  inset(camera: MediaStreamTrack | undefined): void {
    this.#inset ??= new Inset(this.#frame);
    this.#inset.show(camera);
  }

  remove(): void {
    this.#attach(undefined);
    this.#inset?.show(undefined);
    this.element.remove();
  }

  #attach(track: Track | undefined): void {
    if (track === this.#track) return;
    this.#track?.detach(this.#video);
    this.#track = track;
    track?.attach(this.#video);
  }
}

/** The camera as it is, small, in a corner of what others see. */
export class Inset {
  readonly #box = document.createElement('span');
  readonly #video = document.createElement('video');
  #shown: MediaStreamTrack | undefined;

  constructor(frame: HTMLElement) {
    Object.assign(this.#video, { autoplay: true, muted: true, playsInline: true });
    this.#video.setAttribute('aria-label', 'Your camera, for you only');
    const caption = document.createElement('span');
    caption.textContent = 'Only you see this';
    this.#box.className = 'inset';
    this.#box.append(this.#video, caption);
    frame.append(this.#box);
  }

  show(camera: MediaStreamTrack | undefined): void {
    this.#box.hidden = camera === undefined;
    if (camera === this.#shown) return;
    this.#shown = camera;
    this.#video.srcObject = camera ? new MediaStream([camera]) : null;
  }
}

function nameOf(participant: Participant): string {
  const name = participant.name || participant.identity;
  return participant.isLocal ? `You, ${name}` : name;
}

/** Text is touched only when it changes: it may be read aloud. */
function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Others' voices have no place on the page; the SDK lets go of the element with the track. */
function playVoice(participant: Participant): void {
  if (participant.isLocal) return;
  const track = participant.getTrackPublication(Track.Source.Microphone)?.track as RemoteTrack | undefined;
  if (track && track.attachedElements.length === 0) track.attach();
}
