/** Milliseconds from lap to lap, by stage. */
export class Stopwatch {
  readonly ms: Record<string, number> = {};
  #last = performance.now();

  lap(stage: string): void {
    const now = performance.now();
    this.ms[stage] = now - this.#last;
    this.#last = now;
  }
}
