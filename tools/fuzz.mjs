/**
 * Lives random lives: whatever an app calls in whatever order, while workers are killed and cameras taken away. No
 * frame may show who is to be hidden, every call must be answered, nothing may be left uncaught, and all must end
 * closed.
 *
 *     npm run fuzz [-- --lives 100] [--seed N]
 *
 * Each life has a seed of its own, the first given or drawn, the next one more; a life that fails says by which command
 * it is lived again. The last line is `lives L, frames F, leaks 0`; exit 0 only when all held.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

function whole(name, text) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  say(`fuzz: --${name} needs a whole number above 0, not '${text}'`);
  process.exit(2);
}

async function main() {
  const { values } = parseArgs({ options: { lives: { type: 'string' }, seed: { type: 'string' } } });
  const lives = whole('lives', values.lives ?? '100');
  const seed = whole('seed', values.seed ?? String(1 + Math.floor(Math.random() * 1e9)));
  ensurePackages();
  await ensureChromium(say);
  ensureBuild();
  say(`fuzz: ${lives} lives, from seed ${seed} on`);
  const { status } = spawnSync('npx', ['playwright', 'test', '--project=e2e', 'e2e/fuzz', '--reporter=list'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, FUZZ_LIVES: String(lives), FUZZ_SEED: String(seed) },
  });
  process.exitCode = status === 0 ? 0 : 1;
}

await main();
