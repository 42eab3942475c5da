import { expect, test } from '../fixtures.ts';
import { crowding } from './crowding.ts';
import { LONGEST_BRIDGE } from './page/judge.ts';
import type { Received } from './page/watcher.ts';

/** Marker pixels that an encoder's noise may invent in a picture of the room. */
const NOISE = 4;

const leaks = (frames: readonly Received[]) => frames.filter(({ marked }) => marked > NOISE);

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'harness' in window);
});

test('the marker does arrive when nothing is removed: these tests can fail', async ({ cleanPage }) => {
  const frames = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'nothing' });
    await remover.setSource(source.track);
    const call = await Call.start(remover.track);
    await call.until('a marked frame', ({ marked }) => marked > 500);
    await remover.close();
    return call.frames;
  });
  expect(leaks(frames).length).toBeGreaterThan(0);
});

for (const transport of ['streams', 'element'] as const) {
  test(`${transport}: no received frame shows what is behind the mask, from the first frame on`, async ({
    cleanPage,
  }) => {
    const { frames, states } = await cleanPage.evaluate(
      (transport) => window.harness.firstFrames(window.harness.cleanPlate, { transport }),
      transport,
    );
    expect(frames.length).toBeGreaterThan(60);
    expect(leaks(frames)).toEqual([]);
    expect(frames.filter(({ covered }) => !covered).length).toBeGreaterThan(30);
    expect(states).toContain('loading');
    expect(states.at(-1)).toMatch(/^(running|degraded)$/); // degraded: a machine that is too slow for every frame
  });
}

test('toggling: nothing made after an update to people was in force ever shows', async ({ cleanPage }) => {
  const { frames, spans, raw } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, isPicture } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'people' });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    const { track } = remover;
    /**
     * From and to which received frame removal was in force; at both ends the source rests and nothing is under way.
     */
    const spans: [number, number][] = [];
    /**
     * From and to when the camera might be shown as it is: a frame drawn then may be received late, on a busy machine.
     */
    const raw: [number, number][] = [];
    let from = 0;
    for (let i = 0; i < 8; i++) {
      await call.until(`clean frame ${i}`, ({ covered, marked }) => !covered && marked === 0);
      await call.untilMany(`more of them ${i}`, 6, isPicture);
      await source.pause();
      spans.push([from, call.frames.length]);
      const asked = Date.now();
      await remover.update({ remove: 'nothing' });
      source.resume();
      await call.until(`raw frame ${i}`, ({ marked }) => marked > 500);
      await source.pause();
      from = call.frames.length;
      await remover.update({ remove: 'people' });
      raw.push([asked, Date.now()]);
      source.resume();
    }
    if (track !== remover.track) throw new Error('the output track changed');
    const { frames } = call;
    call.stop();
    await remover.close();
    source.stop();
    return { frames, spans, raw };
  });
  const guarded = spans.flatMap(([from, to]) => frames.slice(from, to));
  expect(guarded.length).toBeGreaterThan(40);
  const drawnRaw = ({ drawn }: Received) => drawn !== undefined && raw.some(([a, b]) => drawn >= a && drawn <= b);
  expect(leaks(guarded).filter((frame) => !drawnRaw(frame))).toEqual([]);
});

test('camera switch: the new scene is clean from its first frame, without a gap, and the track stays the same', async ({
  cleanPage,
}) => {
  const { frames, same, gaps } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, isPicture } = window.harness;
    const first = await MarkedSource.create(14);
    const second = await MarkedSource.create(19);
    const remover = await cleanPlate.Remover.create();
    const { track } = remover;
    const call = await Call.start(track);
    await remover.setSource(first.track);
    await remover.ready;
    await call.until('a picture', isPicture);
    const from = call.frames.length - 1;
    for (const source of [second, first, second]) {
      await remover.setSource(source.track);
      await call.untilMany('15 pictures', 15, isPicture);
    }
    const switched = call.frames.slice(from);
    const gaps = switched.slice(1).map(({ at }, i) => at - switched[i]!.at);
    // The camera is taken away and given back: the output waits, and goes on.
    second.stop();
    await window.harness.until('the camera known to be gone', () => remover.state === 'paused');
    await remover.setSource(first.track);
    await call.untilMany('15 pictures after it', 15, isPicture);
    const { frames } = call;
    call.stop();
    await remover.close();
    first.stop();
    return { frames, same: track === remover.track, gaps };
  });
  expect(same).toBe(true);
  expect(leaks(frames)).toEqual([]);
  expect(Math.max(...gaps), 'longest wait for a frame, ms').toBeLessThan(LONGEST_BRIDGE * crowding());
});

