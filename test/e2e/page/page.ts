import type * as CleanPlate from '../../../src/processor/index.ts';
import type * as LivekitEntry from '../../../src/processor/livekit.ts';
import { Call } from './call.ts';
import { ColourCard } from './colour-card.ts';
import { colourSpaceApart } from './colour-space.ts';
import { fuzz } from './fuzz.ts';
import { MarkedSource } from './marked-source.ts';
import { patchedWorkers } from './patched-workers.ts';
import { arrivingColours, firstFrames } from './runs.ts';
import { until } from './until.ts';
import { isPicture } from './watcher.ts';

/** What the tests work with, inside the page. The package is the built one, loaded as an integrator would. */
const harness = {
  MarkedSource,
  ColourCard,
  Call,
  fuzz,
  firstFrames,
  arrivingColours,
  isPicture,
  until,
  colourSpaceApart,
  patchedWorkers,
  wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
  cleanPlate: (await import(new URL('/clean-plate/index.js', location.href).href)) as typeof CleanPlate,
  livekit: (await import(new URL('/clean-plate/livekit.js', location.href).href)) as typeof LivekitEntry,
};

export type Harness = typeof harness;

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = harness;
