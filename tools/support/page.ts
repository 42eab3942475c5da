import { checkSupport, type Support } from 'clean-plate';

/** What a browser was found to have. */
export interface Found extends Support {
  /** Of what removal can use, what is there on the page, and what in a worker. */
  readonly page: readonly string[];
  readonly worker: readonly string[];
}

declare global {
  interface Window {
    found?: Promise<Found>;
  }
}

const NAMES = ['VideoFrame', 'MediaStreamTrackProcessor', 'MediaStreamTrackGenerator', 'VideoTrackGenerator', 'GPU'];

/** As text, for it goes into a worker of its own: what a worker of the package would find. */
const ASK = `postMessage(${JSON.stringify(NAMES)}.filter((name) => name in self))`;

function inWorker(): Promise<string[]> {
  const url = URL.createObjectURL(new Blob([ASK], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  return new Promise<string[]>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new Error('A module worker could not be started.'));
  }).finally(() => {
    worker.terminate();
    URL.revokeObjectURL(url);
  });
}

async function look(): Promise<Found> {
  const support = await checkSupport();
  return { ...support, page: NAMES.filter((name) => name in window), worker: await inWorker() };
}

window.found = look();
// Drivers that cannot wait for a promise read the title.
window.found.then(
  (found) => {
    document.title = JSON.stringify(found);
  },
  (error) => {
    document.title = `failed: ${error}`;
  },
);
