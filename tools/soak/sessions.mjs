/**
 * DevTools sessions of a page and of its workers, which Playwright has no door to: for their heaps, and for collecting
 * their garbage.
 * @param {import('@playwright/test').CDPSession} cdp of the page, before it starts its workers
 */
export async function openSessions(cdp) {
  const workers = new Map();
  let lastId = 0;
  cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    const pending = new Map();
    const send = (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        const message = JSON.stringify({ id, method, params });
        cdp.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
      });
    workers.set(sessionId, { url: targetInfo.url, send, pending });
  });
  cdp.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    const { id, result, error } = JSON.parse(message);
    const pending = workers.get(sessionId)?.pending;
    const asked = pending?.get(id);
    pending?.delete(id);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(result);
  });
  cdp.on('Target.detachedFromTarget', ({ sessionId }) => {
    for (const { reject } of workers.get(sessionId)?.pending.values() ?? []) reject(new Error('The worker has ended.'));
    workers.delete(sessionId);
  });
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const all = () => [{ url: 'page', send: (method, params) => cdp.send(method, params) }, ...workers.values()];
  return {
    async collectGarbage() {
      for (const { send } of all()) await send('HeapProfiler.collectGarbage');
    },
    /**
     * MiB in use: objects of script, of the browser behind them, and array buffers; of all workers together whose
     * script's URL has `part` in it.
     */
    async heapMb(part) {
      const sessions = all().filter(({ url }) => url.includes(part));
      if (!sessions.length) throw new Error(`No worker of ${part} runs any more.`);
      let sum = 0;
      for (const { send } of sessions) {
        const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await send('Runtime.getHeapUsage');
        sum += usedSize + embedderHeapUsedSize + backingStorageSize;
      }
      return sum / 2 ** 20;
    },
  };
}
