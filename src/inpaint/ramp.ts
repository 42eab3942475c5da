/** Left and right neighbour and the right one's weight, for every sample of one axis. */
interface Axis {
  readonly left: Uint16Array;
  readonly right: Uint16Array;
  readonly weight: Float32Array;
  /** The first sample whose left neighbour is `i`, or a later one, is `start[i]`; one entry more at the end. */
  readonly start: Int32Array;
}

/**
 * Where each sample of a fine grid lies in a coarse one, for bilinear reading: half-pixel centres, clamped at the
 * edges.
 */
export class Ramp {
  readonly x: Axis;
  readonly y: Axis;
  /** Of the coarse grid. */
  readonly width: number;
  readonly height: number;

  /**
   * @param shift the fine grid's subsampling against the picture.
   * @param cellX picture pixels to a coarse sample; `cellY` likewise.
   */
  constructor(
    fine: { readonly width: number; readonly height: number },
    shift: 0 | 1,
    coarse: { readonly width: number; readonly height: number },
    cellX: number,
    cellY: number,
  ) {
    this.width = coarse.width;
    this.height = coarse.height;
    this.x = axis(fine.width, coarse.width, cellX / (1 << shift));
    this.y = axis(fine.height, coarse.height, cellY / (1 << shift));
  }
}

function axis(fine: number, coarse: number, cell: number): Axis {
  const out = {
    left: new Uint16Array(fine),
    right: new Uint16Array(fine),
    weight: new Float32Array(fine),
    start: new Int32Array(coarse + 1),
  };
  for (let i = 0; i < fine; i++) {
    const at = Math.min(Math.max((i + 0.5) / cell - 0.5, 0), coarse - 1);
    out.left[i] = Math.floor(at);
    out.right[i] = Math.min(Math.floor(at) + 1, coarse - 1);
    out.weight[i] = at - Math.floor(at);
  }
  for (let k = 0, i = 0; k <= coarse; k++) {
    while (i < fine && out.left[i]! < k) i++;
    out.start[k] = i;
  }
  return out;
}
