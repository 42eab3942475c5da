import type { Rect } from '../../../geometry.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { ClassModels, Detection } from '../../models/model.ts';
import { type SearchZone, TrackedObjects } from '../../tracking/tracked-objects.ts';
import { searchRect, type Track, Tracks, withMargin } from '../../tracking/tracks.ts';
import { area, eachPixel, overlap } from '../../vision/rects.ts';
import { createThumbnail, gridSize, shrink, type Thumbnail } from '../../vision/thumbnail.ts';
import { type ClassModelOptions, loadClassModels } from './load.ts';
import { type ModelPass, PassSchedule } from './pass-schedule.ts';

/** Likeness from which on a pixel is taken for the class: three logits short of a draw with the best other class. */
const MIN_LIKENESS = 0.047;

/** Share of an object's box that the segmentation must fill to be believed instead of the box. */
const MIN_FILLED_SHARE_OF_BOX = 0.2;

/** Share of an object's pixels that have changed since it was claimed, from which on it is in motion. */
const MOVING_SHARE = 0.25;

/** Frames further apart than this many seconds leave time for two passes each. */
const SLOW_FRAME_SECONDS = 0.07;

/**
 * Objects of named classes -> hole. A detector finds boxes: in the whole frame, in tiles, and in crops where something
 * is new or was lost; a segmenter finds the pixels in them. At most one model runs a frame, and what they said holds
 * until the picture denies it.
 */
