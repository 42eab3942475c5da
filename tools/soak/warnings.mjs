/** How Chromium says that a `VideoFrame` was dropped without `close()`. */
const WARNING = /VideoFrame was garbage collected/;
/** It looks for them every 10 s, and says so once however many there were. */
export const WARNING_DELAY = 12;

/**
 * Counts the warnings of a page and of its workers. Those of workers come on no console that Playwright shows.
 * @param {import('@playwright/test').CDPSession} cdp of the page
 */
export async function countWarnings(cdp) {
  let count = 0;
  cdp.on('Log.entryAdded', ({ entry }) => {
    if (WARNING.test(entry.text)) count++;
  });
  await cdp.send('Log.enable');
  return { count: () => count };
}

/**
 * Drops a frame on the page and one in a worker, to see that each is reported: without that, silence would prove
 * nothing.
 * @throws when one was not reported.
 */
export async function rehearse(page, sessions, warnings) {
  for (const place of ['page', 'worker']) {
    const before = warnings.count();
    await page.evaluate(dropFrame, place);
    await sessions.collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, WARNING_DELAY * 1000));
    if (warnings.count() === before)
      throw new Error(`A frame dropped on purpose (${place}) gave no warning: no leak would.`);
  }
}

function dropFrame(place) {
  const drop = () => {
    new VideoFrame(new Uint8Array(64 * 64 * 4), { format: 'RGBA', codedWidth: 64, codedHeight: 64, timestamp: 0 });
  };
  if (place === 'page') {
    drop();
    return undefined;
  }
  const script = new Blob([`(${drop})(); postMessage('dropped')`], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(script));
  window.rehearsalWorker = worker; // kept, as its garbage is to be collected while it lives
  return new Promise((resolve) => {
    worker.onmessage = () => resolve();
  });
}
