import type { PictureBox, PicturePoint } from '../geometry.ts';

/** What is taken out of the picture. */
export type Remove =
  | 'people'
  | 'bystanders'
  | 'nothing'
  | RemovePeople
  | RemoveBystanders
  | RemoveClasses
  | RemoveTargets;

/** Everybody, as `'people'`, with a say in what goes with them. */
export interface RemovePeople {
  /** What goes with them. */
  readonly people: {
    /**
     * Whether what they hold, carry or sit on goes too. Default: `true`. With `false` a thing stays in the picture once
     * it is certain that it is no part of anybody, which takes a second and a room that is known; see docs/targets.md.
     */
    readonly held?: boolean;
  };
}

/** Everybody but one: `'bystanders'` alone keeps the largest, most central person. */
export interface RemoveBystanders {
  /**
   * A point on the person who stays, as a share of the picture's width and height, 0..1, when this comes into force.
   */
  readonly keep: PicturePoint;
}

/** Things of named classes; see docs/targets.md. */
export interface RemoveClasses {
  /** Names that the models know, such as `'bottle'` or `'tv'`: of COCO's 80 with the detector of `fetch-models`. */
  readonly classes: readonly string[];
  /**
   * The models: a folder with the files of `npx clean-plate fetch-models`, or each by its address. Default: `models/`
   * beside the folder `assets`.
   */
  readonly models?: string | URL | ClassModelFiles;
}

/**
 * Things that somebody pointed at; see docs/targets.md. An empty list removes nothing, but learns the room for picks to
 * come.
 */
export interface RemoveTargets {
  /** 16 at most. What is new in the list is picked in the next frame, what is missing from it is shown again. */
  readonly targets: readonly Target[];
}

/** One thing, by a point on it, a box round it or a stroke over it. */
export type Target = {
  /** The app's own name for it. The same name with another pick is picked anew. */
  readonly id: string;
} & (
  | { readonly point: PicturePoint }
  | { readonly box: PictureBox }
  /** The points of a line over it, 1,000 at most. */
  | { readonly stroke: readonly PicturePoint[] }
);

/**
 * At least one of the two. Without a detector the segmenter has to find the things, without a segmenter boxes are
 * hidden.
 */
export interface ClassModelFiles {
  /** A TFLite model for MediaPipe's ObjectDetector, with its labels. */
  readonly detector?: ModelFile;
  /** A TFLite model for MediaPipe's ImageSegmenter, with its labels. */
  readonly segmenter?: ModelFile;
}

/** An address, and the hex sha256 that the file must have where given. */
export type ModelFile = string | URL | { readonly url: string | URL; readonly sha256?: string };
