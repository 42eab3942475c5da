import { describe, expect, it } from 'vitest';
import { HOLE } from '../../../mask.ts';
import { wrapPicture } from '../../../picture.ts';
import { createThumbnail } from '../../vision/thumbnail.ts';
import type { PeopleSource } from '../people-source.ts';
import { CarriedMaskSource } from './mask-source.ts';

const WIDTH = 128;
const HEIGHT = 96;
const SIZE = WIDTH * HEIGHT;
const FRAMES_PER_SECOND = 20;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Something in front of the background. */
interface Thing extends Box {
  readonly colour: readonly [luma: number, cb: number, cr: number];
  /** What MediaPipe makes of it, 0..1. */
  readonly p?: number;
  /** Whether the background behind it is known. Default: yes. */
  readonly known?: boolean;
}

/** A people mode that hides all that is in front of the background, with a rim. */
class FakePeople implements PeopleSource {
  objects: readonly Thing[] = [];
  resets = 0;
  readonly seen = {
    frame: createThumbnail(WIDTH, HEIGHT),
    probability: new Float32Array(SIZE),
    difference: { score: new Float32Array(SIZE), shade: new Uint8Array(SIZE), lit: new Uint8Array(SIZE) },
  };
  readonly #hole = new Uint8Array(SIZE);

