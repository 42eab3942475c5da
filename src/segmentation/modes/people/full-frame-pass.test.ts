import { describe, expect, it } from 'vitest';
import { createThumbnail } from '../../vision/thumbnail.ts';
import { FullFramePass } from './full-frame-pass.ts';

const WIDTH = 96;
const HEIGHT = 72;

/** A grey wall with dark boxes in it. */
function frame(...boxes: { x: number; y: number; w: number; h: number }[]) {
  const out = createThumbnail(WIDTH, HEIGHT);
  out.luma.fill(140);
  for (const { x, y, w, h } of boxes) {
    for (let v = y; v < y + h; v++) out.luma.fill(60, v * WIDTH + x, v * WIDTH + x + w);
  }
  return out;
}

const BODY = { x: 40, y: 20, w: 14, h: 52 };
const at = (x: number, y: number) => y * WIDTH + x;

/** MediaPipe has seen the body and nothing else. */
function inferred() {
  const pass = new FullFramePass(WIDTH, HEIGHT);
  for (let y = BODY.y; y < BODY.y + BODY.h; y++) {
    pass.probability.fill(0.9, at(BODY.x, y), at(BODY.x + BODY.w, y));
  }
  pass.take(frame(BODY));
  return pass;
}

describe('FullFramePass', () => {
  it('takes for a person what has moved out of one since the last look', () => {
    const pass = inferred();
    pass.carry(frame(BODY, { x: 54, y: 30, w: 7, h: 4 }));
    expect(pass.probability[at(60, 32)]).toBeGreaterThan(0.2);
    expect(pass.probability[at(60, 40)]).toBe(0);
    expect(pass.probability[at(45, 40)]).toBeCloseTo(0.9);
  });

  it('leaves alone what changes away from people, and what is too far for them to have got to', () => {
    const pass = inferred();
    pass.carry(frame(BODY, { x: 5, y: 5, w: 10, h: 10 }, { x: 54, y: 50, w: 40, h: 3 }));
    expect(pass.probability[at(8, 8)]).toBe(0);
    expect(pass.probability[at(56, 51)]).toBeGreaterThan(0.2);
    expect(pass.probability[at(80, 51)]).toBe(0);
  });

  it('changes nothing where nothing moved but the noise', () => {
    const pass = inferred();
    const before = pass.probability.slice();
    const same = frame(BODY);
    for (let i = 0; i < same.luma.length; i++) same.luma[i]! += ((i * 7919) % 13) - 6;
    pass.carry(same);
    expect(pass.probability).toEqual(before);
  });
});
