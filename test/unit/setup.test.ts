import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BUILD_SOURCES, ROOT } from '../../tools/lib/setup.mjs';

describe('the build', () => {
  it('is made again after a change of any file that it depends on', async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: [
        'rollup.config.mjs',
        'tools/declarations.mjs',
        'demo/main.ts',
        'demo/room/main.ts',
        'src/processor/worker.ts',
      ],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      // What `setUp` asks for the tests, no part of the build.
      external: ['./chromium.mjs', './firefox.mjs', './livekit.mjs'],
      outdir: 'nowhere',
      write: false,
      metafile: true,
      // What tsconfig.json says of `clean-plate` is for the type checker.
      tsconfigRaw: {},
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).toBeGreaterThan(100);
    const watched = (file: string) => BUILD_SOURCES.some((each) => file === each || file.startsWith(`${each}/`));
    expect(inputs.filter((file) => !watched(file))).toEqual([]);
  });
});
