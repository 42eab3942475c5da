import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import { Stopwatch } from '../stopwatch.ts';
import { Anchor } from './anchor.ts';
import { type ColourMap, colourMap } from './colour.ts';
import { Completing, CompletionService } from './completion/completing.ts';
import { CompletionPainter } from './completion/completion-painter.ts';
import { Compositor } from './compositor.ts';
import type { Fill, WorkingSize } from './fill.ts';
import { HoleMap } from './hole-map.ts';
import { HoleShares } from './hole-shares.ts';
import type { Inpainter, InpainterOptions, InpaintReport } from './inpainter.ts';
import { LateHole } from './late-hole.ts';
import { type Motion, MotionSearch } from './motion.ts';
import { PhotometricFit } from './photometric-fit.ts';
import { Plate } from './plate.ts';
import { addLayers, type PlateView, viewOf } from './plate-view.ts';
import { PushPullFill } from './push-pull-fill.ts';
import { MemoryService, Remembering } from './room/remembering.ts';
import type { Room } from './room/room.ts';
import { SampleGrid } from './sample-grid.ts';
import { BareMap, UnknownMap } from './unknown-map.ts';
import { WorkingView } from './working-frame.ts';

/** Everything that depends on the picture's format and size; built anew when they change. */
class State {
  readonly holes: HoleMap;
  readonly late = new LateHole();
  readonly plate: Plate;
  readonly sampleGrid: SampleGrid;
  readonly fit: PhotometricFit;
  readonly motion = new MotionSearch();
  readonly anchor: Anchor;
  readonly unknown: UnknownMap;
  readonly bare: BareMap;
  readonly work: WorkingView;
  readonly compositor: Compositor;
  readonly colour: ColourMap;
  readonly completing: Completing | undefined;
  readonly remembering: Remembering | undefined;
  readonly shares = new HoleShares();
  readonly layers: CompletionPainter;
  /** Deviation of the grain at each level. */
  readonly grain = new Float32Array(256);
  time = 0;

  constructor(
    picture: Picture,
    sizes: readonly WorkingSize[] = [],
    completions: CompletionService | undefined,
    memory: MemoryService | undefined,
    grain: boolean,
  ) {
    const { format, width, height, yuv } = picture;
    this.holes = new HoleMap(format, width, height);
    this.plate = new Plate(format, width, height);
    this.sampleGrid = new SampleGrid(format, width, height);
    this.fit = new PhotometricFit(this.sampleGrid, grain);
    this.unknown = new UnknownMap(this.holes);
    this.bare = new BareMap(this.unknown);
    this.anchor = new Anchor(width, height);
    this.work = new WorkingView(width, height, sizes);
    this.compositor = new Compositor(this.plate, this.fit.seam, this.work, width, height);
    this.colour = colourMap(format, yuv);
    this.completing = completions && new Completing(completions, this.sampleGrid, this.fit);
    this.remembering = memory && new Remembering(memory, this.sampleGrid, this.fit, picture);
    this.layers = new CompletionPainter(this.plate, this.fit);
  }
}

/** The {@link Inpainter} of the light tier, and the oracle for the one on the GPU. */
export class CpuInpainter implements Inpainter {
  readonly backend = 'cpu';
  readonly #fill: Fill;
  readonly #completions: CompletionService | undefined;
  readonly #memory: MemoryService | undefined;
  readonly #grain: boolean;
  #state: State | undefined;
  /** What is to be learnt from the last frame. */
  #learn: (() => void) | undefined;
  #key = '';
  #closed = false;

  /**
   * @param options.fill what is shown where nothing was ever seen; the inpainter owns it. Push-pull unless given.
   * @param options.completion completes it, over the fill. Off unless given.
   * @param options.memory remembers the room, over both. Off unless given.
   * @param options.grain false leaves the hole as calm as what it is made of. On unless given.
   */
  constructor(options: InpainterOptions<Fill> = {}) {
    this.#grain = options.grain ?? true;
    this.#fill = options.fill ?? new PushPullFill();
    this.#completions = options.completion && new CompletionService(options.completion);
    this.#memory = options.memory && new MemoryService(options.memory);
  }

