import type { NamedPick } from '../geometry.ts';
import { RemovalError } from './errors.ts';
import { nameOf } from './name-of.ts';
import type { RemoveTargets, Target } from './remove-option.ts';

/** Picked things, as they go to the worker. */
export interface TargetsOrder {
  readonly targets: readonly NamedPick[];
  /** The picks are not of the frames that come: a worker was lost, and with it what it followed. */
  readonly stale?: true;
}

/** Things followed at once. Each costs time in every frame in which it moves. */
const MOST_TARGETS = 16;
/** Points of a stroke. */
const MOST_POINTS = 1000;
const LONGEST_ID = 100;

const SHARES = "Positions are shares of the picture's width and height, 0 to 1; divide pixels by the picture's size.";

/** @throws RemovalError `invalid-option` which target, and what is wrong with it */
export function checkTargets(targets: unknown): void {
  if (!Array.isArray(targets)) {
    throw invalid(`Option 'remove.targets' must be a list of targets, not ${nameOf(targets)}.`);
  }
  if (targets.length > MOST_TARGETS) {
    throw invalid(
      `Option 'remove.targets' has ${targets.length} targets; ${MOST_TARGETS} is the most. Drop some first.`,
    );
  }
  const ids = new Set<string>();
  for (const target of targets as unknown[]) {
    const { id, ...pick } = (typeof target === 'object' && target !== null ? target : {}) as Record<string, unknown>;
    if (typeof id !== 'string' || id.trim() === '' || id.length > LONGEST_ID) {
      throw invalid(
        `Option 'remove.targets': every target needs an 'id', 1 to ${LONGEST_ID} characters, not ${nameOf(id)}.`,
      );
    }
    if (ids.has(id)) throw invalid(`Option 'remove.targets' has two targets with the id '${id}'.`);
    ids.add(id);
    checkPick(pick, `Target '${id}'`);
  }
}

function checkPick(pick: Record<string, unknown>, name: string): void {
  const ways = ['point', 'box', 'stroke'].filter((way) => pick[way] !== undefined);
  if (ways.length !== 1) throw invalid(`${name} needs one of 'point', 'box' or 'stroke'; it has ${ways.length}.`);
  if (ways[0] === 'point') checkPoint(pick.point, `${name}: its point`);
  else if (ways[0] === 'box') checkBox(pick.box, `${name}: its box`);
  else checkStroke(pick.stroke, `${name}: its stroke`);
}

/** @throws RemovalError `invalid-option` unless it is a point of the picture */
export function checkPoint(point: unknown, name: string): void {
  const { x, y } = (typeof point === 'object' && point !== null ? point : {}) as Record<string, unknown>;
  if (!isNumber(x) || !isNumber(y))
    throw invalid(`${name} must be { x, y } with numbers, not { ${said(x)}, ${said(y)} }.`);
  if (x < 0 || x > 1 || y < 0 || y > 1) throw invalid(`${name} (${x}, ${y}) lies outside the picture. ${SHARES}`);
}

function checkBox(box: unknown, name: string): void {
  const { x, y, width, height } = (typeof box === 'object' && box !== null ? box : {}) as Record<string, unknown>;
  if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) {
    throw invalid(`${name} must be { x, y, width, height } with numbers.`);
  }
  if (width <= 0 || height <= 0) throw invalid(`${name} is empty: ${width} wide and ${height} high.`);
  if (x < 0 || y < 0 || x + width > 1 + 1e-9 || y + height > 1 + 1e-9) {
    throw invalid(`${name} (${x}, ${y}, ${width} x ${height}) lies partly outside the picture. ${SHARES}`);
  }
}

function checkStroke(stroke: unknown, name: string): void {
  if (!Array.isArray(stroke) || stroke.length === 0) throw invalid(`${name} must be a list of at least one { x, y }.`);
  if (stroke.length > MOST_POINTS) throw invalid(`${name} has ${stroke.length} points; ${MOST_POINTS} is the most.`);
  for (const [index, point] of stroke.entries()) checkPoint(point, `${name}, point ${index}`);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function said(value: unknown): string {
  return typeof value === 'number' ? String(value) : nameOf(value);
}

/** For the worker. */
export function targetsOrder({ targets }: RemoveTargets): TargetsOrder {
  return { targets: targets.map((target) => ({ id: target.id, pick: pickOf(target) })) };
}

function pickOf(target: Target): NamedPick['pick'] {
  if ('point' in target) return { point: target.point };
  return 'box' in target ? { box: target.box } : { stroke: target.stroke };
}

/**
 * The order as it holds for a worker that saw none of the frames so far: it cannot know where the targets are by now.
 */
export function withoutFrames<T>(order: T): T {
  return isTargets(order) ? { ...order, stale: true } : order;
}

export function isTargets(order: unknown): order is TargetsOrder {
  return typeof order === 'object' && order !== null && 'targets' in order;
}

function invalid(message: string): RemovalError {
  return new RemovalError('invalid-option', message);
}
