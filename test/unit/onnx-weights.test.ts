import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { shareWeights } from '../../tools/onnx-weights.mjs';

const LOCATION = 'all.weights';

/** A protobuf message of fields that have a length, all short. */
const message = (...fields: (readonly [number, Buffer | string])[]) =>
  Buffer.concat(
    fields.flatMap(([number, value]) => {
      const data = Buffer.from(value);
      const length = data.length < 128 ? [data.length] : [(data.length % 128) + 128, Math.floor(data.length / 128)];
      return [Buffer.from([(number << 3) | 2, ...length]), data];
    }),
  );
/** ModelProto with one initializer (name 8, raw_data 9) and a node, whose attribute holds a tensor as well. */
const model = (name: string, data: Buffer) =>
  message([7, message([1, 'a node'], [5, message([8, name], [9, data])], [2, name])]);

describe('the weights that networks share', () => {
  const data = Buffer.alloc(2000, 7);
  const other = Buffer.alloc(1500, 9);

  it('are in one file, once, and the models name their places', () => {
    const { weights, models } = shareWeights(
      { a: model('a', data), b: model('b', data), c: model('c', other) },
      LOCATION,
    );
    expect(weights.subarray(0, 2000)).toEqual(data);
    expect(weights.subarray(2048, 3548)).toEqual(other);
    expect(weights.length).toBe(2048 + 1536);
    const place = (offset: number, length: number) =>
      Object.entries({ location: LOCATION, offset, length }).map(
        ([key, value]) => [13, message([1, key], [2, String(value)])] as const,
      );
    const external = Buffer.from([14 << 3, 1]);
    const tensor = (name: string, offset: number, length: number) =>
      Buffer.concat([message([8, name], ...place(offset, length)), external]);
    expect(models.a).toEqual(message([7, message([1, 'a node'], [5, tensor('a', 0, 2000)], [2, 'a'])]));
    expect(models.b).toEqual(message([7, message([1, 'a node'], [5, tensor('b', 0, 2000)], [2, 'b'])]));
    expect(models.c).toEqual(message([7, message([1, 'a node'], [5, tensor('c', 2048, 1500)], [2, 'c'])]));
  });

  it('are those that are worth it: a small tensor stays where it is', () => {
    const small = model('small', Buffer.alloc(100, 1));
    expect(shareWeights({ small }, LOCATION)).toEqual({ weights: Buffer.alloc(0), models: { small } });
  });

  it('are not looked for in what is no model', () => {
    for (const broken of [Buffer.from('no model at all'), model('a', data).subarray(0, 1000)]) {
      expect(() => shareWeights({ broken }, LOCATION)).toThrow('no ONNX model');
    }
  });

  it('of the test network are most of it', () => {
    const small = readFileSync(path.join(ROOT, 'test/fixtures/small-network.onnx'));
    const { weights, models } = shareWeights({ small }, LOCATION);
    expect(weights.length + models.small!.length).toBeLessThan(1.05 * small.length);
    expect(weights.length).toBeGreaterThan(0.5 * small.length);
    expect(models.small!.includes(LOCATION)).toBe(true);
  });
});