  async inpaint(picture: Picture, hole: Mask, timestamp: number): Promise<InpaintReport> {
    if (this.#closed) throw new Error('This inpainter is closed.');
    this.#learn = undefined;
    const state = this.#prepare(picture);
    const { holes, plate, fit, unknown, bare } = state;
    const watch = new Stopwatch();

    const late = state.late.find(hole, timestamp);
    if (late) this.forget(late);
    holes.load(hole);
    watch.lap('hole');
    const motion = follow(state, picture, timestamp);
    // What a fill remembers is of the picture that is gone.
    if (motion.camera === 'lost') this.#fill.reset();
    fit.measure();
    state.completing?.look(motion.camera);
    state.remembering?.look(motion.camera, timestamp);
    state.shares.look(state.sampleGrid, fit.seam.width, picture.width, state.remembering, state.completing);
    watch.lap('light');
    if (this.#memory?.options.pace === 'synchronous') {
      await remember(state);
      watch.lap('remember');
    }
    if (this.#completions?.pace === 'synchronous') await complete(state);

    unknown.load(holes, plate);
    const grain = fit.grain.table(state.grain);
    state.compositor.paintKnown(picture, holes, unknown, plate, fit.exposure, fit.seam, grain, state.time);
    watch.lap('plate');
    // A fill with a memory has to see every frame, and all of it; push-pull has none.
    const whole = this.#fill.name !== 'push-pull';
    const { completing, remembering, layers } = state;
    bare.load();
    const roomCovers = remembering !== undefined && layers.cover(remembering, bare) === 0;
    const covered = roomCovers || (completing !== undefined && layers.cover(completing, bare) === 0);
    const needed = bare.samples > 0 || fit.instability.active;
    if (needed || whole) {
      state.work.build(picture, holes, unknown, fit.instability, state.colour, whole);
      const rgb = await this.#fill.fill(state.work);
      if (needed) {
        state.compositor.paintFill(
          picture,
          holes,
          bare,
          fit.instability,
          state.work,
          rgb,
          state.colour,
          grain,
          state.time,
        );
      }
      watch.lap('fill');
    }
    if (completing && unknown.samples > 0 && !roomCovers) {
      layers.paint(picture, unknown, completing, grain, state.time, covered);
      watch.lap('completed');
    }
    if (remembering?.layer && unknown.samples > 0) {
      layers.paint(picture, unknown, remembering, grain, state.time, roomCovers);
      watch.lap('remembered');
    }
    this.#learn = () => {
      plate.learn(picture, holes, fit.exposure, state.time);
      state.time++;
    };
    return {
      hole: holes.share,
      known: holes.count === 0 ? 1 : 1 - unknown.pixels / holes.count,
      remembered: state.shares.remembered,
      completed: state.shares.completed,
      coverage: state.sampleGrid.coverage,
      camera: motion.camera,
      map: motion.camera === 'moved' ? motion.map : undefined,
      late,
      ms: watch.ms,
    };
  }

  settle(late = false): void {
    this.#learn?.();
    this.#learn = undefined;
    if (!this.#state) return;
    if (this.#memory?.options.pace === 'best-effort') void remember(this.#state);
    if (this.#completions?.pace === 'best-effort') void complete(this.#state, late);
  }

  async view(): Promise<PlateView | undefined> {
    if (!this.#state) return undefined;
    const { plate, fit, colour, remembering, completing } = this.#state;
    const view = viewOf(plate, fit.exposure, colour);
    addLayers(view, [remembering, completing], fit, colour, plate.full);
    return view;
  }

  forget(mask: Mask): void {
    this.#learn = undefined;
    this.#fill.reset();
    if (!this.#state) return;
    const { holes, plate, completing, remembering, anchor } = this.#state;
    completing?.forget();
    anchor.drop();
    holes.load(mask);
    plate.forgetIn(holes);
    remembering?.forgetIn(holes);
  }

  remember(rooms: readonly Room[]): void {
    this.#memory?.remember(rooms);
    this.#state?.remembering?.forget();
  }

  reset(): void {
    this.#drop();
    this.#learn = undefined;
    this.#fill.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
    this.#learn = undefined;
    this.#fill.close();
    this.#completions?.close();
    this.#memory?.close();
  }

  #drop(): void {
    this.#state?.completing?.forget();
    this.#state?.remembering?.forget();
    this.#state = undefined;
  }

  #prepare(picture: Picture): State {
    const { format, width, height, yuv } = picture;
    const key = `${format} ${width}x${height} ${yuv.matrix} ${yuv.fullRange}`;
    if (this.#state && key === this.#key) return this.#state;
    if (this.#key !== '' && key !== this.#key) this.#fill.reset();
    this.#key = key;
    this.#drop();
    this.#state = new State(picture, this.#fill.sizes, this.#completions, this.#memory, this.#grain);
    return this.#state;
  }
}

/** Completes what was never seen, where that pays now. */
async function complete({ completing, remembering, shares, plate, colour }: State, late = false): Promise<void> {
  if (shares.isComplete || !completing?.due(late)) return;
  await completing.run(() => remembering?.join(plate.grids) ?? plate.grids, colour);
}

/** Takes over what is new, and looks for a room where one is missed. */
async function remember({ remembering, plate, colour }: State): Promise<void> {
  if (remembering?.isKeepingDue) await remembering.keep(() => plate.grids, colour);
  if (remembering?.isSearchDue) await remembering.search(() => plate.grids, colour);
}

/** Finds out what the camera did and brings the plate and its samples in line. */
function follow({ sampleGrid, plate, holes, motion, fit, anchor }: State, picture: Picture, timestamp: number): Motion {
  plate.sample(sampleGrid);
  sampleGrid.look(picture, holes);
  const found = motion.find(sampleGrid, picture, holes);
  if (found.camera === 'moved') {
    const move = anchor.move(found.map, timestamp, sampleGrid.coverage);
    if (move.keep) plate.keep();
    if (move.restore) plate.restore();
    if (move.map) plate.warp(move.map);
    fit.move(move);
  }
  if (found.camera === 'lost') {
    plate.forget();
    anchor.drop();
    fit.reset();
  }
  if (found.camera !== 'still') plate.sample(sampleGrid);
  return found;
}
