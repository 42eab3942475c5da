/**
 * The last step of the build: rolls what `tsc` declared of every source into one file for each entry of the package, as
 * package.json names them.
 *
 *     node tools/declarations.mjs
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ENTRIES } from './docs/entries.mjs';
import { rollUp } from './docs/roll-up.mjs';
import { ROOT } from './lib/setup.mjs';

for (const [file, text] of Object.entries(rollUp(ENTRIES))) writeFileSync(path.join(ROOT, file), text);
