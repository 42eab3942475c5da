import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Remover } from '../../src/processor/index.ts';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { serve } from '../../tools/lib/server.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { SHARED } from '../fixtures.ts';
import { tsSnippets, writeSnippetModule } from '../snippets.ts';
import { expect, test } from './with-livekit.ts';

// What the documents show is run here, word by word, in a page with a camera.

const MODELS = path.join(SHARED, 'models');

/** Blocks that are not run here, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'README.md 3': 'quick-start.spec.ts builds an app of it',
  ...(existsSync(MODELS) ? {} : { 'docs/targets.md 4': 'its models are not part of the project' }),
};

interface SnippetModule {
  readonly snippets: Readonly<Record<string, (given: Readonly<Record<string, unknown>>) => Promise<void>>>;
  readonly Remover: { create: typeof Remover.create };
}

/** What became of a block: an error, or the states of what it started or was given, after all of it was ready. */
type Outcome = string | readonly string[];

test('every block of TypeScript runs, and what it starts works', async ({ page, livekit }) => {
  test.setTimeout(300_000);
  const all = tsSnippets();
  const snippets = all.filter(({ name }) => !(name in ELSEWHERE));
  expect(Object.keys(ELSEWHERE).filter((name) => !all.some((each) => each.name === name))).toEqual([]);
  expect(snippets.length).toBeGreaterThan(15);

  const bundle = await pageBundle(writeSnippetModule(snippets), { packaged: true });
  const dist = path.join(ROOT, 'dist');
  // As a bundler leaves it: the worker and the assets beside the app's code.
  const roots = { '/': bundle, '/assets/': path.join(dist, 'assets'), '/clean-plate/': dist, '/models/': MODELS };
  const site = await serve(roots);
  const given = { serverUrl: livekit.url, token: await livekit.token('reader', `docs-${Date.now()}`) };
  await page.goto(site.url);
  const outcomes = await page.evaluate(
    async ({ names, given }) => {
      const { snippets, Remover } = (await import(new URL('/page.js', location.href).href)) as SnippetModule;
      let removers: Remover[] = [];
      const create = Remover.create.bind(Remover);
      Remover.create = async (options) => {
        const remover = await create(options);
        removers.push(remover);
        return remover;
      };
      const camera = await navigator.mediaDevices.getUserMedia({ video: true });
      const [cameraTrack] = camera.getVideoTracks();
      const run = async (name: string): Promise<Outcome> => {
        removers = [];
        const remover = await Remover.create();
        await remover.setSource(cameraTrack!);
        await remover.ready;
        const peer = new RTCPeerConnection({ iceServers: [] });
        try {
          await snippets[name]!({
            ...given,
            cameraTrack,
            remover,
            sender: peer.addTrack(cameraTrack!),
            bar: document.createElement('progress'),
            leaveButton: document.createElement('button'),
            hint: document.createElement('p'),
          });
          // What it listens to is sent, too.
          remover.dispatchEvent(new CustomEvent('overload', { detail: { reason: 'for the test' } }));
          for (const each of removers) {
            await each.ready.catch(({ code }) => {
              // The block itself asked for something else, or for nothing more.
              if (code !== 'aborted' && code !== 'closed') throw new Error(`ready: ${code}`);
            });
          }
          return removers.map(({ state }) => state);
        } catch (error) {
          return String(error);
        } finally {
          await Promise.all(removers.map((each) => each.close()));
          peer.close();
        }
      };
      const outcomes: Record<string, Outcome> = {};
      for (const name of names) outcomes[name] = await run(name);
      return outcomes;
    },
    { names: snippets.map(({ name }) => name), given },
  );
  const wrong = Object.entries(outcomes).filter(([, found]) => typeof found === 'string' || found.includes('failed'));
  expect(wrong).toEqual([]);
  await site.close();
});
