import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/setup.mjs';

/** Where `tsc -p tsconfig.build.json` leaves a declaration file for every source. */
export const DECLARED = path.join(ROOT, '.cache/declarations');

const { name, exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** The declarations that each entry of the package starts from; `worker` is a script, and declares nothing. */
const SOURCES = {
  '.': 'processor/index.d.ts',
  './livekit': 'processor/livekit.d.ts',
  './react': 'react/use-removal.d.ts',
  './worker': 'processor/worker.d.ts',
};

/**
 * `name` as it is imported, `source` the declarations it starts from, `types` where package.json has its own, `script`
 * beside them.
 */
export const ENTRIES = Object.entries(SOURCES).map(([entry, source]) => ({
  name: path.posix.join(name, entry),
  source: path.join(DECLARED, source),
  types: exports[entry].types,
  script: exports[entry].default,
}));
