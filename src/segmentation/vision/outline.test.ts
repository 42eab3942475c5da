import { describe, expect, it } from 'vitest';
import { HOLE } from '../../mask.ts';
import { Outline } from './outline.ts';

const [WIDTH, HEIGHT] = [160, 120];
/** Of the picture's diagonal, 200 pixels. */
const BOX = { x: 60, y: 30, width: 30, height: 60 };

/** How far the hole reaches beyond a box that stands in the picture, pixels: to its left near its top, and below it. */
function rims(of: 'people' | 'objects', clean: 0 | 1) {
  const outline = new Outline(WIDTH, HEIGHT, of);
  const body = new Uint8Array(WIDTH * HEIGHT);
  for (let y = BOX.y; y < BOX.y + BOX.height; y++) body.fill(1, y * WIDTH + BOX.x, y * WIDTH + BOX.x + BOX.width);
  outline.draw(body, body, new Uint8Array(WIDTH * HEIGHT).fill(clean));
  const isHole = (x: number, y: number) => outline.hole[y * WIDTH + x]! >= HOLE;
  let [left, below] = [0, 0];
  while (isHole(BOX.x - 1 - left, BOX.y + 10)) left++;
  while (isHole(BOX.x + 15, BOX.y + BOX.height + below)) below++;
  return { left, below };
}

describe('Outline', () => {
  it('leaves more room to the shadow where somebody stands than beside them, before a background that nobody saw', () => {
    expect(rims('people', 0)).toEqual({ left: 2, below: 5 });
  });

  it('keeps the same rim round objects, whichever way up they are', () => {
    expect(rims('objects', 0)).toEqual({ left: 4, below: 4 });
  });

  it('needs little where the background is known, for a shadow shows there', () => {
    expect(rims('people', 1)).toEqual({ left: 1, below: 1 });
  });
});
