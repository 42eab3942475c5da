/** How long a busy machine may take for what a quiet one does in a second or two, milliseconds. */
export const PATIENCE_MS = 60_000;

/** Asks every 30 ms until the answer is yes. @throws {Error} with `what` after `ms` */
export async function until(
  what: string | (() => string),
  fits: () => boolean | Promise<boolean>,
  ms = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await fits())) {
    if (performance.now() > end) throw new Error(`${typeof what === 'string' ? what : what()}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
