import { expect, needShared, test } from '../fixtures.ts';

/** What the page knows of an error, posted to the test. */
interface Told {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly url: string | undefined;
  /** Share of frames at the output that were not an even cover; -1 where there is no output. */
  readonly state: string;
}

test.beforeEach(async ({ page, site }) => {
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
});

const BAD_SOURCES = {
  'a string': [() => 'camera', 'invalid-track', /MediaStreamTrack, not 'camera'/],
  'nothing at all': [() => undefined, 'invalid-track', /not undefined/],
  'an audio track': [
    () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0],
    'invalid-track',
    /this one is audio/,
  ],
  'an ended track': [
    () => {
      const [track] = document.createElement('canvas').captureStream(0).getVideoTracks();
      track?.stop();
      return track;
    },
    'invalid-track',
    /has ended/,
  ],
} as const;

for (const [what, [make, code, words]] of Object.entries(BAD_SOURCES)) {
  test(`setSource with ${what} is refused and the remover lives on`, async ({ page }) => {
    const reported = await page.evaluate(
      async ([source]) => {
        const { Remover } = window.harness.cleanPlate;
        const remover = await Remover.create({ remove: 'nothing' });
        const made = new Function(`return (${source})()`)();
        const error = await remover.setSource(made).catch((error: unknown) => error);
        const { name, code, message, url } = error as Told;
        const good = await window.harness.MarkedSource.create(14, 5);
        await remover.setSource(good.track);
        await window.harness.until('frames', () => (remover.stats()?.frames ?? 0) > 0);
        await window.harness.until('it runs', () => remover.state === 'running' || remover.state === 'degraded');
        await remover.close();
        good.stop();
        return { name, code, message, url };
      },
      [make.toString()],
    );
    expect(reported).toMatchObject({ name: 'RemovalError', code });
    expect(reported.message).toMatch(words);
  });
}

test('a closed remover refuses everything, and closing it again is fine', async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const { Remover } = window.harness.cleanPlate;
    const remover = await Remover.create({ remove: 'nothing' });
    await Promise.all([remover.close(), remover.close()]);
    await remover.close();
    const source = await window.harness.MarkedSource.create(14, 5);
    const calls = [() => remover.setSource(source.track), () => remover.update({ remove: 'people' })];
    const errors = await Promise.all(calls.map((call) => call().catch((error: { code: string }) => error.code)));
    return [...errors, remover.state, remover.track.readyState];
  });
  expect(codes).toEqual(['closed', 'closed', 'closed', 'ended']);
});

test('options of the wrong type name the option and what it may be', async ({ page }) => {
  const messages = await page.evaluate(async () => {
    const { Remover } = window.harness.cleanPlate;
    const bad = [{ remove: 'cats' }, { cover: 7 }, { createWorker: 'worker.js' }, { assets: 'http://[' }, 'people'];
    return Promise.all(
      bad.map((options) =>
        Remover.create(options as never).then(
          () => 'accepted',
          ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
        ),
      ),
    );
  });
  expect(messages[0]).toContain(
    "invalid-option: Option 'remove' must be one of 'people', 'bystanders', 'nothing', { people }, { keep }, { classes: [...] } or { targets: [...] }, not 'cats'",
  );
  expect(messages[1]).toContain("invalid-option: Option 'cover'");
  expect(messages[2]).toContain("invalid-option: Option 'createWorker' must be a function");
  expect(messages[3]).toContain("invalid-option: Option 'assets' is not a URL");
  expect(messages[4]).toContain('invalid-option: Options must be an object');
});

test('a class that no model knows is refused with the names that they know, and the removal so far goes on', async ({
  page,
}) => {
  needShared('models/coco_ssd_mobilenet_v1.tflite');
  const reported = await page.evaluate(async () => {
    const { cleanPlate, MarkedSource, until } = window.harness;
    const remover = await cleanPlate.Remover.create();
    await remover.ready;
    const source = await MarkedSource.create(14, 10);
    await remover.setSource(source.track);
    const tries = [
      { classes: ['botle'], models: '/shared/models' },
      { classes: ['bottle'], models: '/no-such-folder/' },
      { classes: ['bottle'], models: { detector: { url: '/shared/models/deeplabv3.tflite', sha256: '0'.repeat(64) } } },
      { classes: ['bottle'], models: { segmenter: '/shared/models/deeplabv3.tflite' } },
    ];
    const answers: { code: string; message: string; url: string | undefined }[] = [];
    for (const remove of tries) {
      answers.push(
        await remover.update({ remove }).then(
          () => ({ code: 'accepted', message: '', url: undefined }),
          ({ code, message, url }) => ({ code, message, url }),
        ),
      );
    }
    await until('removal under way', () => remover.state === 'running' || remover.state === 'degraded');
    await remover.close();
    source.stop();
    return answers;
  });
  const [unknown, missing, wrongHash, good] = reported;
  expect(unknown).toMatchObject({ code: 'invalid-option' });
  expect(unknown?.message).toMatch(/'botle' is unknown.*'bottle'.*'tv'/);
  expect(missing).toMatchObject({ code: 'asset-http' });
  expect(missing?.url).toMatch(/\/no-such-folder\/\w+\.tflite$/);
  expect(wrongHash).toMatchObject({ code: 'asset-corrupt' });
  expect(wrongHash?.url).toContain('deeplabv3.tflite');
  expect(good).toMatchObject({ code: 'accepted' });
});

