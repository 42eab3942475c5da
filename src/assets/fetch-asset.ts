import { fromCache, intoCache } from './asset-cache.ts';
import { AssetError } from './asset-error.ts';

/** A file to load. */
export interface Asset {
  readonly url: string;
  /** Hex digest, as in the manifest. Checked where given. */
  readonly sha256?: string | undefined;
  /** Its size, where it is known. */
  readonly bytes?: number;
}

/** How a kind of file differs from a stray HTML page and from a broken file. */
interface AssetKind {
  readonly name: string;
  /** Content types that cannot be right although the bytes might be. */
  readonly wrongType: (contentType: string) => boolean;
  readonly magic?: { readonly at: number; readonly bytes: string };
  /** The browser itself loads it by its address: a copy in our cache would be of no use. */
  readonly byAddress?: true;
}

const isHtml = (contentType: string) => contentType.includes('html');

export const MODEL: AssetKind = { name: 'TFLite model', wrongType: isHtml, magic: { at: 4, bytes: 'TFL3' } };
export const WASM: AssetKind = { name: 'wasm module', wrongType: isHtml, magic: { at: 0, bytes: '\0asm' } };
/**
 * A module script is refused by the browser, without a reason that a script could read, unless it is served as
 * JavaScript.
 */
export const SCRIPT: AssetKind = {
  name: 'JavaScript module',
  wrongType: (type) => !/javascript|ecmascript/.test(type),
  byAddress: true,
};

export interface FetchAssetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of every piece that arrives. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Gives a file and makes sure that it is one of `kind`. One with a hash is taken from the browser's cache where it is
 * there, and kept there where it had to be loaded.
 *
 * @throws {AssetError} with the reason; or the signal's own reason where it was aborted.
 */
export async function fetchAsset(
  asset: Asset,
  kind: AssetKind,
  options: FetchAssetOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onBytes } = options;
  const wanted = asset.sha256?.toLowerCase();
  if (wanted === undefined) return await load(asset.url, kind, options);
  const kept = kind.byAddress ? undefined : await fromCache(asset.url, wanted);
  signal?.throwIfAborted();
  // Whatever else this origin does with its cache: only the right bytes are taken.
  if (kept && (await sha256(kept)) === wanted) {
    onBytes?.(kept.length);
    return kept;
  }
  const bytes = await load(asset.url, kind, options);
  if ((await sha256(bytes)) !== wanted) {
    throw new AssetError(asset.url, 'corrupt', `the ${kind.name} does not have the sha256 of the manifest.`);
  }
  signal?.throwIfAborted();
  if (!kind.byAddress) intoCache(asset.url, wanted, bytes);
  return bytes;
}

async function load(
  url: string,
  kind: AssetKind,
  { signal, onBytes }: FetchAssetOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await reach(url, signal, () => fetch(url, signal ? { signal } : {}));
  if (!response.ok) {
    await response.body?.cancel().catch(() => undefined);
    throw new AssetError(url, 'http', `the server answered ${response.status} for the ${kind.name}.`);
  }
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (kind.wrongType(type)) {
    await response.body?.cancel().catch(() => undefined);
    throw new AssetError(url, 'type', `a ${kind.name} was expected, but the server sent "${type || 'no type'}".`);
  }
  const bytes = await reach(url, signal, () => readAll(response, onBytes));
  const magic = kind.magic;
  if (magic && String.fromCharCode(...bytes.subarray(magic.at, magic.at + magic.bytes.length)) !== magic.bytes) {
    const html = bytes[0] === '<'.charCodeAt(0);
    throw new AssetError(url, html ? 'type' : 'corrupt', `this is not a ${kind.name} (${bytes.length} bytes).`);
  }
  signal?.throwIfAborted();
  return bytes;
}

async function reach<T>(url: string, signal: AbortSignal | undefined, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AssetError(url, 'network', 'could not be loaded.', { cause });
  }
}

async function readAll(response: Response, onBytes?: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
    onBytes?.(value.length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
