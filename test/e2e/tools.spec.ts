import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureLivekit } from '../../tools/lib/livekit.mjs';
import { ROOT, say } from '../../tools/lib/setup.mjs';
import { blocksOf } from '../documents.ts';
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

test('npm run remove, as the README has it: a frame for each, and stats.json', async ({ page }) => {
  test.setTimeout(240_000); // it builds where a source is newer, and paints with the network
  const [command] = blocksOf('README.md').flatMap(({ code }) => /^npm run remove .*$/m.exec(code) ?? []);
  const folder = mkdtempSync(path.join(tmpdir(), 'remove-'));
  const [clip, frames] = [path.join(folder, 'clip'), path.join(folder, 'frames')];
  mkdirSync(clip);
  for (let i = 0; i < 4; i++) {
    const picture = await page.evaluate((i) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 96 });
      const context = canvas.getContext('2d')!;
      for (let x = 0; x < 160; x += 8) {
        context.fillStyle = `hsl(${x + i} 40% ${30 + (x % 40)}%)`;
        context.fillRect(x, 0, 8, 96);
      }
      return canvas.toDataURL('image/png').split(',')[1]!;
    }, i);
    writeFileSync(path.join(clip, `0000${i}.png`), Buffer.from(picture, 'base64'));
  }
  try {
    const [program, ...args] = command!
      .replace('clip.mp4', clip)
      .replace('--out frames', `--out ${frames}`)
      .split(/\s+/);
    const tool = spawn(program!, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    running.push(tool);
    expect(await ended(tool)).toBe(0);
    expect(readdirSync(frames).sort()).toEqual(['00000.png', '00001.png', '00002.png', '00003.png', 'stats.json']);
    expect(Object.keys(JSON.parse(readFileSync(path.join(frames, 'stats.json'), 'utf8'))).length).toBeGreaterThan(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
