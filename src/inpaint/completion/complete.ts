import { type Completion, type CompletionInput, ROLE } from './completion.ts';
import { correct } from './correction.ts';
import { blur, Features } from './features.ts';
import { PatchField } from './field.ts';
import { type Level, pyramidOf } from './pyramid.ts';

/**
 * Squared levels that a patch pays for each squared pixel to its source, at {@link ROWS} rows: as much as 1.4 levels a
 * value for a hundred pixels. What is near is in the same light and seen at the same angle.
 */
const DISTANCE = 0.05;
const ROWS = 288;
/** A patch takes what goes on from its neighbour's source where that costs no more than so much more: fewer seams. */
const COHERENCE = 0.1;
/** Rounds of search and vote, coarsest level first; the finer ones have the last. */
const ROUNDS = [8, 5, 3, 1];
/** How strongly the better patches have the say in a vote. */
const SHARP = 1;
/** Levels of no more rows than this follow the guide: structure is its business, detail is not. */
const GUIDED_ROWS = 80;

/**
 * Fills the unknown with what is known, by copying patches: every patch that touches the unknown finds the known one
 * that it is most like, the unknown becomes the vote of those that cover it, and again, from a picture of some thirty
 * rows up to full size (Wexler et al. 2007; Newson et al. 2014). At the coarsest level all patches are compared with
 * all; above, offsets are doubled, taken over from neighbours (Ashikhmin 2001; Wei and Levoy 2000) and moved by a
 * pixel. Nothing is random: the same input gives the same output.
 *
 * A run takes a second or two; the generator yields every few milliseconds, and dropping it ends the run.
 *
 * @returns undefined where nothing is unknown or nothing may be copied.
 */
export function* complete(input: CompletionInput): Generator<void, Completion | undefined> {
  const { width, height, role } = input;
  if (!role.includes(ROLE.unknown) || !role.includes(ROLE.source)) return undefined;
  const levels = pyramidOf(input);
  let field: PatchField | undefined;
  for (let l = levels.length - 1; l >= 0; l--) {
    field = yield* search(levels[l]!, ROUNDS[Math.min(levels.length - 1 - l, ROUNDS.length - 1)]!, input, field);
    if (!field) return undefined;
  }
  const offsets = field!.offsets();
  return { width, height, offsets, correction: yield* correct(input, offsets), misfit: yield* field!.misfit() };
}

/** One level's search; undefined where there is nothing to copy from. */
function* search(
  level: Level,
  rounds: number,
  { guide }: CompletionInput,
  coarser: PatchField | undefined,
): Generator<void, PatchField | undefined> {
  const guided = guide && (level.height <= GUIDED_ROWS || !coarser) ? guideFor(level, guide) : undefined;
  const scale = ROWS / level.height;
  const field = new PatchField(level, new Features(level, guided?.blurred), {
    distance: DISTANCE * scale * scale,
    coherence: COHERENCE,
  });
  if (!field.choices.length) return undefined;
  if (coarser) {
    field.startFrom(coarser);
    field.vote(SHARP);
  } else if (guided) {
    field.paint(guided.plain);
  } else {
    field.smooth();
  }
  for (let round = 0; round < rounds; round++) {
    yield;
    if (coarser) yield* field.measure();
    else yield* field.compareAll();
    yield* field.propagate();
    // The next level votes anew, from offsets doubled.
    if (round < rounds - 1) field.vote(SHARP);
  }
  return field;
}

/**
 * The guide at a level's size, 0..255, interleaved; and blurred over the known picture, so that both can be compared.
 */
function guideFor(
  { width, height, rgb, unknown }: Level,
  guide: NonNullable<CompletionInput['guide']>,
): { readonly plain: Float32Array; readonly blurred: Float32Array } {
  const n = width * height;
  const plain = new Float32Array(3 * n);
  const blurred = new Float32Array(3 * n);
  const plane = new Float32Array(n);
  for (let c = 0; c < 3; c++) {
    const from = guide.rgb.subarray(c * guide.width * guide.height);
    for (let y = 0, i = 0; y < height; y++) {
      const v = Math.min(guide.height - 1, Math.floor(((y + 0.5) * guide.height) / height));
      for (let x = 0; x < width; x++, i++) {
        const u = Math.min(guide.width - 1, Math.floor(((x + 0.5) * guide.width) / width));
        plain[3 * i + c] = 255 * from[v * guide.width + u]!;
        plane[i] = unknown[i] ? plain[3 * i + c]! : rgb[3 * i + c]!;
      }
    }
    blur(plane, width);
    for (let i = 0; i < n; i++) blurred[3 * i + c] = plane[i]!;
  }
  return { plain, blurred };
}
