import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { type Block, blocksOf, codeBesides, documents } from '../documents.ts';

/** What snippets of an app take as given. */
const APP = `
  declare const cameraTrack: MediaStreamTrack;
  declare const sender: RTCRtpSender;
  declare const remover: import('clean-plate').Remover;
  declare const processor: import('clean-plate/livekit').RemovalProcessor;
  declare const bar: HTMLProgressElement;
  declare const leaveButton: HTMLButtonElement;
  declare const hint: HTMLElement;
  declare const serverUrl: string;
  declare const token: string;
`;

/** What a snippet need not import, as readers know by then where it comes from. */
const IMPORTS = {
  'clean-plate': ['Remover', 'RemovalError', 'checkSupport'],
  'clean-plate/livekit': ['RemovalProcessor'],
  'livekit-client': ['createLocalVideoTrack', 'Room'],
};
const TYPES = ['Remove', 'RemoverOptions', 'Cover'];

const uses = (code: string, name: string) => new RegExp(`\\b${name}\\b`).test(code);
const imports = (code: string, name: string) => new RegExp(`import [^;]*\\b${name}\\b[^;]* from`).test(code);

function withImports(code: string): string {
  const wanted = (names: readonly string[]) => names.filter((name) => uses(code, name) && !imports(code, name));
  const values = Object.entries(IMPORTS).map(([from, names]) => `import { ${wanted(names)} } from '${from}';`);
  return [...values, `import type { ${wanted(TYPES)} } from 'clean-plate';`, code, 'export {};'].join('\n');
}

interface Snippet extends Block {
  readonly document: string;
  readonly name: string;
}

function snippets(): Snippet[] {
  return documents().flatMap((document) =>
    blocksOf(document).map((block, index) => ({
      ...block,
      document,
      name: `${document.replaceAll(/[^\w]+/g, '-')}-${index + 1}.${block.language}`,
    })),
  );
}

describe('the code in the documents', () => {
  it('is the text of a test, passes the type checker, or says why it is not run', () => {
    const folder = path.join(ROOT, '.cache/doc-code');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const checked = snippets().filter(({ language, mark }) => /^(ts|tsx)$/.test(language) && !mark);
    expect(checked.length).toBeGreaterThan(8);
    for (const { name, code } of checked) writeFileSync(path.join(folder, name), withImports(code));
    writeFileSync(path.join(folder, 'app.d.ts'), APP);
    // As apps have it: a list's first is not known to be missing.
    const compilerOptions = { paths: pathsFrom(folder), noUnusedLocals: false, noUncheckedIndexedAccess: false };
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['.'], exclude: [] }),
    );
    expect(typeErrors(folder)).toBe('');
  }, 60_000);

  it('is checked: a snippet with a wrong option does not pass', () => {
    const folder = path.join(ROOT, '.cache/doc-code-wrong');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'wrong.ts'), withImports("await Remover.create({ remove: 'cats' });"));
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { paths: pathsFrom(folder) }, include: ['.'] }),
    );
    expect(typeErrors(folder)).toContain('"cats"');
  }, 60_000);

  it('in a marked block is what the test runs, word by word', () => {
    for (const { mark, code, document } of snippets()) {
      if (mark === undefined || mark.startsWith('not run: ')) continue;
      const [, file] = /^runs: (\S+)$/.exec(mark) ?? [];
      expect(file, `${document}: ${mark}`).toBeTruthy();
      expect(readFileSync(path.join(ROOT, file!), 'utf8')).toContain(code.trim());
    }
  });

  it('is in a language that is checked here', () => {
    const unknown = snippets().filter(({ language, mark }) => !/^(ts|tsx|sh|)$/.test(language) && !mark);
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });
});

/** As tsconfig.json has them: relative to the folder now. */
function pathsFrom(folder: string) {
  const { compilerOptions } = JSON.parse(readFileSync(path.join(ROOT, 'tsconfig.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries<string[]>(compilerOptions.paths).map(([name, [file]]) => [
      name,
      [path.relative(folder, path.join(ROOT, file!))],
    ]),
  );
}