test('a worker that is not there: create rejects with its URL and leaves no live track', async ({ page, site }) => {
  const reported = await page.evaluate(async () => {
    const create = () => new Worker('/clean-plate/no-such-worker.js', { type: 'module' });
    const error = await window.harness.cleanPlate.Remover.create({ createWorker: create }).catch(
      (error: unknown) => error,
    );
    const { name, code, url } = error as Told;
    return { name, code, url };
  });
  expect(reported).toMatchObject({ name: 'RemovalError', code: 'worker-failed' });
  expect(reported.url).toContain(site.url);
});

test('a start that is aborted rejects with code aborted', async ({ page }) => {
  const code = await page.evaluate(async () => {
    const abort = new AbortController();
    const creating = window.harness.cleanPlate.Remover.create({ signal: abort.signal });
    abort.abort();
    return creating.then(
      () => 'created',
      ({ code }: { code: string }) => code,
    );
  });
  expect(code).toBe('aborted');
});

test('a signal that fires while the models load closes the remover, and ready says aborted', async ({ page }) => {
  const reported = await page.evaluate(async () => {
    const abort = new AbortController();
    const remover = await window.harness.cleanPlate.Remover.create({ signal: abort.signal });
    abort.abort();
    const code = await remover.ready.then(
      () => 'ready',
      ({ code }: { code: string }) => code,
    );
    return [code, remover.state, remover.track.readyState];
  });
  expect(reported).toEqual(['aborted', 'closed', 'ended']);
});

const html = { status: 200, contentType: 'text/html', body: '<!doctype html><title>App</title>' };
const BAD_ASSETS = [
  ['a model that is not there', 'selfie-square.tflite', { status: 404, body: 'no' }, 'asset-http'],
  ['a page instead of the model', 'selfie-square.tflite', html, 'asset-type'],
  ['a corrupt model', 'selfie-landscape.tflite', { status: 200, body: Buffer.alloc(250_768, 7) }, 'asset-corrupt'],
  ['wasm that is not there', 'litert_wasm_compat_internal.wasm', { status: 404, body: 'no' }, 'asset-http'],
  ['a page instead of wasm', 'litert_wasm_compat_internal.wasm', html, 'asset-type'],
] as const;

for (const [what, file, answer, code] of BAD_ASSETS) {
  test(`${what}: ready rejects with ${code} and the URL, and the output stays covered`, async ({ page }) => {
    await page.context().route(`**/clean-plate/assets/${file}`, (route) => route.fulfill({ ...answer }));
    const { reported, frames, events } = await page.evaluate(async () => {
      const { MarkedSource, Call, cleanPlate, until } = window.harness;
      const source = await MarkedSource.create(14, 10);
      const remover = await cleanPlate.Remover.create();
      const events: string[] = [];
      remover.addEventListener('error', ({ detail }) => events.push(detail.code));
      const call = await Call.start(remover.track);
      await remover.setSource(source.track);
      const error = await remover.ready.catch((error: unknown) => error);
      const { name, code, url } = error as Told;
      await call.untilMany('ten frames after it failed', 10);
      await until(
        () => `${remover.state}, not failed`,
        () => remover.state === 'failed',
      );
      const { frames } = call;
      call.stop();
      await remover.close();
      source.stop();
      return { reported: { name, code, url }, frames, events };
    });
    expect(reported).toMatchObject({ name: 'RemovalError', code });
    expect(reported.url).toContain(`/clean-plate/assets/${file}`);
    expect(events).toEqual([code]);
    expect(frames.filter(({ marked, covered }) => marked > 4 || !covered)).toEqual([]);
  });
}
