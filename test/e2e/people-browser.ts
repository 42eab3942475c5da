import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { ensureChromium } from '../../tools/lib/chromium.mjs';
import { say } from '../../tools/lib/setup.mjs';

/**
 * A Chromium as people run it: a page behind another one is hidden, and treated so. Where Playwright starts it, every
 * page counts as seen and focused.
 */
export async function openPeopleBrowser(flags: readonly string[]): Promise<{
  readonly context: BrowserContext;
  close(): Promise<void>;
}> {
  const profile = mkdtempSync(path.join(tmpdir(), 'clean-plate-profile-'));
  const args = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...flags, 'about:blank'];
  const program = spawn(await ensureChromium(say), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    program.stderr.on('data', (chunk) => {
      said += chunk;
      const [found] = said.match(/ws:\/\/\S+/) ?? [];
      if (found) resolve(found);
    });
    program.once('exit', () => reject(new Error(`Chromium did not start:\n${said}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('Chromium has no context of its own.');
  return {
    context,
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => {}); // it may be gone before it has answered
      const timer = setTimeout(() => program.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
