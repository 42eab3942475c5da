/** One cache for all pages of an origin. */
const CACHE = 'clean-plate';

/**
 * What was loaded once, by its hash, in the browser's Cache API: the second start needs no network, whatever the server
 * says of caching. A file of another version takes the place of the last one. Everything here is a convenience: a
 * browser without the API (or a full disk, or an insecure page) loads from the network every time.
 */
export async function fromCache(url: string, sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const found = await (await caches.open(CACHE)).match(keyOf(url, sha256));
    return found && new Uint8Array(await found.arrayBuffer());
  } catch {
    return undefined;
  }
}

const writing = new Set<Promise<void>>();

/** Keeps `bytes`, which have this hash. Nobody has to wait for it. */
export function intoCache(url: string, sha256: string, bytes: Uint8Array<ArrayBuffer>): void {
  const write = put(keyOf(url, sha256), bytes).catch(() => {}); // as above
  writing.add(write);
  void write.then(() => writing.delete(write));
}

/** Resolves when what was put into the cache so far is there, or could not be. */
export async function cacheWritten(): Promise<void> {
  await Promise.all(writing);
}

async function put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.delete(key, { ignoreSearch: true });
  await cache.put(key, new Response(bytes));
}

/** An address that nobody is asked for; the file's name alone counts, so that one of a moved folder is found again. */
function keyOf(url: string, sha256: string): string {
  const { origin, pathname } = new URL(url);
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  return `${origin}/.clean-plate/${name}?${sha256}`;
}
