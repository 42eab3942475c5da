import { smooth } from '../guide/clues.ts';
import { fillLines } from '../guide/line-fill.ts';
import { smallPictureOf } from '../guide/small-picture.ts';
import { PushPull } from '../push-pull.ts';
import { boxMean } from './box-mean.ts';
import { type Completion, type CompletionInput, ROLE } from './completion.ts';

/**
 * A copy is shown by half where its low frequencies differ from what is expected by so many levels over its misfit at
 * the rim. A copy of the wrong surface is off by far more, whatever its detail; one that explains the rim to the level
 * is believed whatever was expected.
 */
const HALF = 300;
/** Rows to a picture of which a low frequency is a mean, to each side: a tenth of a patch at the coarsest level. */
const ROWS = 36;
/** Share of the guide in what is expected; the rest is push-pull. Each alone is further off than their mean. */
const GUIDE = 0.5;
/** Box means after one another; two make a tent. */
const PASSES = 2;

type Expected = NonNullable<CompletionInput['guide']>;

/**
 * Shows a copy as far as it agrees with what is expected of the room, and what is expected elsewhere: the mean of
 * push-pull and the guide, where there is one. A copy that goes on along its row or its column is expected as well:
 * beside a pillar or above a skirting board that mean is a stain. Copies keep their detail where they are of the right
 * surface; where they are not, no detail makes up for it. Compared are low frequencies: detail is never where it was.
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
  const copied = new Float32Array(3 * n);
  const isCopied = role.map((each, i) =>
    each === ROLE.unknown && (offsets[2 * i] !== 0 || offsets[2 * i + 1] !== 0) ? 1 : 0,
  );
  for (let i = 0; i < n; i++) {
    if (!isCopied[i]) continue;
    const from = i + offsets[2 * i]! + width * offsets[2 * i + 1]!;
    for (let c = 0; c < 3; c++) copied[c * n + i] = rgb[3 * from + c]! + correction[3 * i + c]!;
  }
  yield;
  const off = yield* difference(copied, expected, isCopied, input);
  for (const line of lineFills(input)) {
    const other = yield* difference(copied, enlarged(line, input), isCopied, input);
    for (let i = 0; i < n; i++) off[i] = Math.min(off[i]!, other[i]!);
  }
  const rim = yield* spread(misfit, width, height);
  for (let i = 0; i < n; i++) {
    if (!isCopied[i]) continue;
    const share = 1 / (1 + (off[i]! * rim[i]! ** 2) / HALF ** 2);
    for (let c = 0; c < 3; c++) {
      const step = copied[c * n + i]! - expected[c * n + i]!;
      tempered[3 * i + c] = Math.round(correction[3 * i + c]! - (1 - share) * step);
    }
  }
  return tempered;
}

/** The mean square by which low frequencies of what is copied differ from what is expected there. */
function* difference(
  copied: Float32Array,
  expected: Float32Array,
  isCopied: Uint8Array,
  { width, height }: CompletionInput,
): Generator<void, Float32Array> {
  const n = width * height;
  const radius = Math.max(1, Math.round(height / ROWS));
  const off = new Float32Array(n);
  const plane = new Float32Array(n);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < n; i++) plane[i] = isCopied[i] ? copied[c * n + i]! - expected[c * n + i]! : 0;
    for (let pass = 0; pass < PASSES; pass++) {
      boxMean(plane, width, radius);
      yield;
    }
    for (let i = 0; i < n; i++) off[i]! += (plane[i]! * plane[i]!) / 3;
  }
  return off;
}

/** The room as it would go on along its rows, and along its columns. */
function lineFills(input: CompletionInput): Expected[] {
  const picture = smallPictureOf(input);
  const { width, height, known } = picture;
  const n = width * height;
  const fill = smooth(picture);
  return (['rows', 'columns'] as const).map((along) => {
    const line = new Float32Array(fill);
    const planes = [0, 1, 2].map((c) => line.subarray(c * n, (c + 1) * n));
    fillLines(planes, known, { width, height }, along);
    return { width, height, rgb: line };
  });
}

/** At the picture's size, planar, levels; 0 where it is known. */
function enlarged(small: Expected, { width, height, role }: CompletionInput): Float32Array {
  const n = width * height;
  const out = new Float32Array(3 * n);
  const { rgb: from } = small;
  for (let y = 0, i = 0; y < height; y++) {
    const v = Math.min(small.height - 1, Math.max(0, ((y + 0.5) * small.height) / height - 0.5));
    const top = Math.floor(v) * small.width;
    const bottom = Math.min(small.height - 1, Math.floor(v) + 1) * small.width;
    for (let x = 0; x < width; x++, i++) {
      if (role[i] !== ROLE.unknown) continue;
      const u = Math.min(small.width - 1, Math.max(0, ((x + 0.5) * small.width) / width - 0.5));
      const left = Math.floor(u);
      const right = Math.min(small.width - 1, left + 1);
      for (let c = 0, p = 0; c < 3; c++, p += small.width * small.height) {
        const above = from[p + top + left]! + (u - left) * (from[p + top + right]! - from[p + top + left]!);
        const below = from[p + bottom + left]! + (u - left) * (from[p + bottom + right]! - from[p + bottom + left]!);
        out[c * n + i] = 255 * (above + (v - Math.floor(v)) * (below - above));
      }
    }
  }
  return out;
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

/** The mean of push-pull and the guide in the unknown, planar, levels. */
function* expectation(input: CompletionInput): Generator<void, Float32Array> {
  const { width, height, rgb, role, guide } = input;
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
  const guided = enlarged(guide, input);
  for (let i = 0; i < n; i++) {
    if (role[i] !== ROLE.unknown) continue;
    for (let c = 0; c < 3; c++) value[c * n + i]! += GUIDE * (guided[c * n + i]! - value[c * n + i]!);
  }
  return value;
}
