/** Pictures of sizes that no desk camera has, as canvas and as planes, through an encoder. */
import { expect, test } from '../fixtures.ts';

const SIZES = [
  [641, 361],
  [1270, 720],
  [2, 2],
] as const;
const KINDS = [
  [undefined, 'VP8'],
  ['I420', 'H264'],
  ['NV12', 'VP8'],
] as const;

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'harness' in window);
});

for (const [width, height] of SIZES) {
  test(`${width}x${height}: clean, of its own size, and soon`, async ({ cleanPage }) => {
    for (const [planes, codec] of KINDS) {
      const seen = await cleanPage.evaluate(
        async ({ planes, codec, width, height }) => {
          const { MarkedSource, Call, cleanPlate, wait } = window.harness;
          const source = await MarkedSource.create(14, 8, planes ? { planes } : {});
          source.resize(width, height);
          const remover = await cleanPlate.Remover.create();
          const errors: string[] = [];
          remover.addEventListener('error', ({ detail }) => errors.push(`${detail.code} ${detail.message}`));
          const out = new MediaStreamTrackProcessor({ track: remover.track.clone() as MediaStreamVideoTrack });
          const reader = out.readable.getReader();
          const sizes = new Set<string>();
          const watch = async () => {
            for (let read = await reader.read(); read.value; read = await reader.read()) {
              sizes.add(`${read.value.displayWidth}x${read.value.displayHeight}`);
              read.value.close();
            }
          };
          void watch();
          // Encoders refuse a picture as small as 2x2.
          const call = width > 16 ? await Call.start(remover.track, codec) : undefined;
          await wait(500); // the first pictures still have the size from before
          sizes.clear();
          await remover.setSource(source.track);
          await remover.ready;
          const ready = performance.now();
          const until = async (fits: () => boolean) => {
            for (let i = 0; i < 800 && !fits(); i++) await wait(25);
          };
          await until(() => remover.state === 'running' || remover.state === 'degraded');
          const running = performance.now() - ready;
          await call?.until('a clean frame', ({ covered }) => !covered, 20_000, 0);
          const clean = performance.now() - ready;
          await wait(1000);
          const { state } = remover;
          const marked = Math.max(0, ...(call?.frames.map(({ marked }) => marked) ?? []));
          const frames = remover.stats()?.frames ?? 0;
          call?.stop();
          await reader.cancel();
          await remover.close();
          source.stop();
          return { running, clean, state, marked, frames, errors, sizes: [...sizes] };
        },
        { planes, codec, width, height },
      );
      const what = `${planes ?? 'canvas'}: ${JSON.stringify(seen)}`;
      process.stdout.write(`      ${width}x${height} ${what}\n`);
      expect(seen.errors, what).toEqual([]);
      expect(seen.sizes, what).toEqual([`${width}x${height}`]);
      expect(seen.marked, what).toBeLessThanOrEqual(4);
      expect(seen.state, what).toMatch(/^(running|degraded)$/);
    }
  });
}
