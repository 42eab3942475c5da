import { AssetError } from '../assets/asset-error.ts';
import type { Asset } from '../assets/fetch-asset.ts';
import { NoWebGlError } from '../segmentation/models/webgl.ts';
import { RemovalError, type RemovalErrorCode } from './errors.ts';

/** Put in by the build: what lies in `assets/`, with bytes and sha256. */
declare const __ASSETS__: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;

/** A file of this version's `assets/` below `base`; loading it checks its hash. */
export function packageAsset(base: string, name: string): Asset & { readonly bytes: number } {
  const entry = __ASSETS__[name];
  if (!entry) throw new Error(`The build has no asset ${name}.`);
  return { url: new URL(name, base).href, ...entry };
}

/** The names of this version's assets. */
export function packageAssetNames(): readonly string[] {
  return Object.keys(__ASSETS__);
}

/**
 * Maps a failed download to its `asset-*` code, with the URL, and missing WebGL to `unsupported`; any other error
 * becomes `code`.
 */
export function removalErrorOf(error: unknown, code: RemovalErrorCode, message: string): RemovalError {
  if (error instanceof NoWebGlError) return new RemovalError('unsupported', error.message, { cause: error.cause });
  if (!(error instanceof AssetError)) return RemovalError.from(error, code, message);
  return new RemovalError(`asset-${error.reason}`, error.message, { url: error.url, cause: error.cause });
}
