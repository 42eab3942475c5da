import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from '../../tools/lib/server.mjs';
import { isLoopback, TOKEN_PATH, tokenEndpoint } from '../../tools/lib/token-endpoint.mjs';

const asked: unknown[][] = [];
const livekit = {
  url: 'ws://127.0.0.1:1',
  token: async (...args: unknown[]) => {
    asked.push(args);
    return `token-${asked.length}`;
  },
};
let server: Awaited<ReturnType<typeof serve>>;
let port: string;
beforeAll(async () => {
  server = await serve({}, { handle: tokenEndpoint(livekit) });
  port = new URL(server.url).port;
});
afterAll(() => server.close());

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Not `fetch`, which does not let one forge `Host` and `Origin`. */
function ask({ method = 'POST', headers = {}, body = '{"name":"Ada","room":"studio"}' }: Ask = {}) {
  return new Promise<{ status: number; body: Record<string, string>; headers: object }>((resolve, reject) => {
    const own = { host: `127.0.0.1:${port}`, origin: server.url, 'content-type': 'application/json' };
    const all = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== '');
    const call = request(`${server.url}${TOKEN_PATH}`, { method, headers: Object.fromEntries(all) }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), headers: response.headers }),
      );
    });
    call.on('error', reject);
    call.end(method === 'GET' ? undefined : body);
  });
}

it('gives a token for the room to a page of its own, each guest with an identity of its own', async () => {
  const [first, second] = [await ask(), await ask()];
  expect(first).toMatchObject({ status: 200, body: { url: livekit.url, token: 'token-1' } });
  expect(first.headers).toMatchObject({ 'cache-control': 'no-store' });
  expect(first.headers).not.toHaveProperty('access-control-allow-origin');
  expect(second.body.token).toBe('token-2');
  expect(asked).toEqual([
    ['guest-1', 'studio', { name: 'Ada' }],
    ['guest-2', 'studio', { name: 'Ada' }],
  ]);
  expect((await ask({ headers: { host: `localhost:${port}`, origin: `http://localhost:${port}` } })).status).toBe(200);
});

it.each<[string, Ask, number]>([
  ['a page of another site', { headers: { origin: 'https://example.com' } }, 403],
  ['a page of another port of this machine', { headers: { origin: 'http://127.0.0.1:1' } }, 403],
  ['a site whose name points at loopback', { headers: { host: 'evil.test', origin: 'http://evil.test' } }, 403],
  ['a name that begins like loopback', { headers: { host: '127.0.0.1.evil.test' } }, 403],
  ['a page without an origin', { headers: { origin: 'null' } }, 403],
  ['a call without an origin', { headers: { origin: '' } }, 403],
  ['a GET', { method: 'GET' }, 405],
  ['a form', { headers: { 'content-type': 'text/plain' } }, 415],
  ['no name', { body: '{"room":"studio"}' }, 400],
  ['a name of 41 characters', { body: JSON.stringify({ name: 'x'.repeat(41), room: 'a' }) }, 400],
  ['a room with a slash', { body: '{"name":"Ada","room":"a/b"}' }, 400],
  ['what is no JSON', { body: 'name=Ada' }, 400],
  ['a list', { body: '[]' }, 400],
  ['null', { body: 'null' }, 400],
  ['a flood', { body: `"${'x'.repeat(5000)}"` }, 400],
])('refuses %s', async (_, what, status) => {
  const before = asked.length;
  const answer = await ask(what);
  expect([answer.status, typeof answer.body.error]).toEqual([status, 'string']);
  expect(asked.length).toBe(before);
});

it('knows a loopback address', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) expect(isLoopback(address)).toBe(true);
  for (const address of ['192.168.1.5', '10.0.0.1', '::ffff:10.0.0.1', 'fd00::1', '', undefined]) {
    expect(isLoopback(address)).toBe(false);
  }
});
