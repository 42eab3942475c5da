import { describe, expect, it } from 'vitest';
import { checkOptions } from './options.ts';
import { orderOf, sameOrder } from './remove.ts';
import type { Remove } from './remove-option.ts';

const ASSETS = 'https://app.example/clean-plate/assets/';
const PAGE = 'https://app.example/room/';

describe("option 'remove'", () => {
  it.each([
    [
      7,
      /'remove' must be one of 'people', 'bystanders', 'nothing', { people }, { keep }, { classes: \[...\] } or { targets: \[...\] }, not 7/,
    ],
    [{ people: true }, /'remove.people' must be { only, keep }, not true/],
    [{ people: null }, /'remove.people' must be { only, keep }, not null/],
    [{ people: { only: 'me' } }, /'remove.people.only' must be 'bystanders', not 'me'/],
    [{ people: { keep: { x: 2, y: 0 } } }, /'remove.people.keep' \(2, 0\) lies outside the picture/],
    [{ people: { held: false } }, /'remove.people' has no 'held'; it takes 'only' and 'keep'/],
    [{ classes: ['cup'], keep: { x: 0, y: 0 } }, /'remove' must be one thing, not 'keep' and 'classes' at once/],
    [{ keep: 7 }, /'remove.keep' must be { x, y } with numbers/],
    [{ keep: { x: Number.NaN, y: 0 } }, /'remove.keep' must be { x, y } with numbers, not { NaN, 0 }/],
    [{ keep: { x: 0.5, y: 1.01 } }, /'remove.keep' \(0.5, 1.01\) lies outside the picture/],
    [null, /not null/],
    ['bottle', /not 'bottle'/],
    [{}, /not Object/],
    [{ classes: [] }, /'remove.classes' must be a list of at least one/],
    [{ classes: 'bottle' }, /'remove.classes' must be a list/],
    [{ classes: ['bottle', ' '] }, /'remove.classes' holds ' '/],
    [{ classes: ['bottle', 7] }, /'remove.classes' holds 7/],
    [{ classes: Array.from({ length: 101 }, (_, i) => `${i}`) }, /has 101 names; 100 is the most/],
    [{ classes: ['bottle'], models: 7 }, /'remove.models' must be an address or/],
    [{ classes: ['bottle'], models: {} }, /'remove.models' needs a 'detector', a 'segmenter' or both/],
    [{ classes: ['bottle'], models: { detector: 7 } }, /'remove.models.detector' must be an address/],
    [{ classes: ['bottle'], models: { segmenter: { url: '/m', sha256: 'abc' } } }, /segmenter.sha256' must be 64 hex/],
  ])('%j is refused by name', (remove, message) => {
    const check = () => checkOptions({ remove: remove as Remove });
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('becomes absolute addresses: of the app where it gives them, of the package otherwise', () => {
    expect(orderOf('people', ASSETS, PAGE)).toBe('people');
    expect(orderOf({ people: {} }, ASSETS, PAGE)).toBe('people');
    expect(orderOf({ people: { only: 'bystanders' } }, ASSETS, PAGE)).toBe('bystanders');
    const keep = { x: 0.5, y: 1 };
    for (const remove of [{ keep }, { people: { keep } }, { people: { only: 'bystanders', keep } } as const])
      expect(orderOf(remove, ASSETS, PAGE)).toEqual({ keep });
    expect(orderOf({ keep: { x: 0.5, y: 1 } }, ASSETS, PAGE)).toEqual({ keep: { x: 0.5, y: 1 } });
    expect(orderOf({ classes: ['tv', 'tv'] }, ASSETS, PAGE)).toEqual({
      classes: ['tv'],
      detector: { url: 'https://app.example/clean-plate/models/coco_ssd_mobilenet_v1.tflite' },
      segmenter: { url: 'https://app.example/clean-plate/models/deeplabv3.tflite' },
    });
    expect(orderOf({ classes: ['tv'], models: 'models' }, ASSETS, PAGE)).toMatchObject({
      detector: { url: `${PAGE}models/coco_ssd_mobilenet_v1.tflite` },
    });
    const sha256 = 'a'.repeat(64);
    expect(orderOf({ classes: ['tv'], models: { detector: { url: '/d.tflite', sha256 } } }, ASSETS, PAGE)).toEqual({
      classes: ['tv'],
      detector: { url: 'https://app.example/d.tflite', sha256 },
      segmenter: undefined,
    });
    expect(() => orderOf({ classes: ['tv'], models: 'http://[' }, ASSETS, PAGE)).toThrow(/is not an address/);
  });

  it('has one key for the same order', () => {
    const order = () => orderOf({ classes: ['tv'], models: '/m/' }, ASSETS, PAGE);
    expect(sameOrder(order(), order())).toBe(true);
    expect(sameOrder(order(), orderOf({ classes: ['cup'], models: '/m/' }, ASSETS, PAGE))).toBe(false);
  });
});
