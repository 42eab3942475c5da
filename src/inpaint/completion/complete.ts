import { type Completion, type CompletionInput, ROLE } from './completion.ts';
import { correct } from './correction.ts';
import { Features } from './features.ts';
import { PatchField } from './field.ts';
import { type Level, pyramidOf } from './pyramid.ts';
import { temper } from './temper.ts';

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
    field = yield* search(levels[l]!, ROUNDS[Math.min(levels.length - 1 - l, ROUNDS.length - 1)]!, field);
    if (!field) return undefined;
  }
  const offsets = field!.offsets();
  const misfit = yield* field!.misfit();
  const correction = yield* temper(input, offsets, yield* correct(input, offsets), misfit);
  return { width, height, offsets, correction, misfit };
}

/** One level's search; undefined where there is nothing to copy from. */
function* search(
  level: Level,
  rounds: number,
  coarser: PatchField | undefined,
): Generator<void, PatchField | undefined> {
  const scale = ROWS / level.height;
  const field = new PatchField(level, new Features(level), {
    distance: DISTANCE * scale * scale,
    coherence: COHERENCE,
  });
  if (!field.choices.length) return undefined;
  if (coarser) {
    field.startFrom(coarser);
    field.vote(SHARP);
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
