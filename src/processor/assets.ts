import type { Asset } from '../segmentation/fetch-asset.ts';

/** Put in by the build: what lies in `assets/`, with bytes and sha256. */
declare const __ASSETS__: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;

/** A file of this version's `assets/` below `base`; loading it checks its hash. */
export function packageAsset(base: string, name: string): Asset & { readonly bytes: number } {
  const entry = __ASSETS__[name];
  if (!entry) throw new Error(`The build has no asset ${name}.`);
  return { url: new URL(name, base).href, ...entry };
}
