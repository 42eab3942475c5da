import { describe, expect, it } from 'vitest';
import { roomOf, type Stand, wallOf } from '../../../test/room-scene.ts';
import { mapX, mapY } from '../homography.ts';
import { type RecallInput, recall } from './recall.ts';
import type { Room } from './room.ts';

const [WIDTH, HEIGHT] = [320, 180];
const plain: Stand = { width: WIDTH, height: HEIGHT };
const person = (x: number, y: number) => x > 110 && x < 210 && y > 40;
const wall = wallOf(3);

function input(rooms: readonly Room[], view: Room): RecallInput {
  const points = { width: view.width >> 1, height: view.height >> 1, pitch: 2 };
  return { rooms, view, format: 'I420', yuv: { matrix: 'bt601', fullRange: true }, points };
}

/** A camera that was turned by so many degrees, zoomed and moved, about the middle of the picture. */
function moved(degrees: number, zoom: number, dx: number, dy: number) {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180) / zoom, Math.sin((degrees * Math.PI) / 180) / zoom];
  return (x: number, y: number) => {
    const [u, v] = [x - WIDTH / 2 - dx, y - HEIGHT / 2 - dy];
    return [WIDTH / 2 + c * u - s * v, HEIGHT / 2 + s * u + c * v] as const;
  };
}

/** Mean difference of luma where somebody hides the view, and how much of that is there. */
function inHole(found: NonNullable<ReturnType<typeof recall>>, truth: Room) {
  const { value, has } = found.layer[0]!;
  let [sum, n, all] = [0, 0, 0];
  for (let y = 0, i = 0; y < truth.height; y++) {
    for (let x = 0; x < truth.width; x++, i++) {
      if (!person(x, y)) continue;
      all++;
      if (!has[i]) continue;
      n++;
      sum += Math.abs(value[0]![i]! - truth.y[i]!);
    }
  }
  return { off: sum / n, there: n / all };
}

describe('recall', () => {
  it.each([
    ['as it was', 0, 1, 0, 0],
    ['moved by a third', 0, 1, WIDTH / 3.2, 0],
    ['turned by ten degrees', 10, 1, 0, 0],
    ['nearer', 0, 1.25, 0, 0],
    ['farther, turned and moved', -6, 0.82, -30, 12],
  ])('finds a camera that is %s', (_, degrees, zoom, dx, dy) => {
    const at = moved(degrees, zoom, dx, dy);
    const view = roomOf(wall, { ...plain, at, hidden: person });
    const found = recall(input([roomOf(wall, plain)], view))!;
    expect(found).toBeDefined();
    for (const [x, y] of [
      [40, 30],
      [280, 150],
      [160, 90],
    ] as const) {
      const [u, v] = at(x, y);
      expect(Math.hypot(mapX(found.map, x, y) - u, mapY(found.map, x, y) - v)).toBeLessThan(0.7);
    }
    const { off } = inHole(found, roomOf(wall, { ...plain, at }));
    expect(off).toBeLessThan(4);
  });

  it('brings it into other light: gain, gamma, and a lamp at one side', () => {
    const light = (level: number, c: number, x: number) =>
      255 * (0.75 + 0.05 * c) * (Math.max(0, level) / 255) ** 1.15 + (20 * x) / WIDTH;
    const view = roomOf(wall, { ...plain, light, hidden: person });
    const found = recall(input([roomOf(wall, plain)], view))!;
    const { off, there } = inHole(found, roomOf(wall, { ...plain, light }));
    expect(there).toBe(1);
    expect(off).toBeLessThan(2.5);
  });

  it('finds it at another size and shape: the sides of the picture are cut off', () => {
    const at = (x: number, y: number) => [40 + x / 1.5, y / 1.5] as const;
    const view = roomOf(wall, { width: 360, height: 270, at, hidden: (x) => x > 150 && x < 230 });
    const found = recall(input([roomOf(wall, plain)], view))!;
    expect(found).toBeDefined();
    expect(Math.hypot(mapX(found.map, 300, 200) - 240, mapY(found.map, 300, 200) - 400 / 3)).toBeLessThan(0.7);
  });

  it.each([
    ['another room', roomOf(wallOf(11), plain)],
    ['its mirror image', roomOf(wall, { ...plain, at: (x, y) => [WIDTH - x, y] })],
    ['its negative', roomOf(wall, { ...plain, light: (level) => 255 - level })],
    ['a bare wall', roomOf(() => [128, 128, 128], plain)],
  ])('does not take %s for it', (_, room) => {
    expect(recall(input([room], roomOf(wall, { ...plain, hidden: person })))).toBeUndefined();
  });

  it('takes the one of several that it is', () => {
    const rooms = [5, 3, 8].map((seed) => roomOf(wallOf(seed), plain));
    expect(recall(input(rooms, roomOf(wall, { ...plain, hidden: person })))?.index).toBe(1);
  });

  it('has nothing where the room was not known', () => {
    const room = roomOf(wall, { ...plain, hidden: (x, y) => x > 140 && x < 180 && y > 60 && y < 120 });
    const found = recall(input([room], roomOf(wall, { ...plain, hidden: person })))!;
    expect(found.layer[0]!.has[90 * WIDTH + 160]).toBe(0);
    expect(found.confidence[45 * (WIDTH / 2) + 80]).toBe(0);
    expect(found.layer[0]!.has[90 * WIDTH + 120]).toBe(1);
  });
});
