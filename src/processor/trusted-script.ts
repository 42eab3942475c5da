/** By which `trusted-types` in a content security policy allows it. */
const POLICY = 'clean-plate';

interface Policy {
  createScriptURL(url: string): unknown;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

let policy: Policy | undefined;

/**
 * The address of a worker's script, for a worker whose content security policy has
 * `require-trusted-types-for 'script'`. No policy object of the page can be sent to a worker, so it is one of our own,
 * which only this package's code can reach.
 *
 * @param url below the option `assets`
 * @throws TypeError where the content security policy names the policies that may be made, and not `clean-plate`
 */
export function trustedScript(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return url;
  policy ??= trustedTypes.createPolicy(POLICY, { createScriptURL: (url) => url });
  return policy.createScriptURL(url) as string; // TypeScript's `Worker` takes no TrustedScriptURL yet
}