/** Complaints about the snippets, not about the sources that they import. */
function typeErrors(folder: string): string {
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

/** What runs the commands of the shell blocks: a test, which names what is after it; or nothing, for a reason. */
const COMMANDS: readonly (
  | readonly [command: RegExp, test: string, has: string]
  | readonly [RegExp, { not: string }]
)[] = [
  [/^npm start( -- --room)?$/, 'test/e2e/tools.spec.ts', 'tools/start.mjs'],
  [/^npm run livekit$/, 'test/e2e/tools.spec.ts', 'tools/livekit.mjs'],
  [/^npm run remove -- --in clip\.mp4/, 'test/e2e/tools.spec.ts', 'npm run remove'],
  [/^npx clean-plate copy-assets/, 'test/unit/packed.test.ts', "'npx clean-plate copy-assets'"],
  [/^npx clean-plate fetch-models/, 'test/unit/fetch-models.test.ts', 'fetch-models'],
  [/^npm install clean-plate$/, 'test/packaging/next.mjs', "'npm', ['install'"],
  [/^npm run release -- --check$/, 'test/unit/release.test.ts', "'tools/release.mjs', '--check'"],
  [/^npm run docs$/, 'test/unit/api.test.ts', 'apiPage()'],
  [/^npm run setup$/, 'tools/test.mjs', 'await setUp()'],
  [/^npm run python$/, 'test/unit/python.test.ts', 'openRuff()'],
  [/^npm test$/, { not: 'it is what runs this' }],
  [/^npm run format$/, { not: 'it changes files; `npm test` runs the same check' }],
  [
    /^npm run (picture|support)$/,
    { not: 'it writes into docs/; pictures.test.ts and the table in browsers.md show it' },
  ],
  [/^npm run bump$/, { not: 'it makes a version' }],
  [
    /^npm run (eval|drift|bench|soak)\b/,
    { not: 'minutes to hours, on data that is not ours or for figures of one machine' },
  ],
  [
    /^(nice -n 15 python|cp -r runs\/|python|torchrun|python3\.11|\.venv\/bin\/python|export OMP|cd training)/,
    { not: 'PyTorch: training/tests, by hand' },
  ],
];

describe('the commands in the documents', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const lines = documents().flatMap((document) => {
    const fenced = blocksOf(document).filter(({ language }) => language === 'sh');
    const all = [...fenced.flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n')), ...codeBesides(document)];
    return all.map((line) => ({ document, line: line.replace(/(^|\s)#.*$/, '') }));
  });
  const flagsOf = (words: string) => [...words.matchAll(/(?:^|\s)--([a-z][\w-]*)/g)].map(([, flag]) => flag!);
  const commands = (pattern: RegExp) =>
    lines.flatMap(({ document, line }) => [...line.matchAll(pattern)].map((match) => ({ document, line, match })));

  it('are scripts of this package, with options that those know', () => {
    const found = commands(/\bnpm (?:run )?(?:--?\w+ )?([\w:-]+)(?: -- (.*))?$/g).filter(
      ({ match }) => !['install', 'publish', 'pack', 'version', 'ci', 'install-test'].includes(match[1]!),
    );
    expect(found.length).toBeGreaterThan(20);
    const wrong = found.flatMap(({ document, line, match: [, name, words = ''] }) => {
      if (!scripts[name!]) return [`${document}: ${line}`];
      const source = sourceOf(scripts[name!]!);
      return flagsOf(words)
        .filter((flag) => flag !== 'help' && !new RegExp(`\\b${flag}\\b`).test(source))
        .map((flag) => `${document}: ${name} knows no --${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  it('of every shell block are run by a test, or it is said here why not', () => {
    const fenced = documents().flatMap((document) =>
      blocksOf(document)
        .filter(({ language }) => language === 'sh')
        .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'))
        .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
        .filter(Boolean),
    );
    expect(fenced.length).toBeGreaterThan(25);
    expect(fenced.filter((line) => !COMMANDS.some(([command]) => command.test(line)))).toEqual([]);
    for (const [command, test, has] of COMMANDS) {
      expect(
        fenced.some((line) => command.test(line)),
        `${command}: nobody has it any more`,
      ).toBe(true);
      if (typeof test === 'string') expect(readFileSync(path.join(ROOT, test), 'utf8'), test).toContain(has);
    }
  });

  it('of `clean-plate` are known to it', () => {
    const source = readFileSync(path.join(ROOT, 'bin/clean-plate.mjs'), 'utf8');
    const found = commands(/\bnpx clean-plate ([\w-]+)(.*)$/g);
    expect(found.length).toBeGreaterThan(3);
    const wrong = found.filter(
      ({ match: [, name, words] }) => ![name!, ...flagsOf(words!)].every((each) => source.includes(each)),
    );
    expect(wrong.map(({ document, line }) => `${document}: ${line}`)).toEqual([]);
  });

  it('of the training have options that their scripts know', () => {
    const found = commands(/(?:python|torchrun)\S*(?: --nproc_per_node[= ]\S+)? (\w+\.py)(.*)$/g);
    expect(found.length).toBeGreaterThan(5);
    const wrong = found.flatMap(({ document, line, match: [, script, words] }) => {
      const file = path.join(ROOT, 'training', script!);
      if (!existsSync(file)) return /shared|score\.py|mask_score/.test(line) ? [] : [`${document}: no ${script}`];
      const source = readFileSync(file, 'utf8');
      return flagsOf(words!)
        .filter((flag) => !source.includes(`"--${flag}"`))
        .map((flag) => `${document}: ${script} knows no --${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  it('of Playwright name a test file', () => {
    const files = ['browser', 'e2e'].flatMap((folder) => readdirSync(path.join(ROOT, 'test', folder)));
    const found = commands(/\bplaywright test --project=\w+ (\w+)$/g);
    expect(found.length).toBeGreaterThan(1);
    const wrong = found.filter(({ match: [, name] }) => !files.some((file) => file.includes(name!)));
    expect(wrong.map(({ document, line }) => `${document}: ${line}`)).toEqual([]);
  });
});

/** The text of what a script runs: `node tools/NAME.mjs` and the folder of that name. */
function sourceOf(command: string): string {
  const [, name] = /node tools\/([\w-]+)\.mjs/.exec(command) ?? [];
  if (!name) return command;
  const folder = path.join(ROOT, 'tools', name);
  const files = existsSync(folder) ? readdirSync(folder).map((each) => path.join(folder, each)) : [];
  return [`${folder}.mjs`, ...files].map((file) => readFileSync(file, 'utf8')).join('\n');
}
