import { type Picture, pictureBytes } from '../../picture.ts';
import { Anchor } from '../anchor.ts';
import { type ColourMap, colourMap } from '../colour.ts';
import type { Completing } from '../completion/completing.ts';
import { HoleMap } from '../hole-map.ts';
import { HoleShares } from '../hole-shares.ts';
import type { Homography } from '../homography.ts';
import { LateHole } from '../late-hole.ts';
import { MotionSearch } from '../motion.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import { viewSize } from '../plate-view.ts';
import type { Remembering } from '../room/remembering.ts';
import type { SampleGrid } from '../sample-grid.ts';
import { packParams } from './bindings.ts';
import type { GpuState, LayerKernel } from './gpu-state.ts';

/** The camera did not move. */
const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0];

/** What the CPU decides for a picture size; the same code as in the CPU twin. */
export interface GpuScene {
  readonly holes: HoleMap;
  readonly late: LateHole;
  readonly sampleGrid: SampleGrid;
  readonly fit: PhotometricFit;
  readonly motion: MotionSearch;
  readonly anchor: Anchor;
  readonly colour: ColourMap;
  readonly gpu: GpuState;
  readonly completing: Completing | undefined;
  readonly remembering: Remembering | undefined;
  readonly shares: HoleShares;
  /** The versions of the layers that are on the device. */
  readonly layers: Record<LayerKernel, number>;
  /** The picture in whole words, for pictures whose bytes are not. */
  readonly padded: Uint8Array<ArrayBuffer>;
  time: number;
  /** Hole pixels of the last frame that were not in the plate. */
  unknown: number;
}

/** A scene of which nothing was seen yet. */
export function sceneOf(
  { format, width, height, yuv }: Picture,
  parts: Pick<GpuScene, 'sampleGrid' | 'fit' | 'gpu' | 'completing' | 'remembering'>,
): GpuScene {
  return {
    ...parts,
    holes: new HoleMap(format, width, height),
    late: new LateHole(),
    motion: new MotionSearch(),
    anchor: new Anchor(width, height),
    colour: colourMap(format, yuv),
    shares: new HoleShares(),
    layers: { paintCompleted: 0, paintRemembered: 0 },
    padded: new Uint8Array(parts.gpu.pictureBytes),
    time: 0,
    unknown: width * height,
  };
}

/** The kernels' parameters for the next frame. @param map where the plate has what is at (x, y) now */
export function paramsOf(scene: GpuScene, { format, width, height }: Picture, map?: Homography) {
  const { gpu, fit, sampleGrid, colour, completing, remembering } = scene;
  const { seam, instability } = fit;
  const half = scene.holes.half;
  const layout = format === 'I420' ? 0 : format === 'NV12' ? 1 : 2;
  const view = viewSize(width, height);
  const [a, b, c, d, e, g, h, i] = map ?? IDENTITY;
  return packParams({
    size: [width, height, half.width, half.height],
    form: [layout, pictureBytes(format, width, height), gpu.halfBase, scene.time],
    seam: [seam.width, seam.height, seam.cell, instability.active ? 1 : 0],
    work: [gpu.work.width, gpu.work.height, view.width, view.height],
    sample_grid: [sampleGrid.width, sampleGrid.height, sampleGrid.pitch],
    more: [0, completing?.mix ?? 0, remembering?.mix ?? 0],
    deviation: fit.grain.deviation,
    exposure: fit.exposure.flatMap(({ gain, offset }) => [gain, offset, 1 / gain, -offset / gain]),
    to_rgb: colour.toRgb,
    from_rgb: colour.fromRgb,
    map: [a, b, c, 0, d, e, g, 0, h, i, 1],
  });
}
