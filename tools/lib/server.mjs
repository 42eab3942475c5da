import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.mp4': 'video/mp4',
};

/**
 * Serves folders on loopback.
 * @param {Record<string, string>} roots URL prefix (`/` or `/name/`) to folder; the longest prefix that matches is taken.
 * @param {{ port?: number, cacheControl?: (pathname: string) => string, handle?: (req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => boolean }} [options]
 *   `port` 0 takes a free one; `cacheControl` gives each file's header; `handle` may answer a request first, and then returns true.
 * @returns {Promise<{ url: string, requests: string[], close(): Promise<void> }>}
 */
export async function serve(roots, { port = 0, cacheControl = () => 'no-cache', handle } = {}) {
  const prefixes = Object.keys(roots).sort((a, b) => b.length - a.length);
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.push(pathname);
    if (handle?.(request, response)) return;
    const prefix = prefixes.find((each) => pathname.startsWith(each));
    const file = prefix && resolveFile(roots[prefix], pathname.slice(prefix.length));
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`${pathname}: not found\n`);
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'content-length': statSync(file).size,
      'cache-control': cacheControl(pathname),
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

function resolveFile(root, name) {
  const base = path.resolve(root);
  let file = path.resolve(base, `./${decodeURIComponent(name)}`);
  if (file !== base && !file.startsWith(base + path.sep)) return undefined;
  if (existsSync(file) && statSync(file).isDirectory()) file = path.join(file, 'index.html');
  return existsSync(file) ? file : undefined;
}
