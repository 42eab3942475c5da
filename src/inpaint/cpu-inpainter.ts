import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import { Stopwatch } from '../stopwatch.ts';
import { type ColourMap, colourMap } from './colour.ts';
import { Compositor } from './compositor.ts';
import type { Fill, WorkingSize } from './fill.ts';
import { grainFor } from './grain.ts';
import { HoleMap } from './hole-map.ts';
import type { Inpainter, InpaintReport } from './inpainter.ts';
import { LateHole } from './late-hole.ts';
import { Light } from './light.ts';
import { type Motion, MotionSearch } from './motion.ts';
import { Plate } from './plate.ts';
import { type PlateView, viewOf } from './plate-view.ts';
import { PushPullFill } from './push-pull-fill.ts';
import { SparseGrid } from './sparse.ts';
import { UnknownMap } from './unknown-map.ts';
import { WorkingView } from './working-frame.ts';

/** Everything that depends on the picture's format and size; built anew when they change. */
class State {
  readonly holes: HoleMap;
  readonly late = new LateHole();
  readonly plate: Plate;
  readonly sparse: SparseGrid;
  readonly light: Light;
  readonly motion = new MotionSearch();
  readonly unknown: UnknownMap;
  readonly work: WorkingView;
  readonly compositor: Compositor;
  readonly colour: ColourMap;
  time = 0;

  constructor({ format, width, height, yuv }: Picture, sizes: readonly WorkingSize[] = []) {
    this.holes = new HoleMap(format, width, height);
    this.plate = new Plate(format, width, height);
    this.sparse = new SparseGrid(format, width, height);
    this.light = new Light(this.sparse);
    this.unknown = new UnknownMap(this.holes);
    this.work = new WorkingView(width, height, sizes);
    this.compositor = new Compositor(this.plate, this.light.seam, this.work, width, height);
    this.colour = colourMap(format, yuv);
  }
}

/** The {@link Inpainter} of the light tier, and the oracle for the one on the GPU. */
export class CpuInpainter implements Inpainter {
  readonly backend = 'cpu';
  readonly #fill: Fill;
  #state: State | undefined;
  /** What is to be learnt from the last frame. */
  #learn: (() => void) | undefined;
  #key = '';
  #closed = false;

  /** @param options.fill what is shown where nothing was ever seen; the inpainter owns it. Push-pull unless given. */
  constructor(options: { readonly fill?: Fill } = {}) {
    this.#fill = options.fill ?? new PushPullFill();
  }

  async inpaint(picture: Picture, hole: Mask): Promise<InpaintReport> {
    if (this.#closed) throw new Error('This inpainter is closed.');
    this.#learn = undefined;
    const state = this.#prepare(picture);
    const { holes, plate, light, unknown } = state;
    const watch = new Stopwatch();

    const late = state.late.find(hole);
    if (late) this.forget(late);
    holes.load(hole);
    watch.lap('hole');
    const motion = follow(state, picture);
    // What a fill remembers is of the picture that is gone.
    if (motion.camera === 'lost') this.#fill.reset();
    light.measure();
    watch.lap('light');

    unknown.load(holes, plate);
    state.compositor.paintKnown(picture, holes, plate, light.exposure, light.seam);
    watch.lap('plate');
    // A fill with a memory has to see every frame, and all of it; push-pull has none.
    const whole = this.#fill.name !== 'push-pull';
    const needed = unknown.samples > 0 || light.unrest.active;
    if (needed || whole) {
      state.work.build(picture, holes, unknown, light.unrest, state.colour, whole);
      const rgb = await this.#fill.fill(state.work);
      if (needed) {
        const noise = grainFor(light.noise);
        state.compositor.paintFill(
          picture,
          holes,
          unknown,
          light.unrest,
          state.work,
          rgb,
          state.colour,
          noise,
          state.time,
        );
      }
      watch.lap('fill');
    }
    this.#learn = () => {
      plate.learn(picture, holes, light.exposure, state.time);
      state.time++;
    };
    return {
      hole: holes.share,
      known: holes.count === 0 ? 1 : 1 - unknown.pixels / holes.count,
      coverage: state.sparse.coverage,
      camera: motion.camera,
      map: motion.camera === 'moved' ? motion.map : undefined,
      ms: watch.ms,
    };
  }

  settle(): void {
    this.#learn?.();
    this.#learn = undefined;
  }

  async view(): Promise<PlateView | undefined> {
    return this.#state && viewOf(this.#state.plate, this.#state.light.exposure, this.#state.colour);
  }

  forget(mask: Mask): void {
    this.#learn = undefined;
    this.#fill.reset();
    if (!this.#state) return;
    const { holes, plate } = this.#state;
    holes.load(mask);
    plate.forgetIn(holes);
  }

  reset(): void {
    this.#state = undefined;
    this.#learn = undefined;
    this.#fill.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state = undefined;
    this.#learn = undefined;
    this.#fill.close();
  }

  #prepare(picture: Picture): State {
    const { format, width, height, yuv } = picture;
    const key = `${format} ${width}x${height} ${yuv.matrix} ${yuv.fullRange}`;
    if (this.#state && key === this.#key) return this.#state;
    if (this.#key !== '' && key !== this.#key) this.#fill.reset();
    this.#key = key;
    this.#state = new State(picture, this.#fill.sizes);
    return this.#state;
  }
}

/** Finds out what the camera did and brings the plate and its samples in line. */
function follow({ sparse, plate, holes, motion, light }: State, picture: Picture): Motion {
  plate.sample(sparse);
  sparse.look(picture, holes);
  const found = motion.find(sparse, picture, holes);
  if (found.camera === 'moved') {
    plate.warp(found.map);
    light.unrest.move();
  }
  if (found.camera === 'lost') {
    plate.forget();
    light.reset();
  }
  if (found.camera !== 'still') plate.sample(sparse);
  return found;
}
