import { beside } from './layers.ts';

/** By how much the reach falls for each doubling of the distance. */
const REACH = 0.8;

/**
 * Push-pull along one line: what a skirting board or a door frame would do behind the hole. The twin of `line_fill` in
 * `training/pushpull.py`, for one picture.
 *
 * @param planes filled in place, each `rows` x `columns`; they must hold something sensible at both ends of every line,
 *   which count as known: a hole that leaves the picture would drag the far side's colour along.
 * @param known 1 = known, 0 = not.
 * @returns 1 where known, falling with the distance to the known.
 */
export function fillLines(
  planes: readonly Float32Array[],
  known: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  along: 'rows' | 'columns',
): Float32Array {
  const [lines, length] = along === 'rows' ? [height, width] : [width, height];
  const [step, next] = along === 'rows' ? [1, width] : [width, 1];
  const reach = new Float32Array(height * width);
  const levels: { readonly weight: Float32Array; readonly value: Float32Array[] }[] = [];
  for (let n = length; ; n = (n + 1) >> 1) {
    const value = Array.from({ length: planes.length + 1 }, () => new Float32Array(n));
    levels.push({ weight: new Float32Array(n), value });
    if (n === 1) break;
  }
  const all = [...planes, reach];
  for (let line = 0; line < lines; line++) {
    const { weight, value } = levels[0]!;
    for (let i = 0, at = line * next; i < length; i++, at += step) {
      weight[i] = known[at] || i === 0 || i === length - 1 ? 1 : 0;
      reach[at] = weight[i]!;
      all.forEach((plane, c) => {
        value[c]![i] = weight[i]! * plane[at]!;
      });
    }
    for (let l = 1; l < levels.length; l++) pull(levels[l - 1]!, levels[l]!);
    for (let l = levels.length - 2; l >= 0; l--) push(levels[l + 1]!, levels[l]!);
    for (let i = 0, at = line * next; i < length; i++, at += step) {
      all.forEach((plane, c) => {
        plane[at] = value[c]![i]!;
      });
    }
  }
  return reach;
}

type Level = { readonly weight: Float32Array; readonly value: readonly Float32Array[] };

function pull(fine: Level, coarse: Level): void {
  const n = fine.weight.length;
  for (let i = 0; i < coarse.weight.length; i++) {
    const second = 2 * i + 1 < n ? 2 * i + 1 : -1;
    const sum = fine.weight[2 * i]! + (second < 0 ? 0 : fine.weight[second]!);
    const scale = 1 / Math.max(1, sum);
    coarse.weight[i] = sum * scale;
    fine.value.forEach((value, c) => {
      coarse.value[c]![i] = (value[2 * i]! + (second < 0 ? 0 : value[second]!)) * scale;
    });
  }
}

function push(coarse: Level, fine: Level): void {
  const n = coarse.weight.length;
  for (let i = 0; i < fine.weight.length; i++) {
    if (fine.weight[i]! === 1) continue;
    const near = i >> 1;
    const far = beside(i, n);
    fine.value.forEach((value, c) => {
      const from = coarse.value[c]!;
      const up = 0.75 * from[near]! + 0.25 * from[far]!;
      value[i] = c === fine.value.length - 1 ? REACH * up : up;
    });
  }
}
