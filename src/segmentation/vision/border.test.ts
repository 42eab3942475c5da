import { describe, expect, it } from 'vitest';
import { linkAlongBorder } from './border.ts';

const WIDTH = 8;
const HEIGHT = 6;

function picture(...rows: string[]) {
  return Uint8Array.from(rows.join(''), (each) => (each === '#' ? 1 : 0));
}

const OPEN = picture('########', '########', '########', '########', '########', '########');

describe('linkAlongBorder', () => {
  it('adds what differs at the edge near somebody who touches it, round corners too, and nothing inside', () => {
    const mask = picture('........', '........', '#.......', '........', '........', '........');
    linkAlongBorder(mask, OPEN, WIDTH, HEIGHT, 3);
    expect(mask).toEqual(picture('##......', '#.......', '#.......', '#.......', '#.......', '#.......'));
  });

  it('adds only what is open, and does not go on from there', () => {
    const mask = picture('........', '........', '#.......', '........', '........', '........');
    const open = picture('###.....', '........', '........', '........', '........', '........');
    linkAlongBorder(mask, open, WIDTH, HEIGHT, 3);
    expect(mask).toEqual(picture('##......', '........', '#.......', '........', '........', '........'));
  });

  it('leaves the edge alone where nobody touches it', () => {
    const mask = picture('........', '.#......', '........', '........', '........', '........');
    const before = mask.slice();
    linkAlongBorder(mask, OPEN, WIDTH, HEIGHT, 100);
    expect(mask).toEqual(before);
  });
});
