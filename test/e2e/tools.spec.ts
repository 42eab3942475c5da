import { type ChildProcess, spawn } from 'node:child_process';
import { ensureLivekit } from '../../tools/lib/livekit.mjs';
import { ROOT, say } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';

const running: ChildProcess[] = [];

/** Starts a tool and waits until it has printed `expected`; gives its first group. */
async function start(args: string[], expected: RegExp): Promise<{ tool: ChildProcess; said: string; found: string }> {
  const tool = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(tool);
  let said = '';
  tool.stdout!.on('data', (chunk) => (said += chunk));
  await expect.poll(() => said, { timeout: 60_000 }).toMatch(expected);
  return { tool, said, found: expected.exec(said)?.[1] ?? '' };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

const ended = (tool: ChildProcess) => new Promise((resolve) => tool.once('exit', resolve));

test.beforeAll(() => {
  test.setTimeout(900_000);
  ensureLivekit(say);
});
test.afterEach(() => {
  for (const tool of running.splice(0)) tool.kill('SIGKILL');
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`npm run livekit: a server with tokens, gone after ${signal}`, async () => {
    const { tool, said, found } = await start(['tools/livekit.mjs'], /ws:\/\/(127\.0\.0\.1:\d+)[\s\S]*Grace\n.*\n.*\n/);
    expect(said.match(/token {2}\S+\.\S+\.\S+/g)).toHaveLength(2);
    expect(said).toContain('room.html#server=ws%3A%2F%2F127.0.0.1');
    expect(await answers(`http://${found}/`)).toBe(true);
    const end = ended(tool);
    tool.kill(signal);
    await end;
    await expect.poll(() => answers(`http://${found}/`), { timeout: 5000 }).toBe(false);
  });
}

test('npm start -- --room: page and tokens on loopback, both servers gone after Ctrl-C', async () => {
  test.setTimeout(240_000); // it builds where a source is newer
  const { tool, found } = await start(['tools/start.mjs', '--room', '--port', '0'], /(http:\S+)\/room\.html/);
  expect(found).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${found}/room.html`)).text()).toContain('Join the room');
  const ask = (origin: string) =>
    fetch(`${found}/room/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ name: 'Ada', room: 'studio' }),
    });
  expect((await ask('https://example.com')).status).toBe(403);
  const { url } = (await (await ask(found)).json()) as { url: string };
  const livekit = url.replace('ws:', 'http:');
  expect(await answers(livekit)).toBe(true);
  const end = ended(tool);
  tool.kill('SIGINT');
  await end;
  expect(await answers(found)).toBe(false);
  await expect.poll(() => answers(livekit), { timeout: 5000 }).toBe(false);
});
