/** What the exported network (`training/export.py`) takes and gives, by the names in its graph. */

/** One input. Pictures are 1 x planes x height x width. */
export interface NetworkInput {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

/** The frame at working size and the push-pull fill that the network starts from. */
export const PICTURES = ['frame', 'hole', 'plate', 'known', 'fill'] as const;
export type PictureName = (typeof PICTURES)[number];

const STATE = 'state_';

export const isState = (name: string): boolean => name.startsWith(STATE);
/** The output that is the next frame's `state_x`. */
export const nextOf = (name: string): string => `next_${name.slice(STATE.length)}`;

/** @throws where the graph is not of the kind that `training/export.py` writes. */
export function checkInputs(inputs: readonly NetworkInput[]): void {
  const missing = PICTURES.filter((name) => !inputs.some((input) => input.name === name));
  if (missing.length) throw new Error(`The network has no input ${missing.join(', ')}: not one of ours.`);
  const other = inputs.find(({ name }) => !isState(name) && !PICTURES.includes(name as PictureName));
  if (other) throw new Error(`The network wants an input '${other.name}' that is not known here.`);
}

/** @throws where a frame is not of the size that the network was exported for. */
export function checkSize(inputs: readonly NetworkInput[], size: { width: number; height: number }): void {
  const [, , height, width] = inputs.find(({ name }) => name === 'frame')!.shape;
  if (size.width !== width || size.height !== height) {
    throw new RangeError(`The network paints ${width}x${height}, not ${size.width}x${size.height}.`);
  }
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, each) => product * each, 1);
