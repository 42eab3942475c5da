/** What an app may do to its track and a clone does not notice. */
export type TrackOrder =
  | { readonly type: 'enabled'; readonly enabled: boolean }
  | { readonly type: 'constraints'; readonly constraints: MediaTrackConstraints }
  | { readonly type: 'stop' };

/** How often the original is polled, milliseconds: none of these has an event. */
const LOOK_MS = 200;

/**
 * Reports what is done to `original` from now on; `stop` is the last report.
 *
 * @returns ends it
 */
export function follow(original: MediaStreamTrack, report: (order: TrackOrder) => void): () => void {
  let { enabled } = original;
  let asked = JSON.stringify(original.getConstraints());
  const timer = setInterval(() => {
    if (original.enabled !== enabled) {
      enabled = original.enabled;
      report({ type: 'enabled', enabled });
    }
    const constraints = original.getConstraints();
    if (JSON.stringify(constraints) !== asked) {
      asked = JSON.stringify(constraints);
      report({ type: 'constraints', constraints });
    }
    if (original.readyState === 'ended') {
      end();
      report({ type: 'stop' });
    }
  }, LOOK_MS);
  const end = () => clearInterval(timer);
  return end;
}

/** Does the same to the clone. */
export function obey(clone: MediaStreamTrack, order: TrackOrder): void {
  switch (order.type) {
    case 'enabled':
      clone.enabled = order.enabled;
      break;
    case 'constraints':
      // Where the camera can no longer do it for the clone, its frames stay as they are.
      clone.applyConstraints(order.constraints).catch(() => {});
      break;
    case 'stop':
      clone.stop();
      break;
    default:
      order satisfies never;
  }
}