for (const what of ['ended from outside', 'hung']) {
  test(`a worker that is ${what}: bridged for two seconds, then covered, replaced, and clean again`, async ({
    cleanPage,
  }) => {
    const { reported, frames, gap, same } = await cleanPage.evaluate(async (what) => {
      const { MarkedSource, Call, cleanPlate, isPicture, until } = window.harness;
      const workers: Worker[] = [];
      const source = await MarkedSource.create();
      const remover = await cleanPlate.Remover.create({
        createWorker: () => {
          const script = `import '${location.origin}/clean-plate/worker.js';
            addEventListener('message', ({ data }) => { while (data === 'hang'); });`;
          const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
          workers.push(new Worker(what === 'hung' ? url : '/clean-plate/worker.js', { type: 'module' }));
          return workers.at(-1)!;
        },
        assets: `${location.origin}/clean-plate/assets/`,
      });
      const reported: string[] = [];
      remover.addEventListener('statechange', ({ detail }) => reported.push(detail.state));
      remover.addEventListener('error', ({ detail }) => reported.push(detail.code));
      const recovered = new Promise<void>((resolve) =>
        remover.addEventListener('recovered', ({ detail }) => {
          reported.push(`recovered ${detail.what}`);
          resolve();
        }),
      );
      const { track } = remover;
      const call = await Call.start(track);
      await remover.setSource(source.track);
      await remover.ready;
      await call.untilMany('16 pictures', 16, isPicture);
      reported.length = 0;
      const from = call.frames.length - 1;
      if (what === 'hung') workers.at(-1)?.postMessage('hang');
      else workers.at(-1)?.terminate();
      await recovered;
      await call.until('a picture again', isPicture);
      // Removal may be under way with fewer frames a second than the camera gives.
      await until('removal under way', () =>
        reported.slice(reported.indexOf('recovered worker')).some((each) => /running|degraded/.test(each)),
      );
      const { frames } = call;
      const gap = Math.max(...frames.slice(from + 1).map(({ at }, i) => at - frames[from + i]!.at));
      const same = track === remover.track && track.readyState === 'live' && workers.length === 3;
      call.stop();
      await remover.close();
      source.stop();
      return { reported, frames, gap, same };
    }, what);
    expect(leaks(frames)).toEqual([]);
    expect(gap).toBeLessThan(LONGEST_BRIDGE * crowding());
    expect(same).toBe(true);
    const order = ['covered', 'worker-lost', 'loading', 'recovered worker'];
    let from = 0;
    for (const each of order) {
      from = reported.indexOf(each, from) + 1;
      expect(from, `${each} in its place in ${reported}`).toBeGreaterThan(0);
    }
  });
}

test('workers that are lost again and again: given up, and still covered', async ({ cleanPage }) => {
  const { codes, state, frames, late } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait } = window.harness;
    let made = 0;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({
      createWorker: () => {
        // The first is the guardian.
        const worker = new Worker('/clean-plate/worker.js', { type: 'module' });
        if (made++) setTimeout(() => worker.terminate(), 1500);
        return worker;
      },
    });
    const codes: string[] = [];
    remover.addEventListener('error', ({ detail }) => codes.push(detail.code));
    const failed = new Promise<void>((resolve) =>
      remover.addEventListener('statechange', ({ detail }) => {
        if (detail.state === 'failed') resolve();
      }),
    );
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await failed;
    await wait(1000); // what was in the encoder and on the way
    const from = call.frames.length;
    await call.untilMany('11 frames after it was given up', 11);
    const late = call.frames.slice(from);
    codes.push(
      await remover.update({ remove: 'nothing' }).then(
        () => 'accepted',
        ({ code }: { code: string }) => code,
      ),
    );
    const { state } = remover;
    const { frames } = call;
    call.stop();
    await remover.close();
    source.stop();
    return { codes, state, frames, late };
  });
  expect(leaks(frames)).toEqual([]);
  expect(state).toBe('failed');
  expect(codes.filter((code) => code === 'worker-lost').length).toBeGreaterThan(4);
  expect(late.every(({ covered }) => covered)).toBe(true);
});

test('a guardian that is ended from outside: nothing shows, the page gets an error', async ({ cleanPage }) => {
  const { frames, code, state } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait } = window.harness;
    const workers: Worker[] = [];
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({
      createWorker: () => {
        workers.push(new Worker('/clean-plate/worker.js', { type: 'module' }));
        return workers.at(-1)!;
      },
    });
    const failed = new Promise<string>((resolve) =>
      remover.addEventListener('error', ({ detail }) => resolve(detail.code)),
    );
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    await call.until('a clean frame', ({ covered }) => !covered);
    workers[0]?.terminate();
    const code = await failed;
    await wait(1000); // for what might come yet
    const { frames } = call;
    const { state } = remover;
    call.stop();
    await remover.close();
    source.stop();
    return { frames, code, state };
  });
  expect(code).toBe('worker-lost');
  expect(state).toBe('failed');
  expect(leaks(frames)).toEqual([]);
});