  async segment() {
    const { frame, probability, difference } = this.seen;
    frame.luma.fill(120);
    frame.cb.fill(128);
    frame.cr.fill(128);
    probability.fill(0);
    difference.score.fill(0);
    this.#hole.fill(0);
    for (const { x, y, w, h } of this.objects) {
      each({ x: x - 3, y: y - 3, w: w + 6, h: h + 6 }, (i) => (this.#hole[i] = 255));
    }
    for (const { colour, p = 0, known = true, ...box } of this.objects) {
      each(box, (i) => {
        [frame.luma[i], frame.cb[i], frame.cr[i]] = colour;
        probability[i] = p;
        difference.score[i] = known ? 9 : 0;
      });
    }
    return { hole: { width: WIDTH, height: HEIGHT, data: this.#hole }, confidence: 1 };
  }

  settle() {}
  reset() {
    this.resets++;
  }
  close() {}
}

function each({ x, y, w, h }: Box, visit: (i: number) => void) {
  for (let v = Math.max(0, y); v < Math.min(HEIGHT, y + h); v++) {
    for (let u = Math.max(0, x); u < Math.min(WIDTH, x + w); u++) visit(v * WIDTH + u);
  }
}

const SKIRT = [60, 110, 150] as const;
const SKIN = [150, 110, 155] as const;
const GREEN = [110, 110, 95] as const;
const BODY: Thing = { x: 40, y: 30, w: 24, h: 60, colour: SKIRT, p: 0.95 };
const HEAD: Thing = { x: 46, y: 14, w: 12, h: 16, colour: SKIN, p: 0.95 };
const CRATE: Thing = { x: 60, y: 50, w: 40, h: 24, colour: GREEN };
/** The part of it that is not beside the body. */
const FAR_END: Box = { x: 72, y: 54, w: 26, h: 16 };

class Film {
  readonly people = new FakePeople();
  readonly source = new CarriedMaskSource(this.people);
  #frame = 0;
  #hole: Uint8Array = new Uint8Array(SIZE);
  #keep: Uint8Array = new Uint8Array(SIZE);

  /** `check` is called after every frame. */
  async show(seconds: number, objects: readonly Thing[], check?: () => void) {
    this.people.objects = objects;
    for (let n = Math.max(1, Math.round(seconds * FRAMES_PER_SECOND)); n > 0; n--) {
      const picture = wrapPicture('RGBA', WIDTH, HEIGHT, new Uint8Array(4 * SIZE));
      const { hole, keep } = await this.source.segment(picture, (this.#frame++ * 1e6) / FRAMES_PER_SECOND);
      this.#hole = hole.data;
      this.#keep = keep?.data ?? this.#keep;
      check?.();
    }
  }

  /** Share of a box that is hidden. */
  hidden(box: Box): number {
    return this.#share(box, (i) => this.#hole[i]! >= HOLE);
  }

  /** Share of a box that is put back as it is. */
  kept(box: Box): number {
    return this.#share(box, (i) => this.#keep[i]! >= HOLE);
  }

  #share(box: Box, is: (i: number) => boolean): number {
    let [all, some] = [0, 0];
    each(box, (i) => {
      all++;
      if (is(i)) some++;
    });
    return some / all;
  }
}

describe('CarriedMaskSource', () => {
  it('shows a thing after a second, but not beside the body, and nothing of the body', async () => {
    const film = new Film();
    const noBody = () => {
      expect(film.hidden(BODY)).toBe(1);
      expect(film.hidden(HEAD)).toBe(1);
    };
    await film.show(0.9, [CRATE, BODY, HEAD], () => {
      noBody();
      expect(film.hidden(FAR_END)).toBe(1);
    });
    await film.show(1, [CRATE, BODY, HEAD], noBody);
    expect(film.hidden(FAR_END)).toBe(0);
    expect(film.kept(FAR_END)).toBe(1);
    // Its soft outline is shown with it.
    expect(film.kept({ ...FAR_END, x: 100, w: 1 })).toBe(1);
    expect(film.hidden({ x: 64, y: 54, w: 1, h: 16 })).toBe(1);
  });

  it('follows a thing that moves with somebody', async () => {
    const film = new Film();
    await film.show(2, [CRATE, BODY]);
    for (let x = 1; x <= 20; x++) {
      await film.show(0.05, [
        { ...CRATE, x: CRATE.x + x },
        { ...BODY, x: BODY.x + x },
      ]);
      expect(film.hidden({ ...BODY, x: BODY.x + x })).toBe(1);
      expect(film.hidden({ ...FAR_END, x: FAR_END.x + x, w: 24 })).toBeLessThan(0.1);
    }
  });

  it('still shows what somebody put down and left', async () => {
    const film = new Film();
    await film.show(2, [CRATE, BODY]);
    await film.show(1, [CRATE], () => expect(film.hidden(FAR_END)).toBe(0));
  });

  it('hides what MediaPipe takes for somebody now and then: a hand that it drops for most of the time', async () => {
    const film = new Film();
    for (let n = 0; n < 8; n++) {
      await film.show(0.05, [{ ...CRATE, p: 0.12 }, BODY], () => expect(film.hidden(CRATE)).toBe(1));
      await film.show(0.7, [CRATE, BODY], () => expect(film.hidden(CRATE)).toBe(1));
    }
  });

  it('hides what has the colours of somebody in the picture, though MediaPipe never sees it: a leg', async () => {
    const film = new Film();
    const leg = { x: 60, y: 70, w: 40, h: 16, colour: SKIRT };
    await film.show(5, [leg, BODY, HEAD], () => expect(film.hidden(leg)).toBe(1));
  });

  it('hides the hand on a thing that is shown', async () => {
    const film = new Film();
    const hand = { x: 84, y: 56, w: 6, h: 6, colour: SKIN };
    await film.show(3, [CRATE, hand, BODY, HEAD], () => expect(film.hidden(hand)).toBe(1));
    expect(film.hidden({ x: 74, y: 54, w: 6, h: 16 })).toBe(0);
  });

  it('hides a head that MediaPipe loses for a second, before a thing that is shown', async () => {
    const film = new Film();
    const shown = [{ ...CRATE, y: 10, h: 40 }, BODY];
    await film.show(2, [...shown, HEAD]);
    await film.show(0.9, [...shown, { ...HEAD, p: 0 }], () => expect(film.hidden(HEAD)).toBe(1));
  });

  it('hides what came in by itself, and what stands where the room is not known', async () => {
    const film = new Film();
    const alone = { ...CRATE, x: 2, w: 30 };
    await film.show(4, [alone, BODY], () => expect(film.hidden(alone)).toBe(1));
    const unknown = { ...CRATE, known: false };
    await film.show(4, [unknown, BODY], () => expect(film.hidden(unknown)).toBe(1));
  });

  it('forgets with the people mode', async () => {
    const film = new Film();
    await film.show(2, [CRATE, BODY]);
    film.source.reset();
    expect(film.people.resets).toBe(1);
    await film.show(0.5, [CRATE, BODY], () => expect(film.hidden(FAR_END)).toBe(1));
  });
});
