import { describe, expect, it } from 'vitest';
import { checkOptions } from './options.ts';
import { orderOf, sameOrder } from './remove.ts';
import type { Remove } from './remove-option.ts';
import { withoutFrames } from './targets.ts';

const point = { x: 0.5, y: 0.5 };
const order = (targets: unknown) => orderOf({ targets } as Remove, 'https://app.example/a/', 'https://app.example/');

describe("option 'remove.targets'", () => {
  it.each([
    ['bottle', /'remove.targets' must be a list of targets, not 'bottle'/],
    [Array.from({ length: 1000 }, (_, i) => ({ id: `${i}`, point })), /has 1000 targets; 16 is the most/],
    [[{ point }], /every target needs an 'id', 1 to 100 characters, not undefined/],
    [[7], /needs an 'id'/],
    [[{ id: ' ', point }], /not ' '/],
    [
      [
        { id: 'a', point },
        { id: 'a', point },
      ],
      /two targets with the id 'a'/,
    ],
    [[{ id: 'a' }], /Target 'a' needs one of 'point', 'box' or 'stroke'; it has 0/],
    [[{ id: 'a', point, stroke: [point] }], /it has 2/],
    [
      [{ id: 'a', point: { x: Number.NaN, y: 0 } }],
      /Target 'a': its point must be { x, y } with numbers, not { NaN, 0 }/,
    ],
    [[{ id: 'a', point: 7 }], /with numbers, not { undefined, undefined }/],
    [
      [{ id: 'a', point: { x: 320, y: 240 } }],
      /\(320, 240\) lies outside the picture.*divide pixels by the picture's size/,
    ],
    [[{ id: 'a', point: { x: 0, y: -0.1 } }], /lies outside the picture/],
    [[{ id: 'a', box: { x: 0, y: 0, width: 0, height: 1 } }], /its box is empty: 0 wide and 1 high/],
    [[{ id: 'a', box: { x: 0.6, y: 0, width: 0.5, height: 1 } }], /lies partly outside the picture/],
    [[{ id: 'a', box: { x: 0, y: 0, width: Number.POSITIVE_INFINITY, height: 1 } }], /must be { x, y, width, height }/],
    [[{ id: 'a', stroke: [] }], /its stroke must be a list of at least one/],
    [[{ id: 'a', stroke: [point, { x: 2, y: 0 }] }], /its stroke, point 1 \(2, 0\) lies outside/],
    [[{ id: 'a', stroke: Array(1001).fill(point) }], /has 1001 points; 1000 is the most/],
  ])('%j is refused by name', (targets, message) => {
    const check = () => checkOptions({ remove: { targets } as Remove });
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('takes points, boxes, strokes, the edges of the picture, and none at all', () => {
    const box = { x: 0, y: 0, width: 1, height: 1 };
    const targets = [
      { id: 'a', point: { x: 1, y: 0 } },
      { id: 'b', box },
      { id: 'c', stroke: [point] },
    ];
    checkOptions({ remove: { targets } });
    checkOptions({ remove: { targets: [] } });
    expect(order(targets)).toEqual({
      targets: [
        { id: 'a', pick: { point: { x: 1, y: 0 } } },
        { id: 'b', pick: { box } },
        { id: 'c', pick: { stroke: [point] } },
      ],
    });
    expect(sameOrder(order(targets), order(targets))).toBe(true);
    expect(sameOrder(order(targets), order(targets.slice(1)))).toBe(false);
  });

  it('holds for other frames only as stale picks; other orders hold as they are', () => {
    expect(withoutFrames(order([{ id: 'a', point }]))).toMatchObject({ stale: true });
    expect(withoutFrames('people')).toBe('people');
  });
});
