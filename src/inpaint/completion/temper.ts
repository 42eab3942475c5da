import { PushPull } from '../push-pull.ts';
import { boxMean } from './box-mean.ts';
import { type Completion, type CompletionInput, ROLE } from './completion.ts';

/**
 * A copy is shown by half where its low frequencies differ from what is expected by so many levels over its misfit at
 * the rim. A copy of the wrong surface is off by far more, whatever its detail; one that explains the rim to the level
 * is believed whatever was expected.
 */
const HALF = 400;
/** Rows to a picture of which a low frequency is a mean, to each side: a tenth of a patch at the coarsest level. */
const ROWS = 36;
/** Share of the guide in what is expected; the rest is push-pull. Each alone is further off than their mean. */
const GUIDE = 0.5;
/** Box means after one another; two make a tent. */
const PASSES = 2;

/**
 * Shows a copy as far as it agrees with what is expected of the room, and what is expected elsewhere: the mean of
 * push-pull and the guide, where there is one. Copies keep their detail where they are of the right surface; where they
 * are not, no detail makes up for it. Compared are low frequencies: detail is never where it was.
 *
 * @returns the correction with that blended in, levels.
 */
export function* temper(
  input: CompletionInput,
  offsets: Int16Array,
  correction: Int8Array,
  misfit: Uint8Array,
): Generator<void, Completion['correction']> {
  const { width, height, rgb, role } = input;
  const n = width * height;
  const expected = yield* expectation(input);
  const tempered = new Int16Array(3 * n);
  const off = new Float32Array(n);
  const difference = new Float32Array(3 * n);
  const isCopied = (i: number) => role[i] === ROLE.unknown && (offsets[2 * i] !== 0 || offsets[2 * i + 1] !== 0);
  const radius = Math.max(1, Math.round(height / ROWS));
  for (let c = 0; c < 3; c++) {
    const plane = difference.subarray(c * n, (c + 1) * n);
    for (let i = 0; i < n; i++) {
      if (!isCopied(i)) continue;
      const from = i + offsets[2 * i]! + width * offsets[2 * i + 1]!;
      plane[i] = rgb[3 * from + c]! + correction[3 * i + c]! - expected[c * n + i]!;
      tempered[3 * i + c] = correction[3 * i + c]!;
    }
    yield;
    const low = plane.slice();
    for (let pass = 0; pass < PASSES; pass++) {
      boxMean(low, width, radius);
      yield;
    }
    for (let i = 0; i < n; i++) off[i]! += (low[i]! * low[i]!) / 3;
  }
  const rim = yield* spread(misfit, width, height);
  for (let i = 0; i < n; i++) {
    if (!isCopied(i)) continue;
    const share = 1 / (1 + (off[i]! * rim[i]! ** 2) / HALF ** 2);
    for (let c = 0; c < 3; c++) {
      tempered[3 * i + c] = Math.round(correction[3 * i + c]! - (1 - share) * difference[c * n + i]!);
    }
  }
  return tempered;
}

/** The misfit of the rim, carried into the hole. */
function* spread(misfit: Uint8Array, width: number, height: number): Generator<void, Float32Array> {
  const pyramid = new PushPull(width, height, 1, 0);
  pyramid.value.set(misfit);
  misfit.forEach((each, i) => {
    pyramid.weight[i] = each > 0 ? 1 : 0;
  });
  yield;
  pyramid.run();
  return pyramid.value;
}

/** What is expected in the unknown, planar, levels. */
function* expectation({ width, height, rgb, role, guide }: CompletionInput): Generator<void, Float32Array> {
  const n = width * height;
  const pyramid = new PushPull(width, height, 3, 128);
  const { value, weight } = pyramid;
  for (let i = 0; i < n; i++) {
    if (role[i] === ROLE.unknown) continue;
    weight[i] = 1;
    for (let c = 0; c < 3; c++) value[c * n + i] = rgb[3 * i + c]!;
  }
  yield;
  pyramid.run();
  if (!guide) return value;
  for (let y = 0, i = 0; y < height; y++) {
    const v = Math.min(guide.height - 1, Math.max(0, ((y + 0.5) * guide.height) / height - 0.5));
    const top = Math.floor(v) * guide.width;
    const bottom = Math.min(guide.height - 1, Math.floor(v) + 1) * guide.width;
    for (let x = 0; x < width; x++, i++) {
      if (role[i] !== ROLE.unknown) continue;
      const u = Math.min(guide.width - 1, Math.max(0, ((x + 0.5) * guide.width) / width - 0.5));
      const left = Math.floor(u);
      const right = Math.min(guide.width - 1, left + 1);
      for (let c = 0, p = 0; c < 3; c++, p += guide.width * guide.height) {
        const from = guide.rgb;
        const above = from[p + top + left]! + (u - left) * (from[p + top + right]! - from[p + top + left]!);
        const below = from[p + bottom + left]! + (u - left) * (from[p + bottom + right]! - from[p + bottom + left]!);
        const level = 255 * (above + (v - Math.floor(v)) * (below - above));
        value[c * n + i]! += GUIDE * (level - value[c * n + i]!);
      }
    }
  }
  return value;
}
