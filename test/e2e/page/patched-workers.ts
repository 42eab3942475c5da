/** Workers of the package with a script of the test's before them. */
export function patchedWorkers(script: string): { createWorker(): Worker; post(message: unknown): void } {
  const workers: Worker[] = [];
  const source = `${script}\nimport '${location.origin}/clean-plate/worker.js';`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  return {
    createWorker: () => {
      workers.push(new Worker(url, { type: 'module' }));
      return workers.at(-1)!;
    },
    /** Not the first, which is the guardian. */
    post: (message) => {
      for (const worker of workers.slice(1)) worker.postMessage(message);
    },
  };
}
