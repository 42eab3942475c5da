import { describe, expect, it } from 'vitest';
import { box, setByRuns, shoot } from '../../../test/inpaint-scene.ts';
import { HoleMap } from '../hole-map.ts';
import { PhotometricFit } from '../photometric-fit.ts';
import { Plate } from '../plate.ts';
import { SampleGrid } from '../sample-grid.ts';
import { BareMap, UnknownMap } from '../unknown-map.ts';
import { CompletionPainter } from './completion-painter.ts';
import type { LayerOnShow } from './layer.ts';

const [WIDTH, HEIGHT] = [96, 64];

function scene() {
  const plate = new Plate('I420', WIDTH, HEIGHT);
  const fit = new PhotometricFit(new SampleGrid('I420', WIDTH, HEIGHT));
  const holes = new HoleMap('I420', WIDTH, HEIGHT);
  holes.load(box(WIDTH, HEIGHT, 10, 6, 81, 59));
  const unknown = new UnknownMap(holes);
  unknown.load(holes, plate);
  const bare = new BareMap(unknown);
  bare.load();
  return { plate, fit, unknown, bare, painter: new CompletionPainter(plate, fit) };
}

/** Has holes of its own, and is trusted here more, there less. */
function layerOf({ plate, fit }: ReturnType<typeof scene>, more: Partial<LayerOnShow> = {}): LayerOnShow {
  const layer = plate.grids.map(({ channels, count, width }) => ({
    value: channels.map((c) => new Uint8Array(count.length).fill(90 + c)),
    has: count.map((_, i) => ((i % width) % 13 === 5 ? 0 : 1)),
  }));
  const { width, height } = fit.seam;
  const share = new Float32Array(width * height).map((_, i) => (i % width < width / 3 ? (i % 4) / 3 : 1));
  return { layer, before: undefined, mix: 1, share, ...more };
}

/** The hole as the layer leaves it over something of that level. */
function paintedOver(level: number, { painter, unknown }: ReturnType<typeof scene>, shown: LayerOnShow): Uint8Array {
  const picture = shoot('I420', WIDTH, HEIGHT);
  picture.data.fill(level);
  painter.paint(picture, unknown, shown, new Float32Array(256).fill(2), 3, false);
  return picture.data;
}

/** Samples of the picture that are left in the map, channel by channel as in the picture. */
const samplesOf = ({ full, half }: Pick<UnknownMap, 'full' | 'half'>) => [...full.data, ...half.data, ...half.data];

describe('CompletionPainter', () => {
  it('takes a place out of the bare ones only where nothing below the layer is seen', () => {
    const made = scene();
    const shown = layerOf(made);
    const all = made.bare.samples;
    const left = made.painter.cover(shown, made.bare);
    const bare = samplesOf(made.bare);
    const [dark, light] = [paintedOver(20, made, shown), paintedOver(220, made, shown)];
    const hole = samplesOf(made.unknown);
    for (const [i, inHole] of hole.entries()) if (inHole && bare[i] === 0) expect(dark[i]).toBe(light[i]);
    expect(left).toBeGreaterThan(0.2 * all);
    expect(left).toBeLessThan(0.7 * all);
    expect([...made.bare.full.data, ...made.bare.half.data].filter((each) => each === 1)).toHaveLength(left);
    for (const grid of [made.bare.full, made.bare.half]) expect(setByRuns(grid)).toEqual([...grid.data]);
  });

  it.each([
    ['comes on show', { mix: 0.9 }],
    ['fades out what was before it', { before: [] }],
    ['is not there', { layer: undefined }],
  ] as const)('takes nothing out while a layer %s', (_, more) => {
    const made = scene();
    const all = made.bare.samples;
    expect(made.painter.cover(layerOf(made, more as Partial<LayerOnShow>), made.bare)).toBe(all);
    expect(samplesOf(made.bare)).toEqual(samplesOf(made.unknown));
  });
});
