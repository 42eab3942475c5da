import { addNoise, cutout, lay, pixels, untar } from './composite.ts';

/**
 * A composite of two people before a real room: the main one stays, the other one walks from side to side. Lengths in
 * pixels.
 */
export interface Crossing {
  readonly name: string;
  /** Folder of the room's frames in `../shared`, and which of them are taken, in a loop. */
  readonly room: string;
  readonly from: number;
  readonly count: number;
  /** Names in people.tar. */
  readonly main: string;
  readonly bystander: string;
  readonly mainHeight: number;
  readonly bystanderHeight: number;
  /** Where their heads begin. */
  readonly mainTop: number;
  readonly bystanderTop: number;
  /** Whether the bystander passes in front, comes from the right, and rests behind or before the main person. */
  readonly inFront: boolean;
  readonly fromRight: boolean;
  readonly rests: boolean;
  /** How far the main person goes to either side. */
  readonly roams: number;
  /** How far feet and heads sway against each other. */
  readonly mainSways: number;
  readonly bystanderSways: number;
  readonly frames: number;
}

/** Who is seen at a pixel. */
export const MAIN = 1;
export const BYSTANDER = 2;

export interface Composite {
  readonly picture: ImageData;
  /** 0 nobody, {@link MAIN}, {@link BYSTANDER}. */
  readonly who: Uint8Array;
  /** Row below which the bystander's head ends. */
  readonly headBelow: number;
}

/** Frames before the bystander comes. */
const EMPTY = 20;
const NOISE = 1.5;

/** Share of a standing person's height that is the head. */
const HEAD = 0.15;

/**
 * @param shared address of `../shared`
 * @returns what makes frame n; the same in every run
 */
export async function compose(shared: string, crossing: Crossing): Promise<(frame: number) => Promise<Composite>> {
  const { inFront, mainTop, bystanderTop } = crossing;
  const names = [crossing.main, crossing.bystander].flatMap((name) => [`${name}.jpg`, `${name}.png`]);
  const files = await untar(`${shared}/train/people.tar`, names);
  const main = await cutout(files, crossing.main, crossing.mainHeight);
  const bystander = await cutout(files, crossing.bystander, crossing.bystanderHeight);
  return async (frame) => {
    const name = String(crossing.from + (frame % crossing.count)).padStart(5, '0');
    const picture = await pixels(await (await fetch(`${shared}/${crossing.room}/${name}.jpg`)).blob());
    const { width, height, data } = picture;
    const gone = Math.max(0, frame - EMPTY) / (crossing.frames - 1 - EMPTY);
    const way = crossing.rests ? withRest(gone) : gone;
    const x = -bystander.width + way * (width + bystander.width);
    const one = {
      cutout: main,
      x: width / 2 - main.width / 2 + crossing.roams * Math.sin(frame / 9),
      y: mainTop + 3 * Math.sin(frame / 7),
      lean: crossing.mainSways * Math.sin(frame / 8),
    };
    const other = {
      cutout: bystander,
      x: crossing.fromRight ? width - bystander.width - x : x,
      y: bystanderTop + 4 * Math.abs(Math.sin(frame / 3)),
      lean: crossing.bystanderSways * Math.sin(frame / 2.5),
    };
    const order = lay(data, width, height, inFront ? [one, other] : [other, one]);
    const who = inFront ? order : order.map((n) => (n === 0 ? 0 : n === 1 ? BYSTANDER : MAIN));
    addNoise(data, NOISE, frame + 1);
    return { picture, who, headBelow: other.y + HEAD * bystander.height };
  };
}

/** Twice as fast up to the middle, where he stays for a third of the time, and on. */
function withRest(gone: number): number {
  return gone < 1 / 3 ? 1.5 * gone : Math.max(0.5, 1.5 * gone - 0.5);
}
