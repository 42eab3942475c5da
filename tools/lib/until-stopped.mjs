const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Waits for Ctrl-C or another polite end of this process, then runs `stop` and ends it.
 * A second signal does not wait for `stop`.
 * @param {() => Promise<unknown>} stop
 */
export function untilStopped(stop) {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
