import { RemovalError } from './errors.ts';

/**
 * The oldest livekit-client that keeps a processor wherever it can be given, found by running it
 * (test/e2e/livekit.spec.ts). Before 2.9.4 some ignore that of `videoCaptureDefaults` and publish the raw camera
 * (livekit/client-sdk-js#1416), and before
 * 2.3.0 a paused upstream resumes with it (#1157). The peer range in package.json says the same.
 */
const OLDEST = [2, 9, 4] as const;

/** The range that {@link checkLivekitVersion} accepts, as in package.json. */
export const LIVEKIT_RANGE = `^${OLDEST.join('.')}`;

/**
 * @throws RemovalError `unsupported-sdk` unless `version` lies in {@link LIVEKIT_RANGE}, also where it cannot be read
 */
export function checkLivekitVersion(version: string): void {
  const [major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  if (major === OLDEST[0] && (minor > OLDEST[1] || (minor === OLDEST[1] && patch >= OLDEST[2]))) return;
  throw new RemovalError(
    'unsupported-sdk',
    `livekit-client ${version} is not supported: clean-plate needs ${LIVEKIT_RANGE}. Others were seen to publish the raw ` +
      `camera although a processor is set. Install it with: npm install livekit-client@${LIVEKIT_RANGE}`,
  );
}
