/** The browser gives no WebGL 2 here. */
export class NoWebGlError extends Error {
  override readonly name = 'NoWebGlError';

  constructor(cause: unknown) {
    super('This browser gives no WebGL 2 here, which MediaPipe needs: graphics are switched off, or have no driver.', {
      cause,
    });
  }
}

/** MediaPipe makes a WebGL 2 context for every task, also for one that computes on the CPU, and fails without. */
export function hasWebGl2(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return false;
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  // Browsers keep few contexts; this one is not needed any more.
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
