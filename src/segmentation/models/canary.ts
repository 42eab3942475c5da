import { type ModelImage, ModelLostError, type PersonModel } from './model.ts';

/** Side of the known picture, pixels: that of the square model, so that nothing is scaled. */
const SIDE_PX = 256;

/**
 * A model works if it finds this share of the figure at least, and takes no more than that share of the rest for
 * somebody.
 */
const MIN_FOUND_SHARE = 0.8;
const MAX_FALSE_SHARE = 0.2;

/** Probability from which on a pixel counts as found. */
const FOUND_PROBABILITY = 0.5;

/**
 * Inferences after which the model is tried again, whatever it answers: ten seconds of a call, for 0.3 % of its time.
 */
const MAX_INFERENCES = 300;

/** Inferences between two trials, since each costs one. The mask outlives its evidence for longer than so few take. */
const MIN_INFERENCES = 8;

/**
 * A model that must not die unnoticed. A dead one (its graphics context was lost, its memory is damaged) does not
 * throw: it answers "nobody", and whoever was there would be shown. So when it finds nobody in a picture straight after
 * it found somebody, and every so often besides, it is shown a drawn figure that it has to find.
 */
export class CheckedPersonModel implements PersonModel {
  readonly #model: PersonModel;
  #sinceTrial = 0;
  #foundSomebody = false;

  /**
   * Tries the model at once: a first inference takes several times as long as the others, better at the start than in a
   * frame.
   */
  constructor(model: PersonModel) {
    this.#model = model;
    this.#try();
  }

  segment(image: ModelImage, out: Float32Array): void {
    this.#model.segment(image, out);
    const found = findsSomebody(out);
    if (found) this.#foundSomebody = true;
    const due = this.#foundSomebody && !found ? MIN_INFERENCES : MAX_INFERENCES;
    if (++this.#sinceTrial < due) return;
    this.#try();
    this.#foundSomebody = found;
  }

  close(): void {
    this.#model.close();
  }

  #try(): void {
    this.#sinceTrial = 0;
    known ??= drawFigure();
    const { picture, figure } = known;
    const answer = new Float32Array(figure.length);
    this.#model.segment(picture, answer);
    let [size, found, wrong] = [0, 0, 0];
    for (let i = 0; i < figure.length; i++) {
      const person = answer[i]! >= FOUND_PROBABILITY;
      if (figure[i]) size++;
      if (figure[i] && person) found++;
      if (!figure[i] && person) wrong++;
    }
    // Written so that an answer of NaN fails too.
    if (found >= MIN_FOUND_SHARE * size && wrong <= MAX_FALSE_SHARE * (figure.length - size)) return;
    const share = (100 * found) / size;
    throw new ModelLostError(`The person model finds ${share.toFixed(0)} % of a figure that it has to find.`);
  }
}

/** A loop: `some` makes an object of every probability. */
function findsSomebody(probability: Float32Array): boolean {
  for (let i = 0; i < probability.length; i++) if (probability[i]! >= FOUND_PROBABILITY) return true;
  return false;
}

type Rgb = readonly [number, number, number];

/** An ellipse: centre and radii as shares of the picture, colour 0..255. */
type Ellipse = readonly [x: number, y: number, rx: number, ry: number, colour: Rgb];

const WALL: Rgb = [191, 186, 178];

/** Head and shoulders before an even wall, from back to front. */
const FIGURE: readonly Ellipse[] = [
  [0.5, 1.05, 0.34, 0.38, [41, 51, 87]], // shoulders
  [0.5, 0.61, 0.05, 0.13, [184, 133, 107]], // neck
  [0.5, 0.33, 0.145, 0.2, [51, 33, 26]], // hair
  [0.5, 0.38, 0.125, 0.19, [209, 158, 133]], // face
  [0.45, 0.36, 0.02, 0.012, [31, 26, 26]], // eyes
  [0.55, 0.36, 0.02, 0.012, [31, 26, 26]],
  [0.5, 0.48, 0.04, 0.012, [153, 77, 77]], // mouth
];

interface KnownPicture {
  readonly picture: ModelImage;
  /** 1 where somebody is. */
  readonly figure: Uint8Array;
}

/** Drawn when first needed, for all models. */
let known: KnownPicture | undefined;

/** Both selfie models find 99 % of it (`litert.test.ts`). */
function drawFigure(): KnownPicture {
  const rgba = new Uint8ClampedArray(4 * SIDE_PX * SIDE_PX);
  const figure = new Uint8Array(SIDE_PX * SIDE_PX);
  for (let i = 0; i < figure.length; i++) {
    const u = ((i % SIDE_PX) + 0.5) / SIDE_PX;
    const v = (Math.floor(i / SIDE_PX) + 0.5) / SIDE_PX;
    const part = FIGURE.findLast(([x, y, rx, ry]) => ((u - x) / rx) ** 2 + ((v - y) / ry) ** 2 < 1);
    rgba.set([...(part?.[4] ?? WALL), 255], 4 * i);
    figure[i] = part ? 1 : 0;
  }
  return { picture: { width: SIDE_PX, height: SIDE_PX, rgba }, figure };
}
