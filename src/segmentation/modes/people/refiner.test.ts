import { describe, expect, it } from 'vitest';
import { HOLE } from '../../../mask.ts';
import { createThumbnail, type Thumbnail } from '../../vision/thumbnail.ts';
import { Refiner } from './refiner.ts';

const WIDTH = 96;
const HEIGHT = 72;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A camera on a room: textured wall, noise, and whatever is put into it. */
class Room {
  readonly refiner: Refiner;
  readonly frame: Thumbnail;
  readonly probability: Float32Array;
  hole: Uint8Array = new Uint8Array();
  doubt: Uint8Array = new Uint8Array();
  reason: string | undefined;
  confidence = 1;
  time = 0;
  gain = 1;
  /** Standard deviation of the camera's noise, levels. */
  noise = 1;
  /** How far the camera was pushed, pixels. */
  pushed = { x: 0, y: 0 };
  #seed = 1;

  constructor(
    readonly width = WIDTH,
    readonly height = HEIGHT,
    readonly fps = 10,
  ) {
    this.refiner = new Refiner(width, height);
    this.frame = createThumbnail(width, height);
    this.probability = new Float32Array(width * height);
  }

  /**
   * Shows `seconds` of the same: objects that are seen, and where MediaPipe says "person". Calls `check` after every
   * frame.
   */
  show(
    seconds: number,
    things: readonly (Box & { luma?: number; light?: number; cr?: number })[],
    people: readonly (Box & { p?: number })[] = [],
    check?: () => void,
  ) {
    for (let n = Math.max(1, Math.round(seconds * this.fps)); n > 0; n--) {
      this.#paint(things);
      this.probability.fill(0);
      for (const { p = 0.9, ...box } of people) each(this, box, (i) => (this.probability[i] = p));
      const { hole, doubt, confidence, reason } = this.refiner.refine(this.frame, this.probability, this.time * 1e6);
      this.refiner.settle();
      this.hole = hole.data;
      this.doubt = doubt?.data ?? new Uint8Array();
      this.confidence = confidence;
      this.reason = reason;
      this.time += 1 / this.fps;
      check?.();
    }
  }

  /** Share of a box that is hole. */
  covered(box: Box): number {
    return this.#share(this.hole, box);
  }

  /** Share of a box that is in doubt. */
  doubtful(box: Box): number {
    return this.#share(this.doubt, box);
  }

  #share(mask: Uint8Array, box: Box): number {
    let all = 0;
    let hole = 0;
    each(this, box, (i) => {
      all++;
      if (mask[i]! >= HOLE) hole++;
    });
    return hole / all;
  }

  #paint(things: readonly (Box & { luma?: number; light?: number; cr?: number })[]) {
    const { luma, cb, cr } = this.frame;
    for (let i = 0; i < luma.length; i++) {
      const x = (i % this.width) - this.pushed.x;
      const y = Math.floor(i / this.width) - this.pushed.y;
      luma[i] = 120 + 20 * Math.sin(x / 2.5) + 15 * Math.sin(y / 3);
      cb[i] = 120;
      cr[i] = 135;
    }
    for (const { luma: level, light = 1, cr: red, ...box } of things) {
      each(this, box, (i) => {
        luma[i] = level ?? luma[i]! * light;
        if (red !== undefined) cr[i] = red;
      });
    }
    for (let i = 0; i < luma.length; i++) {
      luma[i] = luma[i]! * this.gain + this.noise * this.#noise();
      if (this.noise <= 1) continue;
      cb[i] = cb[i]! + this.noise * this.#noise();
      cr[i] = cr[i]! + this.noise * this.#noise();
    }
    this.frame.noise = this.noise;
  }

  /** Uniform, standard deviation 1. */
  #noise(): number {
    this.#seed = (this.#seed * 1103515245 + 12345) & 0x7fffffff;
    return (this.#seed / 0x7fffffff - 0.5) * 3.4;
  }
}

