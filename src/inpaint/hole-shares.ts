import type { LayerOnShow } from './completion/layer.ts';
import type { SampleGrid } from './sample-grid.ts';
import { CELL } from './seam.ts';

/** Frames from one count to the next. */
const EVERY_FRAMES = 8;
/** Share of the picture that must be missed for a completion to pay where a room is remembered. */
const MIN_MISSED = 0.002;
/** From this share on a place counts as shown by a layer. */
const SHOWN = 0.9;

/** What is shown of the hole by whom, and what nobody shows: counted at the sample points now and then. */
export class HoleShares {
  /** Shares of the hole, 0..1. */
  remembered = 0;
  completed = 0;
  /** A remembered room shows all that was never seen: there is nothing to be completed. */
  isComplete = false;
  #frames = 0;

  /** Every frame, after the grid's look at it. @param cells of the seam in a row. @param pixels in a row */
  look(
    grid: SampleGrid,
    cells: number,
    pixels: number,
    room: LayerOnShow | undefined,
    completion: LayerOnShow | undefined,
  ): void {
    if (!room?.layer) this.remembered = 0;
    if (this.#frames++ % EVERY_FRAMES !== 0) return;
    const { width, count, visible } = grid;
    const [mine, theirs] = [room?.layer?.[0], completion?.layer?.[0]];
    let [hole, remembered, completed, missed] = [0, 0, 0, 0];
    for (let i = 0; i < count.length; i++) {
      if (visible[i] === 1) continue;
      hole++;
      if (count[i] !== 0) continue;
      const j = (i / width) | 0;
      const k = i % width;
      const cell = ((j / CELL) | 0) * cells + ((k / CELL) | 0);
      const at = grid.at(j) * pixels + grid.at(k);
      const own = room && mine?.has[at] ? room.share[cell]! * room.mix : 0;
      remembered += own;
      if (own < SHOWN) missed++;
      if (completion && theirs?.has[at]) completed += (1 - own) * completion.share[cell]! * completion.mix;
    }
    const share = (n: number) => (hole === 0 ? 0 : n / hole);
    this.remembered = share(remembered);
    this.completed = share(completed);
    this.isComplete = mine !== undefined && missed < MIN_MISSED * count.length;
  }
}
