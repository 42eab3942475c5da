import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { ClassModels, Detection } from '../../models/class-models.ts';
import { type SearchZone, TrackedObjects } from '../../tracking/tracked-objects.ts';
import { searchRect, type Track, Tracks, withMargin } from '../../tracking/tracks.ts';
import { area, eachPixel, overlap } from '../../vision/rects.ts';
import { createThumbnail, type Rect, shrink, type Thumbnail } from '../../vision/thumbnail.ts';
import { gridSize } from '../people/masker.ts';
import { type ClassModelOptions, loadClassModels } from './load.ts';
import { type ModelPass, PassSchedule } from './pass-schedule.ts';

/** Likeness from which on a pixel is taken for the class: three logits short of a draw with the best other class. */
const MIN_LIKENESS = 0.047;

/** Share of an object's box that the drawing must fill to be believed instead of the box. */
const MIN_FILLED_SHARE_OF_BOX = 0.2;

/** Share of an object's pixels that have changed since it was claimed, from which on it is in motion. */
const MOVING_SHARE = 0.25;

/** Frames further apart than this many seconds leave time for two looks each. */
const SLOW_FRAME_SECONDS = 0.07;

/**
 * Objects of named classes -> hole. A detector finds boxes: in the whole frame, in tiles, and close up where something is new or
 * was lost; a segmenter draws what is in them. At most one model runs a frame, and what they said holds until the picture denies it.
 */
export class ClassMaskSource implements MaskSource {
  readonly #models: ClassModels;
  readonly #seen: Thumbnail;
  readonly #drawn: Thumbnail | undefined;
  readonly #likeness: Float32Array;
  #view: ViewState | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(models: ClassModels) {
    this.#models = models;
    const { boxes, pixels } = models;
    this.#seen = createThumbnail(boxes.size, boxes.size);
    this.#drawn = pixels && createThumbnail(pixels.size, pixels.size);
    this.#likeness = new Float32Array((pixels?.size ?? 0) ** 2);
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
    if (!known) view.looks.everywhere();
    for (let left = known ? (seconds > SLOW_FRAME_SECONDS ? 2 : 1) : 100; left > 0; left--) {
      const look = view.looks.next(time, view.tracks.list, unverified);
      if (!look) break;
      this.#take(look, picture, view, time);
      // A scene's first frame takes as long as twenty others: the worker hears what it is told in between.
      if (!known) await new Promise((resolve) => setTimeout(resolve));
    }
    this.#forgetGone(view, time);
    return view.objects.draw(view.thumbnail, zones(view, time));
  }

  reset(): void {
    this.#view = undefined;
  }

  close(): void {
    this.#models.boxes.close();
    this.#models.pixels?.close();
  }

  #createViewState(width: number, height: number): ViewState {
    const canSegment = ({ name }: Track) => this.#models.pixels?.knows(name) === true;
    return {
      thumbnail: createThumbnail(width, height),
      objects: new TrackedObjects(width, height),
      tracks: new Tracks(),
      looks: new PassSchedule(width, height, canSegment),
    };
  }

  #take(look: ModelPass, picture: Picture, view: ViewState, time: number): void {
    if (look.kind === 'draw') {
      this.#segmentCrop(look.track, look.rect, picture, view);
      return;
    }
    const boxes = this.#find(look.rect, picture, view.thumbnail);
    if (look.kind === 'tile') {
      // What is small in a tile is only believed when it is looked at.
      const unknown = boxes.filter(({ box }) => !view.tracks.list.some((track) => overlap(track.box, box) > 0.3));
      for (const { box } of unknown) view.looks.closer(box);
      return;
    }
    const cut = (box: Rect) => endsWithLook(box, look.rect, view.looks.whole);
    const { found, missed } = view.tracks.match(boxes, look.rect, time, cut);
    for (const track of found) this.#found(track, view, time);
    if (look.kind === 'frame') return;
    for (const track of missed) {
      const { counts, mistake } = view.tracks.miss(track, time);
      if (counts) view.objects.ownership.deny(track.id);
      if (!mistake) continue;
      view.objects.drop(track.id);
      view.tracks.remove(track);
    }
    view.objects.noteInspection(look.rect);
  }

  #find(rect: Rect, picture: Picture, { width }: Thumbnail): Detection[] {
    const seen = this.#seen;
    shrink(picture, seen, scaled(rect, picture.width / width));
    const x = rect.width / seen.width;
    const y = rect.height / seen.height;
    return this.#models.boxes.detect(seen).map(({ name, score, box }) => ({
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
      // It stands, but in another light, or behind a hand: what of it has changed is drawn again.
      if (isMoving(track, objects)) track.needsSegmentation = true;
    }
    objects.ownership.deny(track.id, where);
  }

  #segmentCrop(track: Track, rect: Rect, picture: Picture, { objects, thumbnail }: ViewState): void {
    const { pixels } = this.#models;
    const drawn = this.#drawn;
    if (!pixels || !drawn) return;
    const { width, height } = thumbnail;
    shrink(picture, drawn, scaled(rect, picture.width / width));
    pixels.segment(drawn, track.name, this.#likeness);
    const like: number[] = [];
    eachPixel(withMargin(track.box), width, height, (i) => {
      const x = Math.floor((((i % width) + 0.5 - rect.x) * drawn.width) / rect.width);
      const y = Math.floor(((Math.floor(i / width) + 0.5 - rect.y) * drawn.height) / rect.height);
      if (x < 0 || y < 0 || x >= drawn.width || y >= drawn.height) return;
      if (this.#likeness[y * drawn.width + x]! >= MIN_LIKENESS) like.push(i);
    });
    // No drawing: the box stays what is known of it.
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
      if (time - track.seen > 1 && objects.share(track.id).hole === 0) tracks.remove(track);
    }
  }
}

/** What is kept of one camera picture; made anew when its size changes. */
interface ViewState {
  readonly thumbnail: Thumbnail;
  readonly objects: TrackedObjects;
  readonly tracks: Tracks;
  readonly looks: PassSchedule;
}

function zones({ tracks, objects, thumbnail }: ViewState, time: number): SearchZone[] {
  return tracks.list.map((track) => {
    return { id: track.id, rect: searchRect(track, isMoving(track, objects), time - track.seen, thumbnail.width) };
  });
}

/** Whether much of what was claimed looks different by now. */
function isMoving({ id }: Track, objects: TrackedObjects): boolean {
  const { own, claimed } = objects.share(id);
  return claimed < (1 - MOVING_SHARE) * own;
}

function scaled({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
}

/** Whether a box touches an edge of the look that is not the frame's. */
function endsWithLook(box: Rect, look: Rect, frame: Rect): boolean {
  const near = 0.02 * look.width;
  return (
    (look.x > frame.x && box.x < look.x + near) ||
    (look.y > frame.y && box.y < look.y + near) ||
    (look.x + look.width < frame.width && box.x + box.width > look.x + look.width - near) ||
    (look.y + look.height < frame.height && box.y + box.height > look.y + look.height - near)
  );
}
