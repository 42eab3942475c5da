import type { PictureFormat, YuvSpace } from '../../picture.ts';
import type { ColourMap } from '../colour.ts';
import type { Layer, LayerOnShow } from '../completion/layer.ts';
import type { PlateValues } from '../completion/sources.ts';
import type { HoleMap } from '../hole-map.ts';
import type { Motion } from '../motion.ts';
import type { Pace } from '../network/network-fill.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import type { SampleGrid } from '../sample-grid.ts';
import { CELL } from '../seam.ts';
import { copyPlate } from './from-plate.ts';
import type { Recollection } from './recall.ts';
import type { Recaller } from './recaller.ts';
import { emptyRoom, type Room } from './room.ts';
import { addRemembered, RoomMemory } from './room-memory.ts';
import { RoomTrust } from './trust.ts';

/** Milliseconds that a room takes to come on show; and for which a camera that moved must have been still. */
const FADE_MS = 500;
const STILL_MS = 700;
/** Milliseconds that a frame counts where every frame waits: nothing may depend on how fast this machine is. */
const FRAME_MS = 100;
/** Frames from one comparison of the room with the plate to the next. */
const EVERY_FRAMES = 8;
/** Share of the picture that must be hidden and never seen for a search to pay, and that must be known to look for. */
const WANTED = 0.002;
const MIN_KNOWN = 0.15;
/**
 * Milliseconds from one search that found nothing to the next, each twice as long; how many there are; and the share of
 * the picture that must have become known for the searches to begin anew.
 */
const AGAIN_MS = 1500;
const SEARCHES = 4;
const NEWS = 0.1;
/** A room of which less than this share of what it could show is trusted, glance after glance, is given up. */
const LOST = 0.05;
const LOST_GLANCES = 12;
/** From this share on a place counts as shown by the room. */
const SHOWN = 0.9;

export interface MemoryOptions {
  /** The inpainter owns it. */
  readonly recaller: Recaller;
  readonly pace: Pace;
  /** The room as it is now remembered, whenever more is: the callee's own. */
  onRoom(room: Room): void;
  /** One of the rooms was recognised, by its index; undefined once it is not any more. */
  onRecognised(index: number | undefined): void;
  /** A search failed; there will be others. */
  onError(error: unknown): void;
}

/** What is remembered by one inpainter, whatever the picture's size. */
export class MemoryService {
  readonly options: MemoryOptions;
  /** What may be recognised. The last is what this inpainter remembers itself. */
  rooms: readonly Room[] = [];
  own: Room | undefined;
  /** What the present plate is remembered as: of use once that plate is gone. */
  #latest: Room | undefined;
  /** Goes up with every other set of rooms: what was asked before does not count. */
  version = 0;
  #recognised: number | undefined;

  constructor(options: MemoryOptions) {
    this.options = options;
  }

  remember(rooms: readonly Room[]): void {
    this.rooms = rooms;
    this.own = undefined;
    this.#latest = undefined;
    this.version++;
  }

  keep(room: Room): void {
    this.#latest = room;
    this.options.onRoom(room);
  }

  /** The plate is gone. */
  lose(): void {
    this.own = this.#latest ?? this.own;
    this.#latest = undefined;
  }

