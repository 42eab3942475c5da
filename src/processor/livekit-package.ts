import { version } from 'livekit-client';
import { RemovalProcessor as ForAnySdk } from './livekit.ts';
import { checkLivekitVersion } from './livekit-version.ts';
import type { RemoverOptions } from './options.ts';

/**
 * What `clean-plate/livekit` is to a bundler: the same processor, which knows by which livekit-client it is going to be
 * used, since both resolve to the app's own. An SDK that ignores processors never calls one, so the constructor is the
 * last place to refuse it. `livekit.ts` stays free of the import, for pages that load `dist/livekit.js` by its address.
 */
export class RemovalProcessor extends ForAnySdk {
  /** @throws RemovalError `invalid-option`, `unsupported-sdk` */
  constructor(options: RemoverOptions = {}) {
    checkLivekitVersion(version);
    super(options);
  }
}
