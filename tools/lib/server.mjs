import { createServer } from 'node:http';

/**
 * Serves folders on loopback.
 * @param {Record<string, string>} roots URL prefix (`/` or `/name/`) to folder; the longest prefix that matches is
 *   taken.
 * @param {{ port?: number, cacheControl?: (pathname: string) => string, scripts?: Record<string, string>, handle?:
 *   (req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => boolean }} [options]
 *   `port` 0 takes a free one; `cacheControl` gives each file's header; `scripts` are served by their path; `handle`
 *   may answer a request first, and then returns true.
 * @returns {Promise<{ url: string, requests: string[], close(): Promise<void> }>} `requests`: the paths asked for so
 *   far
 */
export async function serve(roots, { port = 0, cacheControl = () => 'no-cache', scripts = {}, handle } = {}) {
  // Not at the top: a fresh clone installs its packages first, with the tools that import this file.
  const { default: sirv } = await import('sirv');
  const requests = [];
  const sites = Object.keys(roots)
    .sort((a, b) => b.length - a.length)
    .map((prefix) => {
      const setHeaders = (response, name) => {
        response.setHeader('cache-control', cacheControl(prefix + name.slice(1)));
        // sirv gives a model or weights, whose kind it does not know, an empty type.
        if (/\.(tflite|onnx)$/.test(name)) response.setHeader('content-type', 'application/octet-stream');
      };
      // `dev`: files are looked up when they are asked for, since builds come and go while this runs.
      return { prefix, answer: sirv(roots[prefix], { dev: true, extensions: ['html'], setHeaders }) };
    });
  const server = createServer((request, response) => {
    const [pathname] = (request.url ?? '/').split('?');
    requests.push(pathname);
    // A file that goes away while it is read breaks its own answer off, not the server.
    response.once('pipe', (file) => file.once('error', () => response.destroy()));
    try {
      if (handle?.(request, response)) return;
      if (pathname in scripts) {
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(scripts[pathname]);
        return;
      }
      const site = sites.find(({ prefix }) => pathname.startsWith(prefix));
      const missing = () => response.writeHead(404, { 'content-type': 'text/plain' }).end(`${pathname}: not found\n`);
      if (!site) return missing();
      request.url = request.url.slice(site.prefix.length - 1);
      site.answer(request, response, missing);
    } catch {
      if (response.headersSent) response.destroy();
      else response.writeHead(400, { 'content-type': 'text/plain' }).end('This request is not understood.\n');
    }
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