export class ClassMaskSource implements MaskSource {
  readonly #models: ClassModels;
  readonly #detectorInput: Thumbnail;
  readonly #segmenterInput: Thumbnail | undefined;
  readonly #likeness: Float32Array;
  #view: ViewState | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(models: ClassModels) {
    this.#models = models;
    const { detector, segmenter } = models;
    this.#detectorInput = createThumbnail(detector.size, detector.size);
    this.#segmenterInput = segmenter && createThumbnail(segmenter.size, segmenter.size);
    this.#likeness = new Float32Array((segmenter?.size ?? 0) ** 2);
  }

  /**
   * Loads MediaPipe and the models.
   *
   * @throws {AssetError} which file failed, and how; or the signal's reason.
   * @throws {UnknownClassError}
   */
  static async create(options: ClassModelOptions): Promise<ClassMaskSource> {
    return new ClassMaskSource(await loadClassModels(options));
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.reset();
    const seconds = (timestamp - this.#timestamp) / 1e6;
    this.#timestamp = timestamp;
    const { width, height } = gridSize(picture);
    const known = this.#view?.thumbnail.width === width && this.#view.thumbnail.height === height;
    const view = known ? this.#view! : this.#createViewState(width, height);
    this.#view = view;
    shrink(picture, view.thumbnail);

    const time = timestamp / 1e6;
    const unverified = view.objects.begin(view.thumbnail, time);
    if (!known) view.schedule.everywhere();
    for (let left = known ? (seconds > SLOW_FRAME_SECONDS ? 2 : 1) : 100; left > 0; left--) {
      const pass = view.schedule.next(time, view.tracks.list, unverified);
      if (!pass) break;
      this.#run(pass, picture, view, time);
      // A first frame takes as long as twenty others: the worker handles messages in between.
      if (!known) await new Promise((resolve) => setTimeout(resolve));
    }
    this.#forgetGone(view, time);
    return view.objects.draw(view.thumbnail, zones(view, time));
  }

  reset(): void {
    this.#view = undefined;
  }

  close(): void {
    this.#models.detector.close();
    this.#models.segmenter?.close();
  }

  #createViewState(width: number, height: number): ViewState {
    const canSegment = ({ name }: Track) => this.#models.segmenter?.knows(name) === true;
    return {
      thumbnail: createThumbnail(width, height),
      objects: new TrackedObjects(width, height),
      tracks: new Tracks(),
      schedule: new PassSchedule(width, height, canSegment),
    };
  }

  #run(pass: ModelPass, picture: Picture, view: ViewState, time: number): void {
    if (pass.kind === 'segment') {
      this.#segmentCrop(pass.track, pass.rect, picture, view);
      return;
    }
    const boxes = this.#find(pass.rect, picture, view.thumbnail);
    if (pass.kind === 'tile') {
      // What is small in a tile is only believed in a crop of its own.
      const unknown = boxes.filter(({ box }) => !view.tracks.list.some((track) => overlap(track.box, box) > 0.3));
      for (const { box } of unknown) view.schedule.crop(box);
      return;
    }
    const cut = (box: Rect) => endsWithCrop(box, pass.rect, view.schedule.whole);
    const { found, missed } = view.tracks.match(boxes, pass.rect, time, cut);
    for (const track of found) this.#found(track, view, time);
    if (pass.kind === 'frame') return;
    for (const track of missed) {
      const { counts, mistake } = view.tracks.miss(track, time);
      if (counts) view.objects.ownership.deny(track.id);
      if (!mistake) continue;
      view.objects.drop(track.id);
      view.tracks.remove(track);
    }
    view.objects.noteInspection(pass.rect);
  }

  #find(rect: Rect, picture: Picture, { width }: Thumbnail): Detection[] {
    const input = this.#detectorInput;
    shrink(picture, input, scaled(rect, picture.width / width));
    const x = rect.width / input.width;
    const y = rect.height / input.height;
    return this.#models.detector.detect(input).map(({ name, score, box }) => ({
      name,
      score,
      box: { x: rect.x + box.x * x, y: rect.y + box.y * y, width: box.width * x, height: box.height * y },
    }));
  }

  #found(track: Track, { objects, thumbnail }: ViewState, time: number): void {
    track.inspected = time;
    const { width, height } = thumbnail;
    const where = withMargin(track.box);
    if (track.needsSegmentation) {
      eachPixel(track.box, width, height, (i) => {
        if (objects.mayBeObject(i)) objects.ownership.make(thumbnail, i, track.id, false);
      });
    } else {
      objects.ownership.confirm(track.id, where);
      // It stands, but in another light, or behind a hand: what of it has changed is segmented again.
      if (isMoving(track, objects)) track.needsSegmentation = true;
    }
    objects.ownership.deny(track.id, where);
  }

  #segmentCrop(track: Track, rect: Rect, picture: Picture, { objects, thumbnail }: ViewState): void {
    const { segmenter } = this.#models;
    const input = this.#segmenterInput;
    if (!segmenter || !input) return;
    const { width, height } = thumbnail;
    shrink(picture, input, scaled(rect, picture.width / width));
    segmenter.segment(input, track.name, this.#likeness);
    const like: number[] = [];
    eachPixel(withMargin(track.box), width, height, (i) => {
      const x = Math.floor((((i % width) + 0.5 - rect.x) * input.width) / rect.width);
      const y = Math.floor(((Math.floor(i / width) + 0.5 - rect.y) * input.height) / rect.height);
      if (x < 0 || y < 0 || x >= input.width || y >= input.height) return;
      if (this.#likeness[y * input.width + x]! >= MIN_LIKENESS) like.push(i);
    });
    // Nothing was segmented: the box stays what is known of it.
    if (like.length < MIN_FILLED_SHARE_OF_BOX * area(track.box)) {
      track.failures++;
      return;
    }
    for (const i of like) objects.ownership.make(thumbnail, i, track.id, true);
    objects.dropBoxClaims(track.id, rect);
    track.segmentedBox = track.box;
    track.needsSegmentation = false;
    track.failures = 0;
  }

  /** An object of which nothing is left in the hole is no longer followed. */
  #forgetGone({ tracks, objects }: ViewState, time: number): void {
    for (const track of [...tracks.list]) {
      if (time - track.seen > 1 && objects.countsOf(track.id).hole === 0) tracks.remove(track);
    }
  }
}

/** What is kept of one camera picture; made anew when its size changes. */
interface ViewState {
  readonly thumbnail: Thumbnail;
  readonly objects: TrackedObjects;
  readonly tracks: Tracks;
  readonly schedule: PassSchedule;
}

function zones({ tracks, objects, thumbnail }: ViewState, time: number): SearchZone[] {
  return tracks.list.map((track) => {
    return { id: track.id, rect: searchRect(track, isMoving(track, objects), time - track.seen, thumbnail.width) };
  });
}

/** Whether much of what was claimed looks different by now. */
function isMoving({ id }: Track, objects: TrackedObjects): boolean {
  const { own, claimed } = objects.countsOf(id);
  return claimed < (1 - MOVING_SHARE) * own;
}

function scaled({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
}

/** Whether a box touches an edge of the crop that is not the frame's. */
function endsWithCrop(box: Rect, crop: Rect, frame: Rect): boolean {
  const near = 0.02 * crop.width;
  return (
    (crop.x > frame.x && box.x < crop.x + near) ||
    (crop.y > frame.y && box.y < crop.y + near) ||
    (crop.x + crop.width < frame.width && box.x + box.width > crop.x + crop.width - near) ||
    (crop.y + crop.height < frame.height && box.y + box.height > crop.y + crop.height - near)
  );
}
