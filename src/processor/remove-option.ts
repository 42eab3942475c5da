import type { PictureBox, PicturePoint } from '../geometry.ts';

/** What is removed from the picture; see docs/targets.md. */
export type Remove =
  | 'people'
  | 'bystanders'
  | 'nothing'
  | RemovePeople
  | RemoveBystanders
  | RemoveClasses
  | RemoveTargets;

/**
 * People, with what they hold. `'people'` is short for `{ people: {} }`, `'bystanders'` for `{ people: { only:
 * 'bystanders' } }`, `{ keep }` for `{ people: { keep } }`.
 */
export interface RemovePeople {
  /** Who goes. */
  readonly people: {
    /** `bystanders`: everybody but the main person, the largest and most central one unless `keep` says who. */
    readonly only?: 'bystanders';
    /**
     * A point on the one person who stays, as a share of the picture's width and height, 0..1, when this comes into
     * force.
     */
    readonly keep?: PicturePoint;
  };
}

/** Everybody but one, short for `{ people: { keep } }`. */
export interface RemoveBystanders {
  /** See {@link RemovePeople}. */
  readonly keep: PicturePoint;
}

/** Objects of named classes. */
export interface RemoveClasses {
  /** Names that the models know, such as `'bottle'`; COCO's 80 with the detector of `fetch-models`. */
  readonly classes: readonly string[];
  /**
   * The folder that `npx clean-plate fetch-models` writes, or each model by its address. Default: `models/` beside
   * `assets`.
   */
  readonly models?: string | URL | ClassModelFiles;
}

/** Objects that somebody pointed at. An empty list removes nothing, but learns the background. */
export interface RemoveTargets {
  /** 16 at most. New entries are picked in the next frame, missing ones are shown again. */
  readonly targets: readonly Target[];
}

/** One object, by a point on it, a box round it or a stroke over it. */
export type Target = {
  /** The app's own name for it. The same name with another pick is picked anew. */
  readonly id: string;
} & (
  | { readonly point: PicturePoint }
  | { readonly box: PictureBox }
  /** The points of a line over it, 1,000 at most. */
  | { readonly stroke: readonly PicturePoint[] }
);

/** At least one of the two. Without a detector the segmenter finds objects; without a segmenter boxes are hidden. */
export interface ClassModelFiles {
  /** A TFLite model for MediaPipe's ObjectDetector, with its labels. */
  readonly detector?: ModelFile;
  /** A TFLite model for MediaPipe's ImageSegmenter, with its labels. */
  readonly segmenter?: ModelFile;
}

/** An address, optionally with the hex SHA-256 that the file must have. */
export type ModelFile = string | URL | { readonly url: string | URL; readonly sha256?: string };
