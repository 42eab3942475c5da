/** Runs before `npm pack` and `npm publish`: a fresh clone has no `dist` to pack. */
import { ensureBuild, ensurePackages } from './lib/setup.mjs';

ensurePackages();
ensureBuild();
