import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';

const inDist = (name: string) => path.join(ROOT, 'dist', name);

describe.skipIf(!existsSync(inDist('index.js')))('the built package', () => {
  it('can be imported in Node, changes nothing there, and says that it cannot run', async () => {
    const before = Object.getOwnPropertyNames(globalThis).sort();
    const { checkSupport, Remover } = await import(pathToFileURL(inDist('index.js')).href);
    expect(Object.getOwnPropertyNames(globalThis).sort()).toEqual(before);
    expect((await checkSupport()).tier).toBe('none');
    await expect(Remover.create()).rejects.toMatchObject({ name: 'RemovalError', code: 'unsupported' });
  });

  it('has a worker in one file, started in the form that bundlers look for', () => {
    const worker = readFileSync(inDist('worker.js'), 'utf8');
    expect(worker).not.toMatch(/(^|[;}\s])(import|export)\s*["'{*]/);
    const main = readdirSync(inDist('.'))
      .filter((name) => name.endsWith('.js') && name !== 'worker.js')
      .map((name) => readFileSync(inDist(name), 'utf8'))
      .join('\n');
    expect(main).toMatch(
      /new Worker\(new URL\(["'`]\.\/worker\.js["'`],\s*import\.meta\.url\),\s*\{\s*type:\s*["'`]module["'`]/,
    );
  });

  it('names no host', () => {
    for (const file of ['index.js', 'worker.js']) {
      const hosts = readFileSync(inDist(file), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? [];
      // MediaPipe's bundle carries licence addresses and example URLs in its comments and messages; none is fetched.
      const known =
        /apache\.org|w3\.org|w3c\.github\.io|developers\.google\.com|ai\.google\.dev|github\.com|www\.google\.com/;
      expect(hosts.filter((host) => !known.test(host))).toEqual([]);
    }
  });

  it('lists its assets with size and sha256, and the worker uses the same list', () => {
    const { version, files } = JSON.parse(readFileSync(inDist('assets/manifest.json'), 'utf8'));
    expect(version).toBe(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version);
    const worker = readFileSync(inDist('worker.js'), 'utf8');
    for (const [name, { bytes, sha256 }] of Object.entries<{ bytes: number; sha256: string }>(files)) {
      const data = readFileSync(inDist(`assets/${name}`));
      expect([name, data.length, createHash('sha256').update(data).digest('hex')]).toEqual([name, bytes, sha256]);
      expect(worker).toContain(sha256);
    }
  });
});
