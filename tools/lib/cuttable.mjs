import { connect, createServer } from 'node:net';

/**
 * A way to `port` that can be cut, loopback only: what a router does that forgets its connections.
 * @returns {Promise<{ port: number, cut(ms: number): Promise<void>, close(): Promise<void> }>} `cut` ends all
 *   connections and refuses new ones for so long.
 */
export async function cuttable(port) {
  const sockets = new Set();
  let open = true;
  const server = createServer((near) => {
    if (!open) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: server.address().port,
    async cut(ms) {
      open = false;
      drop();
      await new Promise((resolve) => setTimeout(resolve, ms));
      open = true;
    },
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
