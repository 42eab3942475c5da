import type { ColourMap } from '../colour.ts';
import { grown } from '../completion/grow.ts';
import type { PlateValues } from '../completion/sources.ts';
import type { HoleMap } from '../hole-map.ts';
import type { SampleGrid } from '../sample-grid.ts';
import type { TemporalInstability } from '../temporal-instability.ts';
import { copyPlate } from './from-plate.ts';
import type { Recollection } from './recall.ts';
import { copyOfRoom, emptyRoom, forgetBlock, type Room } from './room.ts';

/** Nearer to a hole than this a mask may have missed a part of somebody, pixels in a picture 480 wide. */
const MARGIN = 12;
/**
 * Seconds for which a place must have been seen with no hole near before it is kept: longer than a mask may find
 * somebody late (late-hole.ts).
 */
const CLEAR_S = 1;
/** Seconds without a frame after which a place has to be clear anew: what came meanwhile was covered, not seen. */
const GAP_S = 0.5;
/** Looks that every sample of a place must have had. */
const LOOKS = 4;
/** Seconds from one glance at what is clear to the next, and between two times that something is taken over. */
const GLANCE_S = 0.25;
const BETWEEN_S = 4;
/** Share of the picture that must be new or have changed for it to be worth taking over at once; else it waits. */
const WORTH = 0.005;
const PATIENCE_S = 30;
/** Levels by which a place must have changed to be taken over again. */
const CHANGED = 12;

/** What was clear when the plate was asked for; of use to the memory alone. */
export interface Clearing {
  readonly clear: Uint8Array;
  readonly of: object;
}

/**
 * What of a room is remembered: places of the plate that were seen for a while with nothing to be hidden near them, as
 * they were then. The plate itself goes on learning right up to a mask's edge, and with it a hair that the mask missed;
 * the memory takes nothing over where that may be. It starts anew where the camera moves.
 */
export class RoomMemory {
  readonly #grid: SampleGrid;
  readonly #margin: number;
  /** Holes since the last glance; when each point was last near one, seconds; and whether that is long enough ago. */
  readonly #holes: Uint8Array;
  readonly #near: Float64Array;
  readonly #clear: Uint8Array;
  /** The plate's detail at the points when they were taken over; -1 = were not. */
  readonly #taken: Float32Array;
  #room: Room;
  /** Another one whenever something was forgotten: what was asked of the plate before does not count. */
  #generation = {};
  #now = Number.NEGATIVE_INFINITY;
  #glanced = Number.NEGATIVE_INFINITY;
  #tookAt = Number.NEGATIVE_INFINITY;
  #waits: number | undefined;
  #due = false;

  constructor(grid: SampleGrid, width: number, height: number) {
    const n = grid.count.length;
    this.#grid = grid;
    this.#margin = Math.max(1, Math.ceil((MARGIN * grid.width) / 480));
    this.#holes = new Uint8Array(n);
    this.#near = new Float64Array(n).fill(Number.NaN);
    this.#clear = new Uint8Array(n);
    this.#taken = new Float32Array(n).fill(-1);
    this.#room = emptyRoom(width, height);
  }

  /** As it is now; the caller's own. Undefined where nothing is remembered. */
  get room(): Room | undefined {
    return this.#room.confidence.some((each) => each > 0) ? copyOfRoom(this.#room) : undefined;
  }