  /** Something must not be shown any more: `room` is what is left. */
  strike(room: Room): void {
    if (!this.own && !this.#latest) return;
    this.own = undefined;
    this.keep(room);
  }

  /** @param index of {@link rooms}; beyond them it is this call's own, which is not reported */
  recognised(index: number | undefined): void {
    const room = index !== undefined && index < this.rooms.length ? index : undefined;
    if (room === this.#recognised) return;
    this.#recognised = room;
    this.options.onRecognised(room);
  }

  close(): void {
    this.version++;
    this.options.recaller.close();
  }
}

/**
 * The room as it is remembered: what is taken over into the memory, when a room is looked for, what is shown of it and
 * how far it is trusted. The same for both backends. Nothing of it gets into the plate: it lies below what is freshly
 * seen and above what is completed.
 */
export class Remembering implements LayerOnShow {
  layer: Layer | undefined;
  readonly before = undefined;
  mix = 0;
  /** Goes up with every new layer. */
  version = 0;
  readonly #service: MemoryService;
  readonly #grid: SampleGrid;
  readonly #fit: PhotometricFit;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #kind: { readonly format: PictureFormat; readonly yuv: YuvSpace };
  readonly #memory: RoomMemory;
  readonly #trust: RoomTrust;
  #recollection: Recollection | undefined;
  #frames = 0;
  #since = 0;
  #still: number | undefined;
  #searching = false;
  #keeping = false;
  #lostGlances = 0;
  #asked: number;
  /** Searches that found nothing, when the last one was, and how much was known then. */
  #failed = { searches: 0, at: Number.NEGATIVE_INFINITY, known: 0 };

  constructor(
    service: MemoryService,
    grid: SampleGrid,
    fit: PhotometricFit,
    { format, yuv, width, height }: { format: PictureFormat; yuv: YuvSpace; width: number; height: number },
  ) {
    this.#service = service;
    this.#grid = grid;
    this.#fit = fit;
    this.#size = { width, height };
    this.#kind = { format, yuv };
    this.#memory = new RoomMemory(grid, width, height);
    this.#trust = new RoomTrust(grid, fit.seam);
    this.#asked = service.version;
    service.lose();
  }

  get share(): Float32Array {
    return this.#trust.share;
  }

  /**
   * Every frame, after its light was measured.
   *
   * @param timestamp microseconds
   */
  look(camera: Motion['camera'], timestamp: number): void {
    this.#frames++;
    const now = this.#now();
    if (this.#asked !== this.#service.version) this.#putAway();
    if (camera !== 'still') {
      this.#still = undefined;
      this.#putAway();
      this.#memory.forgetAll();
      this.#service.lose();
    } else {
      this.#still ??= this.#frames === 1 ? Number.NEGATIVE_INFINITY : now;
    }
    this.#memory.look(timestamp);
    if (this.#recollection) {
      this.mix = Math.min(1, (now - this.#since) / FADE_MS);
      if (this.#frames % EVERY_FRAMES === 0) this.#verify(this.#recollection);
    }
  }

  /** Whether there is something to be taken over of the plate. */
  get isKeepingDue(): boolean {
    return !this.#keeping && this.#memory.due && !this.#mayFind;
  }

  /** Takes over what is new. Never rejects. @param read the plate as it is now */
  async keep(read: () => Promise<readonly PlateValues[]> | readonly PlateValues[], colour: ColourMap): Promise<void> {
    this.#keeping = true;
    const version = this.#service.version;
    const clearing = this.#memory.begin();
    try {
      const grids = await read();
      if (version !== this.#service.version) return;
      if (!this.#memory.take(clearing, grids, this.#fit.instability, colour)) return;
      const room = this.#memory.room;
      if (!room) return;
      if (this.#recollection) addRemembered(room, this.#recollection, this.#isTrusted, colour);
      this.#service.keep(room);
    } catch (error) {
      // A GPU that was lost is reported by the next frame.
      if (version === this.#service.version) this.#service.options.onError(error);
    } finally {
      this.#keeping = false;
    }
  }

  /** Whether a room should be looked for now. */
  get isSearchDue(): boolean {
    const now = this.#now();
    if (this.#searching || this.#recollection || this.#candidates.length === 0) return false;
    if (this.#still === undefined || now - this.#still < STILL_MS) return false;
    const { hidden, known } = this.#glance();
    if (hidden < WANTED || known < MIN_KNOWN) return false;
    const { searches, at } = this.#failed;
    if (Math.abs(known - this.#failed.known) >= NEWS) return now - at >= AGAIN_MS;
    return searches < SEARCHES && now - at >= AGAIN_MS * 2 ** (searches - 1);
  }

  /** Looks for a room and puts it on show. Never rejects. @param read the plate as it is now */
  async search(read: () => Promise<readonly PlateValues[]> | readonly PlateValues[], colour: ColourMap): Promise<void> {
    const { recaller, onError } = this.#service.options;
    const version = this.#service.version;
    const asked = this.#asked;
    const rooms = this.#candidates;
    const { known } = this.#glance();
    this.#searching = true;
    try {
      const view = emptyRoom(this.#size.width, this.#size.height);
      copyPlate(view, await read(), colour, 1, () => true);
      const { width, height, pitch } = this.#grid;
      const found = await recaller.recall({ rooms, view, ...this.#kind, points: { width, height, pitch } });
      // Meanwhile the camera may have moved, or other rooms may count.
      if (version !== this.#service.version || asked !== this.#asked || this.#still === undefined) return;
      if (found) this.#show(found);
      else this.#failed = { searches: this.#failed.searches + 1, at: this.#now(), known };
    } catch (error) {
      this.#failed = { searches: this.#failed.searches + 1, at: this.#now(), known };
      if (version === this.#service.version) onError(error);
    } finally {
      this.#searching = false;
    }
  }

  /** The plate with what is remembered in it, for who completes the rest. */
  join(grids: readonly PlateValues[]): readonly PlateValues[] {
    const { layer } = this;
    if (!layer) return grids;
    return grids.map((grid, g) => {
      const { has, value } = layer[g]!;
      const count = grid.count.slice();
      const values = grid.value.map((each) => each.slice());
      for (let y = 0, i = 0; y < grid.height; y++) {
        for (let x = 0; x < grid.width; x++, i++) {
          if (count[i] !== 0 || has[i] === 0 || !this.#isTrusted(x << g, y << g)) continue;
          count[i] = 1;
          for (let k = 0; k < values.length; k++) values[k]![i] = value[k]![i]!;
        }
      }
      return { ...grid, count, value: values };
    });
  }

  /** What the plate forgets, the memory forgets, and so does whoever was given it. */
  forgetIn(holes: HoleMap): void {
    this.#memory.forgetIn(holes);
    this.#service.strike(this.#memory.room ?? emptyRoom(this.#size.width, this.#size.height));
  }

  /** Nothing is on show or remembered any more of what this picture was. */
  forget(): void {
    this.#putAway();
    this.#memory.forgetAll();
  }

  /** A room that shows what is hidden now may yet be recognised: what is seen without it would take its place. */
  get #mayFind(): boolean {
    if (this.#recollection || this.#candidates.length === 0 || this.#failed.searches >= SEARCHES) return false;
    return this.#glance().hidden >= WANTED;
  }

  get #candidates(): readonly Room[] {
    const { rooms, own } = this.#service;
    return own ? [...rooms, own] : rooms;
  }

  readonly #isTrusted = (x: number, y: number): boolean => {
    const { cell, width, height } = this.#fit.seam;
    const at = Math.min(height - 1, (y / cell) | 0) * width + Math.min(width - 1, (x / cell) | 0);
    return this.share[at]! >= SHOWN;
  };

  #show(found: Recollection): void {
    this.#recollection = found;
    this.layer = found.layer;
    this.version++;
    this.mix = 0;
    this.#since = this.#now();
    this.#lostGlances = 0;
    this.#failed = { searches: 0, at: Number.NEGATIVE_INFINITY, known: 0 };
    this.#trust.reset();
    this.#trust.measure(found);
    this.#service.recognised(found.index);
  }

  #putAway(): void {
    this.#asked = this.#service.version;
    // A camera in the hand stands still again and again: not so often.
    this.#failed = { ...this.#failed, searches: 0, known: 0 };
    if (!this.#recollection) return;
    this.#recollection = undefined;
    this.layer = undefined;
    this.mix = 0;
    this.#trust.reset();
    this.#service.recognised(undefined);
  }

  #verify(recollection: Recollection): void {
    this.#trust.measure(recollection);
    this.#lostGlances = this.#shownShare(recollection) < LOST ? this.#lostGlances + 1 : 0;
    if (this.#lostGlances < LOST_GLANCES) return;
    const { known } = this.#glance();
    this.#putAway();
    this.#failed = { searches: 1, at: this.#now(), known };
  }

  /** Of what the room could show in the whole picture, the share that is trusted. */
  #shownShare({ low, high }: Recollection): number {
    const { width, count } = this.#grid;
    let [sum, n] = [0, 0];
    for (let i = 0; i < count.length; i++) {
      if (low[i]! > high[i]!) continue;
      n++;
      sum += this.share[((((i / width) | 0) / CELL) | 0) * this.#fit.seam.width + (((i % width) / CELL) | 0)]!;
    }
    return n === 0 ? 0 : sum / n;
  }

  /** Shares of the picture that are hidden and not in the plate, and that are in it. */
  #glance(): { readonly hidden: number; readonly known: number } {
    const { count, visible } = this.#grid;
    let [hidden, known] = [0, 0];
    for (let i = 0; i < count.length; i++) {
      if (count[i] !== 0) known++;
      else if (visible[i] === 0) hidden++;
    }
    return { hidden: hidden / Math.max(1, count.length), known: known / Math.max(1, count.length) };
  }

  #now(): number {
    return this.#service.options.pace === 'synchronous' ? this.#frames * FRAME_MS : performance.now();
  }
}