function each({ width, height }: { width: number; height: number }, { x, y, w, h }: Box, visit: (i: number) => void) {
  for (let v = Math.max(0, y); v < Math.min(height, y + h); v++) {
    for (let u = Math.max(0, x); u < Math.min(width, x + w); u++) visit(v * width + u);
  }
}

const EVERYTHING: Box = { x: 0, y: 0, w: WIDTH, h: HEIGHT };
const BODY = { x: 40, y: 20, w: 14, h: 40, luma: 40, cr: 150 };
const HEAD = { x: 43, y: 10, w: 8, h: 10, luma: 60, cr: 160 };
const LEGS = { x: 42, y: 60, w: 10, h: 12, luma: 45, cr: 120 };

describe('Refiner', () => {
  it('knows the room through noise, so that who comes in at the edge is seen at once', () => {
    const room = new Room();
    room.noise = 4;
    room.show(1, []);
    const sliver = { x: WIDTH - 6, y: 30, w: 6, h: 30, luma: 30, cr: 150 };
    room.show(0.1, [sliver]);
    expect(room.covered(sliver)).toBe(1);
    expect(room.covered({ x: 0, y: 0, w: 60, h: HEIGHT })).toBe(0);
  });

  it('forgets a head that was learnt before the mask had it, so that it stays hole when it is not seen for a moment', () => {
    const covered = (forgets: boolean) => {
      const room = new Room();
      room.show(0.8, [BODY, HEAD], [BODY]);
      room.show(0.2, [BODY, HEAD], [BODY, HEAD]);
      const head = new Uint8Array(WIDTH * HEIGHT);
      each(room, HEAD, (i) => (head[i] = 255));
      if (forgets) room.refiner.forget({ width: WIDTH, height: HEIGHT, data: head });
      room.show(0.2, [BODY, HEAD], [BODY]);
      return room.covered(HEAD);
    };
    expect(covered(false)).toBeLessThan(0.6);
    expect(covered(true)).toBe(1);
  });

  it('leaves an empty room alone, at any exposure that drifts', () => {
    const room = new Room();
    room.show(2, []);
    for (room.gain = 1; room.gain < 1.25; room.gain += 0.01) {
      room.show(0.1, [], [], () => expect(room.covered(EVERYTHING)).toBe(0));
    }
  });

  it('covers a person from the first frame, and grows by the size of the picture', () => {
    const rims = [2, 4].map((scale) => {
      const room = new Room(WIDTH * scale, HEIGHT * scale);
      const body = { x: 40 * scale, y: 20 * scale, w: 14 * scale, h: 30 * scale };
      room.show(0.1, [{ ...body, luma: 40 }], [body]);
      expect(room.covered(body)).toBe(1);
      let hole = 0;
      each(room, { x: 0, y: 35 * scale, w: WIDTH * scale, h: 1 }, (i) => (hole += room.hole[i]! >= HOLE ? 1 : 0));
      return (hole - body.w) / 2;
    });
    expect(rims[0]).toBeGreaterThanOrEqual(1);
    expect(rims[1]! / rims[0]!).toBeCloseTo(2, -0.3);
  });

  it('covers what MediaPipe misses of a person once the room is known: head, legs, shadow', () => {
    const room = new Room();
    room.show(1, []);
    const shadow = { x: 54, y: 50, w: 12, h: 22, light: 0.85 };
    room.show(0.5, [shadow, BODY, HEAD, LEGS], [BODY]);
    for (const part of [BODY, HEAD, LEGS]) expect(room.covered(part)).toBe(1);
    // The camera's grid here is so coarse that a pixel of rim is a quarter of the shadow.
    expect(room.covered({ x: 55, y: 51, w: 10, h: 20 })).toBeGreaterThan(0.97);
    expect(room.covered({ x: 0, y: 0, w: 30, h: HEIGHT })).toBe(0);
  });

  it('never learns somebody who sits still for ten minutes, nor what MediaPipe misses of them', () => {
    const room = new Room(WIDTH, HEIGHT, 2);
    room.show(2, []);
    room.show(600, [BODY, HEAD, LEGS], [BODY], () => {
      for (const part of [BODY, HEAD, LEGS]) expect(room.covered(part)).toBe(1);
    });
  }, 60_000);

  it('does not blink when MediaPipe loses somebody for a second', () => {
    const room = new Room();
    room.show(1, []);
    room.show(2, [BODY, HEAD], [BODY, HEAD]);
    room.show(1, [BODY, HEAD], [], () => expect(room.covered(BODY)).toBe(1));
  });

  it('never shows somebody who was seen, lies down and is not found any more; covers them after a minute, and says so', () => {
    const room = new Room(WIDTH, HEIGHT, 5);
    room.show(1, []);
    room.show(2, [BODY, HEAD], [BODY, HEAD]);
    const lying = { ...BODY, x: 30, y: 50, w: 40, h: 14 };
    room.show(55, [lying], [], () => {
      expect(room.covered(lying)).toBe(1);
      expect(room.doubtful(lying)).toBe(0);
    });
    room.show(10, [lying], [], () => expect(room.covered(lying)).toBe(1));
    room.show(20, [lying], [], () => expect(room.doubtful(lying)).toBe(1));
    expect(room.reason).toMatch(/not been found for a minute/);
    // They get up and go.
    room.show(2, []);
    expect(room.covered(EVERYTHING)).toBe(0);
    expect(room.reason).toBeUndefined();
  }, 60_000);

  it('does not take somebody for furniture because another one is seen elsewhere', () => {
    const room = new Room(WIDTH, HEIGHT, 5);
    room.show(1, []);
    const other = { ...BODY, x: 5 };
    room.show(2, [BODY], [BODY]);
    room.show(30, [BODY, other], [other], () => expect(room.covered(BODY)).toBe(1));
  });

  it('hides somebody under a cover of another colour, covers it after a minute, and says so', () => {
    const room = new Room(WIDTH, HEIGHT, 5);
    room.show(1, []);
    room.show(2, [BODY, HEAD], [BODY, HEAD]);
    const blanket = { ...BODY, luma: 200, cr: 110 };
    room.show(59, [blanket], [], () => {
      expect(room.covered(blanket)).toBe(1);
      expect(room.doubtful(blanket)).toBe(0);
    });
    room.show(40, [blanket], [], () => expect(room.covered(blanket)).toBe(1));
    expect(room.doubtful(blanket)).toBe(1);
    expect(room.reason).toMatch(/not been found for a minute/);
    // They look out of it.
    room.show(1, [blanket, HEAD], [HEAD]);
    expect(room.covered(blanket)).toBe(1);
    expect(room.doubtful(EVERYTHING)).toBe(0);
    expect(room.reason).toBeUndefined();
  }, 60_000);

  it('does the same to somebody who hid while another one was there and still is seen', () => {
    const room = new Room(WIDTH, HEIGHT, 5);
    room.show(1, []);
    const other = { ...BODY, x: 5 };
    const blanket = { ...BODY, x: 60, luma: 200, cr: 110 };
    for (let x = 5; x < 60; x += 8) room.show(0.2, [other, { ...BODY, x }], [other, { ...BODY, x }]);
    room.show(1, [other, { ...BODY, x: 60 }], [other, { ...BODY, x: 60 }]);
    room.show(70, [other, blanket], [other], () => expect(room.covered(blanket)).toBe(1));
    expect(room.doubtful(blanket)).toBe(1);
    expect(room.doubtful(other)).toBe(0);
  }, 60_000);

  it('does not cover somebody who sits still for ten minutes and is found', () => {
    const room = new Room(WIDTH, HEIGHT, 2);
    room.show(2, []);
    room.show(600, [BODY, HEAD], [HEAD], () => expect(room.doubtful(EVERYTHING)).toBe(0));
  }, 60_000);

  it('does not cover a shadow for good that was beside somebody and stays when they have gone', () => {
    const room = new Room(WIDTH, HEIGHT, 5);
    room.show(1, []);
    const shadow = { x: 60, y: 20, w: 30, h: 40, light: 0.75 };
    for (let x = 50; x < WIDTH; x += 8) room.show(0.2, [shadow, { ...BODY, x }], [{ ...BODY, x }]);
    room.show(70, [shadow], [], () => expect(room.doubtful(EVERYTHING)).toBe(0));
    expect(room.reason).toBeUndefined();
    expect(room.covered(shadow)).toBeGreaterThan(0.85);
  }, 60_000);

  it.each([
    ['alone', []],
    ['while another one is there', [{ ...BODY, x: 80 }]],
  ])(
    'does not cover the room after somebody moved a chair and left it, %s',
    (_, others) => {
      const room = new Room(WIDTH, HEIGHT, 5);
      const chair = { x: 20, y: 45, w: 12, h: 14, luma: 200, cr: 110 };
      const moved = { ...chair, x: 44 };
      room.show(1, [chair]);
      room.show(1, [chair, ...others], others);
      const at = (x: number) => [...others, { ...BODY, x }];
      room.show(1, [moved, ...at(40)], at(40));
      for (let x = 32; x > -16; x -= 8) room.show(0.2, [moved, ...at(x)], at(x));
      room.show(100, [moved, ...others], others, () => expect(room.doubtful(EVERYTHING)).toBe(0));
      expect(room.covered(moved)).toBe(0);
    },
    60_000,
  );

  it.each([
    [1, 100],
    [3.5, 20],
  ])(
    'hides somebody who keeps still before a room that nobody has seen, when MediaPipe loses them, until they go: noise %d',
    (noise, seconds) => {
      const room = new Room(WIDTH, HEIGHT, 5);
      room.noise = noise;
      room.show(3, [BODY, HEAD], [BODY, HEAD]);
      room.show(seconds, [BODY, HEAD], [], () => {
        for (const part of [BODY, HEAD]) expect(room.covered(part)).toBe(1);
      });
      room.show(3, []);
      expect(room.covered(EVERYTHING)).toBe(0);
    },
  );

  it('hides a face behind a mug, before a room that nobody has seen, while the rest of them is found', () => {
    const room = new Room(WIDTH, HEIGHT, 5);
    room.show(3, [BODY, HEAD], [BODY, HEAD]);
    room.show(30, [BODY, HEAD], [BODY], () => expect(room.covered(HEAD)).toBe(1));
  });

  it('holds a hand that MediaPipe drops for a few frames although the room behind was never seen', () => {
    const room = new Room();
    const hand = { x: 60, y: 30, w: 5, h: 5, luma: 90, cr: 160 };
    room.show(1, [BODY, hand], [BODY, hand]);
    room.show(0.3, [BODY, hand], [BODY], () => expect(room.covered(hand)).toBe(1));
  });

  it('leaves no trail behind somebody fast', () => {
    const room = new Room();
    room.show(1, []);
    for (let x = 0; x < 70; x += 8) {
      const body = { ...BODY, x };
      room.show(0.1, [body], [body]);
      expect(room.covered(body)).toBe(1);
      expect(room.covered({ x: 0, y: 0, w: Math.max(0, x - 4), h: HEIGHT }) || 0).toBe(0);
    }
  });

  it('covers somebody who comes in at the edge before MediaPipe sees them', () => {
    const room = new Room();
    room.show(1, []);
    for (let w = 4; w < 14; w += 2) {
      const shoulder = { ...BODY, x: 0, w };
      room.show(0.1, [shoulder], [], () => expect(room.covered(shoulder)).toBe(1));
    }
  });

  it('covers the first sliver of somebody at the edge, but no speck inside the picture', () => {
    const room = new Room();
    room.show(1, []);
    const sliver = { ...BODY, x: 0, w: 1, h: 6 };
    const speck = { ...BODY, x: 60, w: 1, h: 2 };
    room.show(0.1, [sliver, speck]);
    expect(room.covered(sliver)).toBe(1);
    expect(room.covered(speck)).toBe(0);
  });

  it('takes what is dark at the edge for a sleeve beside somebody who comes in there, else for a shadow', () => {
    const dark = { x: 0, y: 6, w: 3, h: 6, light: 0.6 };
    const alone = new Room();
    alone.show(1, []);
    alone.show(0.1, [dark]);
    expect(alone.covered(dark)).toBe(0);
    const room = new Room();
    room.show(1, []);
    room.show(0.1, [dark, { ...BODY, x: 0, w: 3 }]);
    expect(room.covered(dark)).toBe(1);
  });

  it('learns a chair that somebody moved and left, within seconds', () => {
    const room = new Room();
    const chair = { x: 20, y: 45, w: 12, h: 14, luma: 200, cr: 110 };
    const moved = { ...chair, x: 56 };
    room.show(1, [chair]);
    room.show(1, [moved, BODY], [BODY]);
    const away = { ...BODY, x: 10 };
    room.show(0.5, [moved, away], [away]);
    room.show(6, [moved]);
    expect(room.covered(EVERYTHING)).toBe(0);
    room.show(2, [moved], [], () => expect(room.covered(EVERYTHING)).toBe(0));
  });

  it('learns what one of two people moved who had met, also when they leave while the other stays', () => {
    const room = new Room();
    const chair = { x: 20, y: 45, w: 12, h: 14, luma: 200, cr: 110 };
    const moved = { ...chair, x: 62 };
    const show = (thing: Box, ...at: number[]) => {
      const people = at.map((x) => ({ ...BODY, x }));
      room.show(0.3, [thing, ...people], people);
    };
    room.show(1, [chair]);
    for (const x of [0, 8, 16, 24, 32, 40]) show(chair, x, 80);
    for (const x of [46, 52, 58]) show(moved, x, 80 - 6);
    for (const x of [50, 42, 34, 26, 18, 10, 2, -6, -14]) show(moved, x, 80);
    const stays = { ...BODY, x: 80 };
    room.show(6, [moved, stays], [stays]);
    expect(room.covered({ ...moved, w: 8 })).toBe(0);
    expect(room.covered(stays)).toBe(1);
  });

  it('relearns after the light was switched on, and shows nobody meanwhile', () => {
    const room = new Room();
    room.gain = 0.35;
    room.show(1, []);
    const people = [BODY, HEAD];
    room.show(2, people, people);
    room.gain = 1.4;
    room.show(3, people, people, () => {
      for (const part of people) expect(room.covered(part)).toBe(1);
    });
    expect(room.covered({ x: 0, y: 0, w: 25, h: HEIGHT })).toBe(0);
    room.show(1, []);
    expect(room.covered({ x: 0, y: 0, w: 25, h: HEIGHT })).toBe(0);
    // The background is known again: it covers what MediaPipe misses.
    const shoulder = { ...BODY, x: 0, w: 6 };
    room.show(0.2, [shoulder]);
    expect(room.covered(shoulder)).toBe(1);
  });

  it('covers where somebody may have got to when the light changes and MediaPipe does not see them', () => {
    const room = new Room();
    room.gain = 0.35;
    room.show(1, []);
    room.show(1, [BODY, HEAD], [BODY, HEAD]);
    expect(room.doubtful(EVERYTHING)).toBe(0);
    room.gain = 1.4;
    const moved = [BODY, HEAD].map((box) => ({ ...box, x: box.x + 6 }));
    room.show(0.1, moved, []);
    for (const box of [BODY, HEAD, ...moved]) expect(room.doubtful(box)).toBe(1);
    expect(room.doubtful({ x: 0, y: 0, w: 20, h: HEIGHT })).toBe(0);
    expect(room.confidence).toBe(1);
    room.show(0.2, moved, moved);
    expect(room.doubtful(EVERYTHING)).toBe(0);
    for (const box of moved) expect(room.covered(box)).toBe(1);
  });

  it('covers a large region that MediaPipe takes for somebody by half, alone, until the room says what it is', () => {
    const room = new Room();
    const ghost = { x: 60, y: 20, w: 12, h: 30, luma: 90, cr: 150 };
    const unsure = { ...ghost, p: 0.14 };
    room.show(0.2, [ghost, BODY], [BODY, unsure]);
    expect(room.doubtful(ghost)).toBe(1);
    // A rim round it is hole too, so that nothing is learnt of what the cover reaches.
    expect(room.covered({ x: ghost.x - 2, y: ghost.y - 2, w: ghost.w + 4, h: ghost.h + 4 })).toBe(1);
    expect(room.doubtful({ x: 0, y: 0, w: 56, h: HEIGHT })).toBe(0);
    // It leaves, the wall behind it is learnt: what MediaPipe makes of the wall no longer matters.
    room.show(1, [BODY], [BODY]);
    room.show(0.5, [BODY], [BODY, unsure]);
    expect(room.doubtful(EVERYTHING)).toBe(0);
    expect(room.covered({ ...ghost, x: 64, w: 8 })).toBe(0);
  });

  it('does not doubt over a speck, or over what MediaPipe rules out', () => {
    const room = new Room();
    room.show(
      0.2,
      [],
      [
        { x: 20, y: 20, w: 4, h: 4, p: 0.15 },
        { x: 60, y: 20, w: 20, h: 30, p: 0.03 },
      ],
    );
    expect(room.doubtful(EVERYTHING)).toBe(0);
  });

  it('learns nothing from a frame that cannot be judged, and knows the room afterwards', () => {
    const room = new Room();
    room.show(1, []);
    room.gain = 0.05;
    for (let n = 0; n < 30; n++) {
      room.refiner.skip('too dark');
      room.refiner.settle();
    }
    room.gain = 1;
    room.show(0.1, [BODY], [], () => expect(room.confidence).toBe(1));
    expect(room.covered(BODY)).toBe(1);
    expect(room.covered({ x: 0, y: 0, w: 30, h: HEIGHT })).toBe(0);
  });

  it('keeps somebody covered whom MediaPipe never sees, who comes in and then stands still', () => {
    const room = new Room();
    room.show(1, []);
    for (let x = -14; x <= 40; x += 6) room.show(0.1, [{ ...BODY, x }]);
    room.show(30, [BODY], [], () => expect(room.covered(BODY)).toBe(1));
  });

  it.each([
    [2, 1],
    [1.5, -0.5],
  ])('follows a camera that is pushed by %d, %d pixels while somebody stays in the picture', (x, y) => {
    const room = new Room();
    room.show(1, []);
    room.show(1, [BODY, HEAD], [BODY, HEAD]);
    const before = room.covered(EVERYTHING);
    room.pushed = { x, y };
    // As the pipeline does: the mask first, then where the camera went, then what is learnt.
    const settle = room.refiner.settle.bind(room.refiner);
    room.refiner.settle = () => {
      room.refiner.follow([1, 0, -x, 0, 1, -y, 0, 0]);
      room.refiner.settle = settle;
      settle();
    };
    room.show(2, [BODY, HEAD], [BODY, HEAD], () => {
      for (const part of [BODY, HEAD]) expect(room.covered(part)).toBe(1);
    });
    expect(room.covered(EVERYTHING)).toBeLessThan(1.2 * before);
    // The background is still known: it finds what MediaPipe misses.
    room.show(0.2, [BODY, HEAD, LEGS], [BODY]);
    for (const part of [HEAD, LEGS]) expect(room.covered(part)).toBe(1);
  });

  it('does not take a lamp for somebody', () => {
    const room = new Room();
    room.show(1, []);
    room.show(1, [BODY], [BODY]);
    const lit = { x: 54, y: 10, w: 42, h: 50, light: 1.5 };
    room.show(12, [lit, BODY], [BODY]);
    expect(room.covered(BODY)).toBe(1);
    expect(room.covered({ x: 62, y: 14, w: 30, h: 40 })).toBeLessThan(0.2);
  });
});
