import { expect, it } from 'vitest';
import { grown } from './grow.ts';

it('reaches so many pixels to every side, and not over an edge', () => {
  const map = Uint8Array.from('1000000 0000000 0000000 0000000 0000001 0000000'.replaceAll(' ', ''), Number);
  const rows = Array.from(grown(map, 7, 2))
    .join('')
    .match(/.{7}/g);
  expect(rows).toEqual(['1110000', '1110000', '1110111', '0000111', '0000111', '0000111']);
});
