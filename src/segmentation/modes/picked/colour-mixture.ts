/** Luma and colour differences, per pixel. */
export type ColourPlanes = Readonly<Record<'luma' | 'cb' | 'cr', Float32Array>>;

/** Clusters a model has at most. As many as GrabCut's. */
const MAX_CLUSTERS = 5;

/** Rounds of k-means. */
const K_MEANS_ROUNDS = 6;

/** Least variance of a channel, levels squared: what noise and compression make of an even surface. */
const MIN_VARIANCE = 12;

/** A pixel further off than this many squared deviations is simply another colour. */
const MAX_DISTANCE_SQUARED = 40;

interface Cluster {
  readonly mean: readonly [number, number, number];
  /** Inverse variances of luma and both colour differences. */
  readonly precision: readonly [number, number, number];
  /** What it costs to be of this cluster, before the distance: its rarity and its extent. */
  readonly cost: number;
}

/**
 * What colours a region has: a mixture of Gaussians over luma and colour differences, with the nearest one counting, as
 * in GrabCut (Rother, Kolmogorov and Blake 2004). Axes are not turned: the colour space is decorrelated enough for a
 * few clusters.
 */
export class ColourMixture {
  readonly #clusters: readonly Cluster[];

  private constructor(clusters: readonly Cluster[]) {
    this.#clusters = clusters;
  }

  /** @param pixels of the region; at least one */
  static of(frame: ColourPlanes, pixels: readonly number[]): ColourMixture {
    return new ColourMixture(clustersOf(frame, pixels));
  }

  /** Minus the logarithm of the likelihood of pixel `i`, up to a constant that all models share. */
  cost(frame: ColourPlanes, i: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (const each of this.#clusters)
      best = Math.min(best, each.cost + Math.min(MAX_DISTANCE_SQUARED, distance(each, frame, i)) / 2);
    return best;
  }

  /** Squared deviations of pixel `i` from the nearest colour of the region. */
  distance(frame: ColourPlanes, i: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (const each of this.#clusters) best = Math.min(best, distance(each, frame, i));
    return best;
  }
}

function distance({ mean, precision }: Cluster, { luma, cb, cr }: ColourPlanes, i: number): number {
  const y = luma[i]! - mean[0];
  const u = cb[i]! - mean[1];
  const v = cr[i]! - mean[2];
  return y * y * precision[0] + u * u * precision[1] + v * v * precision[2];
}

/** k-means, started from the pixels that are furthest apart, then a Gaussian for each cluster. */
function clustersOf(frame: ColourPlanes, pixels: readonly number[]): Cluster[] {
  const { luma, cb, cr } = frame;
  // A thousand pixels tell as much as all.
  const step = Math.max(1, Math.floor(pixels.length / 1000));
  const sample = pixels.filter((_, k) => k % step === 0);
  const apart = (i: number, [y, u, v]: readonly number[]) =>
    (luma[i]! - y!) ** 2 + 2 * (cb[i]! - u!) ** 2 + 2 * (cr[i]! - v!) ** 2;
  const at = (i: number) => [luma[i]!, cb[i]!, cr[i]!];
  const centres = [mean(sample.map(at))];
  while (centres.length < Math.min(MAX_CLUSTERS, sample.length)) {
    let [furthest, most] = [sample[0]!, -1];
    for (const i of sample) {
      const nearest = Math.min(...centres.map((centre) => apart(i, centre)));
      if (nearest > most) [furthest, most] = [i, nearest];
    }
    if (most < MIN_VARIANCE) break;
    centres.push(at(furthest));
  }
  let groups: number[][] = [];
  for (let round = 0; round < K_MEANS_ROUNDS; round++) {
    groups = centres.map(() => []);
    for (const i of sample) {
      let nearest = 0;
      for (let k = 1; k < centres.length; k++) {
        if (apart(i, centres[k]!) < apart(i, centres[nearest]!)) nearest = k;
      }
      groups[nearest]!.push(i);
    }
    groups.forEach((group, k) => {
      if (group.length) centres[k] = mean(group.map(at));
    });
  }
  return groups.filter((group) => group.length > 0).map((group) => cluster(group.map(at), sample.length));
}

function cluster(values: readonly number[][], all: number): Cluster {
  const m = mean(values);
  const variance = [0, 1, 2].map((c) => {
    const sum = values.reduce((total, value) => total + (value[c]! - m[c]!) ** 2, 0);
    // Few pixels: the spread is not known yet.
    return Math.max(MIN_VARIANCE, (sum + 3 * MIN_VARIANCE) / (values.length + 3));
  });
  return {
    mean: [m[0]!, m[1]!, m[2]!],
    precision: [1 / variance[0]!, 1 / variance[1]!, 1 / variance[2]!],
    cost: -Math.log(values.length / all) + Math.log(variance[0]! * variance[1]! * variance[2]!) / 2,
  };
}

function mean(values: readonly number[][]): number[] {
  return [0, 1, 2].map((c) => values.reduce((sum, value) => sum + value[c]!, 0) / values.length);
}
