import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { ClassModels, Found } from '../../models/class-models.ts';
import { Things, type Zone } from '../../tracking/tracked-objects.ts';
import { reach, rimmed, type Track, Tracks } from '../../tracking/tracks.ts';
import { area, eachPixel, overlap } from '../../vision/rects.ts';
import { createThumbnail, type Rect, shrink, type Thumbnail } from '../../vision/thumbnail.ts';
import { gridSize } from '../people/scene.ts';
import { type ClassModelOptions, loadClassModels } from './load.ts';
import { type Look, Looks } from './pass-schedule.ts';

/** Likeness from which on a pixel is taken for the class: three logits short of a draw with the best other class. */
const LIKE = 0.047;

/** Share of a thing's box that the drawing must fill to be believed instead of the box. */
const BELIEVED = 0.2;

/** Share of a thing's pixels that have changed since it was claimed, from which on it is in motion. */
const MOVING = 0.25;

/** Frames further apart than this many seconds leave time for two looks each. */
const SLOW = 0.07;

/**
 * Things of named classes -> hole. A detector finds boxes: in the whole frame, in tiles, and close up where something is new or
 * was lost; a segmenter draws what is in them. At most one model runs a frame, and what they said holds until the picture denies it.
 */
export class ClassMaskSource implements MaskSource {
  readonly #models: ClassModels;
  readonly #seen: Thumbnail;
  readonly #drawn: Thumbnail | undefined;
  readonly #likeness: Float32Array;
  #scene: Scene | undefined;
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
    const known = this.#scene?.thumbnail.width === width && this.#scene.thumbnail.height === height;
    const scene = known ? this.#scene! : this.#createScene(width, height);
    this.#scene = scene;
    shrink(picture, scene.thumbnail);

    const time = timestamp / 1e6;
    const newcomers = scene.things.begin(scene.thumbnail, time);
    if (!known) scene.looks.everywhere();
    for (let left = known ? (seconds > SLOW ? 2 : 1) : 100; left > 0; left--) {
      const look = scene.looks.next(time, scene.tracks.list, newcomers);
      if (!look) break;
      this.#take(look, picture, scene, time);
      // A scene's first frame takes as long as twenty others: the worker hears what it is told in between.
      if (!known) await new Promise((resolve) => setTimeout(resolve));
    }
    this.#forgetGone(scene, time);
    return scene.things.draw(scene.thumbnail, zones(scene, time));
  }

  reset(): void {
    this.#scene = undefined;
  }

  close(): void {
    this.#models.boxes.close();
    this.#models.pixels?.close();
  }

  #createScene(width: number, height: number): Scene {
    const canDraw = ({ name }: Track) => this.#models.pixels?.knows(name) === true;
    return {
      thumbnail: createThumbnail(width, height),
      things: new Things(width, height),
      tracks: new Tracks(),
      looks: new Looks(width, height, canDraw),
    };
  }

  #take(look: Look, picture: Picture, scene: Scene, time: number): void {
    if (look.kind === 'draw') {
      this.#draw(look.track, look.rect, picture, scene);
      return;
    }
    const boxes = this.#find(look.rect, picture, scene.thumbnail);
    if (look.kind === 'tile') {
      // What is small in a tile is only believed when it is looked at.
      const unknown = boxes.filter(({ box }) => !scene.tracks.list.some((track) => overlap(track.box, box) > 0.3));
      for (const { box } of unknown) scene.looks.closer(box);
      return;
    }
    const cut = (box: Rect) => endsWithLook(box, look.rect, scene.looks.whole);
    const { found, missed } = scene.tracks.match(boxes, look.rect, time, cut);
    for (const track of found) this.#found(track, scene, time);
    if (look.kind === 'frame') return;
    for (const track of missed) {
      const { counts, mistake } = scene.tracks.miss(track, time);
      if (counts) scene.things.claims.deny(track.id);
      if (!mistake) continue;
      scene.things.drop(track.id);
      scene.tracks.remove(track);
    }
    scene.things.looked(look.rect);
  }

  #find(rect: Rect, picture: Picture, { width }: Thumbnail): Found[] {
    const seen = this.#seen;
    shrink(picture, seen, scaled(rect, picture.width / width));
    const x = rect.width / seen.width;
    const y = rect.height / seen.height;
    return this.#models.boxes.look(seen).map(({ name, score, box }) => ({
      name,
      score,
      box: { x: rect.x + box.x * x, y: rect.y + box.y * y, width: box.width * x, height: box.height * y },
    }));
  }

  #found(track: Track, { things, thumbnail }: Scene, time: number): void {
    track.looked = time;
    const { width, height } = thumbnail;
    const where = rimmed(track.box);
    if (track.wantsDrawing) {
      eachPixel(track.box, width, height, (i) => {
        if (things.mayBeThing(i)) things.claims.make(thumbnail, i, track.id, false);
      });
    } else {
      things.claims.confirm(track.id, where);
      // It stands, but in another light, or behind a hand: what of it has changed is drawn again.
      if (isMoving(track, things)) track.wantsDrawing = true;
    }
    things.claims.deny(track.id, where);
  }

  #draw(track: Track, rect: Rect, picture: Picture, { things, thumbnail }: Scene): void {
    const { pixels } = this.#models;
    const drawn = this.#drawn;
    if (!pixels || !drawn) return;
    const { width, height } = thumbnail;
    shrink(picture, drawn, scaled(rect, picture.width / width));
    pixels.look(drawn, track.name, this.#likeness);
    const like: number[] = [];
    eachPixel(rimmed(track.box), width, height, (i) => {
      const x = Math.floor((((i % width) + 0.5 - rect.x) * drawn.width) / rect.width);
      const y = Math.floor(((Math.floor(i / width) + 0.5 - rect.y) * drawn.height) / rect.height);
      if (x < 0 || y < 0 || x >= drawn.width || y >= drawn.height) return;
      if (this.#likeness[y * drawn.width + x]! >= LIKE) like.push(i);
    });
    // No drawing: the box stays what is known of it.
    if (like.length < BELIEVED * area(track.box)) {
      track.failures++;
      return;
    }
    for (const i of like) things.claims.make(thumbnail, i, track.id, true);
    things.dropBoxClaims(track.id, rect);
    track.drawnBox = track.box;
    track.wantsDrawing = false;
    track.failures = 0;
  }

  /** A thing of which nothing is left in the hole is no longer followed. */
  #forgetGone({ tracks, things }: Scene, time: number): void {
    for (const track of [...tracks.list]) {
      if (time - track.seen > 1 && things.share(track.id).hole === 0) tracks.remove(track);
    }
  }
}

/** What is kept of one camera picture; made anew when its size changes. */
interface Scene {
  readonly thumbnail: Thumbnail;
  readonly things: Things;
  readonly tracks: Tracks;
  readonly looks: Looks;
}

function zones({ tracks, things, thumbnail }: Scene, time: number): Zone[] {
  return tracks.list.map((track) => {
    return { id: track.id, rect: reach(track, isMoving(track, things), time - track.seen, thumbnail.width) };
  });
}

/** Whether much of what was claimed looks different by now. */
function isMoving({ id }: Track, things: Things): boolean {
  const { own, claimed } = things.share(id);
  return claimed < (1 - MOVING) * own;
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