  /** Once a frame, after the grid's look at it. @param timestamp microseconds */
  look(timestamp: number): void {
    const { visible } = this.#grid;
    const holes = this.#holes;
    for (let i = 0; i < holes.length; i++) holes[i]! |= 1 - visible[i]!;
    const now = timestamp / 1e6;
    // Without a clock that can be believed all is new.
    if (now < this.#now) this.forgetAll();
    if (now - this.#now > GAP_S) this.#near.fill(Number.NaN);
    this.#now = now;
    if (now - this.#glanced >= GLANCE_S) this.#glance();
  }

  /** Whether there is something to take over. */
  get due(): boolean {
    return this.#due && this.#now - this.#tookAt >= BETWEEN_S;
  }

  /** What may be taken over of the plate as it is now. */
  begin(): Clearing {
    this.#glance();
    this.#tookAt = this.#now;
    this.#due = false;
    this.#waits = undefined;
    return { clear: this.#clear.slice(), of: this.#generation };
  }

  /**
   * Takes it over.
   *
   * @param grids the plate as it was at {@link begin}
   * @returns whether that still counted
   */
  take(
    { clear, of }: Clearing,
    grids: readonly PlateValues[],
    { share, width, cell }: TemporalInstability,
    colour: ColourMap,
  ): boolean {
    if (of !== this.#generation) return false;
    const grid = this.#grid;
    const rows = share.length / width;
    const { pitch } = grid;
    copyPlate(this.#room, grids, colour, LOOKS, (x, y) => {
      const point = Math.min(grid.height - 1, (y / pitch) | 0) * grid.width + Math.min(grid.width - 1, (x / pitch) | 0);
      return (
        clear[point] === 1 &&
        share[Math.min(rows - 1, (y / cell) | 0) * width + Math.min(width - 1, (x / cell) | 0)] === 0
      );
    });
    const plate = grid.plate[grid.detail]!;
    for (let i = 0; i < clear.length; i++) if (clear[i] && grid.count[i]! >= LOOKS) this.#taken[i] = plate[i]!;
    return true;
  }

  /** What the plate forgets, the memory forgets. */
  forgetIn({ half, full }: HoleMap): void {
    this.#generation = {};
    const { width } = full;
    const columns = (width + 1) >> 1;
    const shift = half === full ? 1 : 0;
    for (let y = half.y0; y < half.y1; y++) {
      for (let x = half.x0; x < half.x1; x++) {
        if (half.data[y * half.width + x]) forgetBlock(this.#room, Math.min(columns - 1, x >> shift), y >> shift);
      }
    }
    const grid = this.#grid;
    for (let j = 0, i = 0; j < grid.height; j++) {
      for (let k = 0; k < grid.width; k++, i++) {
        if (full.data[grid.at(j) * width + grid.at(k)] === 0) continue;
        this.#near[i] = Number.NaN;
        this.#clear[i] = 0;
        this.#taken[i] = -1;
      }
    }
  }

  /** The camera moved, or looks at something else. */
  forgetAll(): void {
    this.#generation = {};
    this.#holes.fill(0);
    this.#near.fill(Number.NaN);
    this.#clear.fill(0);
    this.#taken.fill(-1);
    this.#room = emptyRoom(this.#room.width, this.#room.height);
    this.#glanced = Number.NEGATIVE_INFINITY;
    this.#due = false;
    this.#waits = undefined;
  }

  #glance(): void {
    this.#glanced = this.#now;
    const { count, plate, detail, width } = this.#grid;
    const near = grown(this.#holes, width, this.#margin);
    this.#holes.fill(0);
    const now = this.#now;
    let fresh = 0;
    for (let i = 0; i < near.length; i++) {
      if (near[i] || count[i] === 0 || Number.isNaN(this.#near[i]!)) this.#near[i] = now;
      this.#clear[i] = now - this.#near[i]! >= CLEAR_S ? 1 : 0;
      if (this.#clear[i] === 0 || count[i]! < LOOKS) continue;
      if (this.#taken[i]! < 0 || Math.abs(this.#taken[i]! - plate[detail]![i]!) > CHANGED) fresh++;
    }
    if (fresh === 0) return;
    this.#waits ??= now;
    this.#due = fresh > WORTH * near.length || now - this.#waits >= PATIENCE_S;
  }
}

/**
 * Adds to a room what is remembered of a former one where it is verified, so that a corner that nobody saw today is not
 * forgotten for it.
 *
 * @param isTrusted whether what is remembered is shown at this pixel
 */
export function addRemembered(
  room: Room,
  { layer, confidence }: Pick<Recollection, 'layer' | 'confidence'>,
  isTrusted: (x: number, y: number) => boolean,
  colour: ColourMap,
): void {
  const { width, height } = room;
  const missing = room.confidence.map((each, i) => (each === 0 ? confidence[i]! : 0));
  const columns = (width + 1) >> 1;
  const grids = layer.map(({ value, has }, g): PlateValues => {
    const w = g === 0 ? width : columns;
    const count = has.map((each, i) => {
      const block = g === 0 ? (Math.floor(i / w) >> 1) * columns + ((i % w) >> 1) : i;
      return each === 0 ? 0 : missing[block]!;
    });
    const channels = layer.length === 1 ? [0, 1, 2] : g === 0 ? [0] : [1, 2];
    return {
      width: w,
      height: g === 0 ? height : (height + 1) >> 1,
      channels,
      value: value.map((each) => Float32Array.from(each)),
      count,
      doubt: new Uint8Array(count.length),
    };
  });
  copyPlate(room, grids, colour, 1, isTrusted);
}
