import os from 'node:os';

/** On a machine that has more to do than it has cores, everything takes that many times longer. */
export function crowding(): number {
  return Math.max(1, (os.loadavg()[0] ?? 0) / os.availableParallelism());
}

/** For the message of a test that fails where the machine may be why: without it nobody could tell. */
export const onThisMachine = () => `load ${os.loadavg()[0]?.toFixed(1)} on ${os.availableParallelism()} cores`;
