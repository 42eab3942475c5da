/**
 * - `http`: the server answered with an error status.
 * - `type`: something else than asked for came back, mostly an HTML page of a router that answers everything.
 * - `corrupt`: the bytes are not what they should be: wrong hash, wrong magic, or refused by the runtime.
 * - `network`: no answer, or it broke off.
 */
export type AssetErrorReason = 'http' | 'type' | 'corrupt' | 'network';

/** A file that the worker needs could not be loaded. */
export class AssetError extends Error {
  override readonly name = 'AssetError';

  constructor(
    readonly url: string,
    readonly reason: AssetErrorReason,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${url}: ${detail}`, options);
  }
}
