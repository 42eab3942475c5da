import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { problems } from '../../tools/release/problems.mjs';

const READY = {
  manifest: { version: '1.2.3', repository: { url: 'git+https://example.org/x.git' } },
  changelog: '# Changelog\n\n## 1.2.3\n\n- This.\n',
  pending: [],
  clean: true,
  tag: 'v1.2.3',
};

describe('a release', () => {
  it('goes out when everything is ready', () => {
    expect(problems(READY)).toEqual([]);
    expect(problems({ ...READY, tag: undefined })).toEqual([]);
  });

  it.each([
    ['a tag of another version', { tag: 'v1.2.4' }, 'The tag is v1.2.4'],
    ['no section of the changelog', { changelog: '# Changelog\n\n## 1.2.2\n' }, 'no section "## 1.2.3"'],
    ['a version that waits', { changelog: '## 1.2.3 (not yet released)\n' }, 'not yet released'],
    ['notes that no version has', { pending: ['new.md'] }, 'new.md'],
    ['uncommitted files', { clean: false }, 'committed'],
    ['no repository for the provenance', { manifest: { version: '1.2.3' } }, '"repository"'],
    ['a private package', { manifest: { ...READY.manifest, private: true } }, 'private'],
  ])('is held back by %s', (_, change, word) => {
    const found = problems({ ...READY, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(word);
  });

  it('is checked before anything is published by hand, too', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    expect(scripts.prepublishOnly).toBe('node tools/release.mjs --check');
    const env = { ...process.env, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v0.0.0' };
    const { status, stderr } = spawnSync(process.execPath, ['tools/release.mjs', '--check'], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    expect(stderr).toContain('release: The tag is v0.0.0');
    expect(status).toBe(2);
  });
});

describe('the workflows', () => {
  const folder = path.join(ROOT, '.github/workflows');
  const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

  it.each(files)('$name calls commands of this project alone, and actions by their commit', ({ text }) => {
    const commands = [...text.matchAll(/^\s*- run: (.+)$/gm)].map(([, command]) => command!);
    expect(commands.length).toBeGreaterThan(0);
    expect(text.match(/\brun:/g)).toHaveLength(commands.length);
    for (const command of commands) expect(scripts).toHaveProperty(command.replace(/^npm (run )?/, ''));
    for (const [, action] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  });

  it('let the release alone ask for an identity', () => {
    expect(files.filter(({ text }) => text.includes('id-token: write')).map(({ name }) => name)).toEqual([
      'release.yml',
    ]);
    expect(files.filter(({ text }) => /secrets\.|contents: write/.test(text))).toEqual([]);
  });
});

it('the lock file fits package.json, and names no registry of its own', () => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  expect(lock.packages[''].devDependencies).toEqual(manifest.devDependencies);
  expect(lock.packages[''].peerDependencies).toEqual(manifest.peerDependencies);
  const hosts = [...JSON.stringify(lock).matchAll(/"resolved":"https?:\/\/([^/"]+)/g)].map(([, host]) => host);
  expect([...new Set(hosts)].filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
});
