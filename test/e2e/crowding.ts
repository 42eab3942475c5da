import os from 'node:os';

/** On a machine that has more to do than it has cores, everything takes that many times longer. */
export function crowding(): number {
  return Math.max(1, (os.loadavg()[0] ?? 0) / os.availableParallelism());
}
