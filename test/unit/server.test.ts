import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serve } from '../../tools/lib/server.mjs';

describe('the server of demo, tools and tests', () => {
  let folder: string;
  let site: Awaited<ReturnType<typeof serve>>;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clean-plate-server-'));
    for (const each of ['site/sub', 'site-of-another', 'package'])
      mkdirSync(path.join(folder, each), { recursive: true });
    writeFileSync(path.join(folder, 'site/index.html'), 'the page');
    writeFileSync(path.join(folder, 'site/sub/index.html'), 'below');
    writeFileSync(path.join(folder, 'site/a b.js'), 'spaced');
    writeFileSync(path.join(folder, 'site-of-another/secret.txt'), 'secret');
    writeFileSync(path.join(folder, 'package/model.tflite'), '0123456789');
    const roots = { '/': path.join(folder, 'site'), '/package/': path.join(folder, 'package') };
    const handle: NonNullable<Parameters<typeof serve>[1]>['handle'] = ({ url }, response) => {
      if (url === '/throws') throw new Error('a handler’s own fault');
      if (url !== '/handled') return false;
      response.end('by the handler');
      return true;
    };
    site = await serve(roots, {
      handle,
      cacheControl: (name) => (name === '/package/model.tflite' ? 'no-store' : 'x'),
    });
  });
  afterEach(async () => {
    await site.close();
    rmSync(folder, { recursive: true });
  });

  const get = async (name: string, headers = {}) => {
    const response = await fetch(`${site.url}${name}`, { headers });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };

  it('serves the longest prefix that matches, pages of folders, and names with spaces', async () => {
    expect(await get('/')).toMatchObject({ status: 200, body: 'the page' });
    expect(await get('/sub/')).toMatchObject({ status: 200, body: 'below' });
    expect(await get('/a%20b.js?version=2')).toMatchObject({ status: 200, body: 'spaced' });
    expect(await get('/package/model.tflite')).toMatchObject({ status: 200, body: '0123456789' });
    expect(await get('/handled')).toMatchObject({ status: 200, body: 'by the handler' });
    expect(await get('/nothing.js')).toMatchObject({ status: 404 });
    expect(site.requests).toContain('/a%20b.js');
  });

  it('gives type, length and cache header, and a part where a part is asked for', async () => {
    const { headers } = await get('/package/model.tflite');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-length')).toBe('10');
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await get('/')).headers.get('content-type')).toMatch(/text\/html.*utf-8/);
    expect((await get('/')).headers.get('cache-control')).toBe('x');
    const part = await get('/package/model.tflite', { range: 'bytes=4-6' });
    expect(part).toMatchObject({ status: 206, body: '456' });
  });

  /** Sends a path as it stands: `fetch` would tidy it. */
  const sendRaw = async (target: string, more = '') => {
    const socket = connect(Number(new URL(site.url).port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${more}\r\n`);
    return (await text(socket)).split('\r\n', 1)[0];
  };

  it.each([
    ['/%', 404],
    ['/%00', 404],
    ['//', 200],
    ['/package/%E0%A4%A', 404],
    ['/throws', 400],
    ['/../site-of-another/secret.txt', 404],
  ])('outlives GET %s, answered with %i', async (target, status) => {
    expect(await sendRaw(target)).toContain(`HTTP/1.1 ${status}`);
    expect(await get('/')).toMatchObject({ body: 'the page' });
  });

  it('outlives a part that ends before it begins', async () => {
    await sendRaw('/package/model.tflite', 'range: bytes=6-2\r\n');
    expect(await get('/')).toMatchObject({ body: 'the page' });
  });
});
