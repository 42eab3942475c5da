/**
 * Kept apart from its use: bundlers take `new URL('…', import.meta.url)` for a file to pack, and Next.js fails on a
 * folder. webpack puts the address of the source file here; then it is the page's that counts.
 */
const MODULE = import.meta.url;

/** The address of what lies beside the package's code, where it is served as it was published. */
export function besideModule(name: string): string {
  return new URL(name, MODULE.startsWith('file:') ? document.baseURI : MODULE).href;
}
