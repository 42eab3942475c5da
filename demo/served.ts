/** Where the site serves the package. */
const PACKAGE = new URL('clean-plate/', document.baseURI);

/** The options that say so. */
export const served = {
  assets: new URL('assets/', PACKAGE),
  createWorker: () => new Worker(new URL('worker.js', PACKAGE), { type: 'module' }),
} as const;
