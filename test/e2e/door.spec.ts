/**
 * Sources that are not what a desk camera gives: turned, without a clock, uneven, uncopyable, of other colours and
 * sizes.
 */
import { expect, test } from '../fixtures.ts';
import { apart } from './colours.ts';
import type { Oddities } from './page/camera-worker.ts';
import type { Received } from './page/watcher.ts';

/** Marker pixels that an encoder's noise may invent in a picture of the room. */
const NOISE = 4;
const leaks = (frames: readonly Received[]) => frames.filter(({ marked }) => marked > NOISE).length;

/** Shares of width and height at which the room shows beside the figure, and looks different wherever it is turned. */
const ROOM = [
  [0.3, 0.1],
  [0.7, 0.1],
  [0.93, 0.1],
  [0.93, 0.5],
  [0.93, 0.9],
  [0.06, 0.6],
  [0.06, 0.9],
] as const;

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'harness' in window);
});

test.describe('orientation', () => {
  test('frames that lie on their side or are mirrored: the same hole as upright, and an upright picture', async ({
    cleanPage,
  }) => {
    const turns: Oddities[] = [
      {},
      { rotation: 90 },
      { rotation: 180 },
      { rotation: 270 },
      { rotation: 90, flip: true },
    ];
    const holes: number[] = [];
    let room: readonly (readonly number[])[] | undefined;
    for (const odd of turns) {
      const seen = await cleanPage.evaluate(
        async ([odd, points]) => {
          const { MarkedSource, Call, cleanPlate, wait } = window.harness;
          const source = await MarkedSource.create(14, 8, odd);
          const remover = await cleanPlate.Remover.create();
          const call = await Call.start(remover.track);
          await remover.setSource(source.track);
          await remover.ready;
          await call.until('a clean frame', ({ covered }) => !covered);
          const holes: number[] = [];
          for (let i = 0; i < 20; i++) {
            await wait(250);
            holes.push(remover.stats()?.hole ?? 0);
          }
          const { width, height } = remover.stats()!;
          const { frames } = call;
          const room = call.sample(points);
          call.stop();
          await remover.close();
          source.stop();
          return { frames, room, holes, size: [width, height] };
        },
        [odd, ROOM] as const,
      );
      const what = JSON.stringify(odd);
      expect(leaks(seen.frames), what).toBe(0);
      expect(seen.size, what).toEqual([480, 360]);
      const { width, height } = seen.frames.at(-1)!; // an encoder that is short of time sends it smaller
      expect(width / height, what).toBeCloseTo(4 / 3, 1);
      room ??= seen.room;
      expect(apart(seen.room, room), `${what}: ${seen.room}`).toBeLessThan(30);
      holes.push(seen.holes.reduce((a, b) => a + b) / seen.holes.length);
    }
    const [upright, ...others] = holes;
    for (const hole of others) expect(hole / upright!, `${holes}`).toBeGreaterThan(0.85);
    for (const hole of others) expect(hole / upright!, `${holes}`).toBeLessThan(1.2);
  });

  test('a camera that is turned in mid-call: nothing shows, and the picture stays upright', async ({ cleanPage }) => {
    const { frames, rooms } = await cleanPage.evaluate(async (points) => {
      const { MarkedSource, Call, cleanPlate } = window.harness;
      const rooms: (readonly number[])[][] = [];
      const source = await MarkedSource.create(14, 10);
      const remover = await cleanPlate.Remover.create();
      const call = await Call.start(remover.track);
      await remover.setSource(source.track);
      await remover.ready;
      for (const odd of [
        { rotation: 180 },
        { rotation: 90 },
        { rotation: 270, flip: true },
        { flip: true },
        {},
      ] as const) {
        source.become(odd);
        const from = call.frames.length;
        await call.until('clean frames', ({ covered }) => !covered, 30_000, from + 20);
        rooms.push(call.sample(points));
      }
      const { frames } = call;
      call.stop();
      await remover.close();
      source.stop();
      return { frames, rooms };
    }, ROOM);
    expect(frames.length).toBeGreaterThan(60);
    expect(leaks(frames)).toBe(0);
    for (const room of rooms) expect(apart(room, rooms.at(-1)!), `${rooms.join(' | ')}`).toBeLessThan(30);
  });
});

for (const clock of ['still', 'milliseconds'] as const) {
  test(`a clock that is ${clock}: the room is learnt, and who comes in is not shown`, async ({ cleanPage }) => {
    const { frames, coverage } = await cleanPage.evaluate(async (clock) => {
      const { MarkedSource, Call, cleanPlate, wait } = window.harness;
      // There and back: out of the room for a second and a half, then in, then out again.
      const source = await MarkedSource.create(1, 12, { clock });
      const remover = await cleanPlate.Remover.create();
      const call = await Call.start(remover.track);
      await remover.setSource(source.track);
      await remover.ready;
      await call.until('a clean frame', ({ covered }) => !covered);
      await wait(12_000);
      const { coverage } = remover.stats()!;
      const { frames } = call;
      call.stop();
      await remover.close();
      source.stop();
      return { frames, coverage };
    }, clock);
    expect(leaks(frames)).toBe(0);
    expect(coverage).toBeGreaterThan(0.9);
  });
}

test('frames that come up to 20 ms late: a worker that has nothing else to do gets every one', async ({
  cleanPage,
}) => {
  const { given, written } = await cleanPage.evaluate(async () => {
    const { MarkedSource, cleanPlate, wait } = window.harness;
    const source = await MarkedSource.create(14, 30, { lateBy: 20 });
    source.resize(160, 120);
    const { readable } = new MediaStreamTrackProcessor({
      track: source.track.clone() as MediaStreamVideoTrack,
      maxBufferSize: 30,
    });
    const reader = readable.getReader();
    let given = 0;
    const count = async () => {
      for (;;) {
        const { value } = await reader.read();
        if (!value) return;
        given++;
        value.close();
      }
    };
    void count();
    const remover = await cleanPlate.Remover.create({ remove: 'nothing' });
    await remover.setSource(source.track);
    await wait(3000);
    const before = { given, written: remover.stats()!.frames };
    await wait(10_000);
    const seen = { given: given - before.given, written: remover.stats()!.frames - before.written };
    await remover.close();
    source.stop();
    await reader.cancel();
    return seen;
  });
  expect(given).toBeGreaterThan(100);
  expect(written / given).toBeGreaterThan(0.95);
});

test('a worker that is late now and then: the picture stands still, and never turns grey', async ({ cleanPage }) => {
  const { frames, reported } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait, patchedWorkers } = window.harness;
    const { createWorker, post } = patchedWorkers(`addEventListener('message', ({ data }) => {
      for (const end = performance.now() + data.busy; performance.now() < end; );
    });`);
    const source = await MarkedSource.create(14, 10);
    const remover = await cleanPlate.Remover.create({ createWorker });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    await call.until('a clean frame', ({ covered }) => !covered);
    await wait(2000);
    const reported: string[] = [];
    remover.addEventListener('statechange', ({ detail }) => reported.push(`${detail.state} ${detail.reason}`));
    const from = call.frames.length;
    for (const busy of [350, 500, 700, 900, 1200]) {
      post({ busy });
      await wait(2000);
    }
    const frames = call.frames.slice(from);
    call.stop();
    await remover.close();
    source.stop();
    return { frames, reported };
  });
  expect(frames.length).toBeGreaterThan(20);
  expect(leaks(frames)).toBe(0);
  expect(frames.filter(({ covered }) => covered).length, 'covered frames').toBe(0);
  expect(reported.filter((each) => each.startsWith('covered'))).toEqual([]);
});

test('frames that cannot be copied are drawn; that cannot be drawn either are covered, with one error', async ({
  cleanPage,
}) => {
  const { drawn, covered, again, reported } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait, patchedWorkers } = window.harness;
    const { createWorker, post } = patchedWorkers(`
      const { copyTo } = VideoFrame.prototype;
      const { drawImage } = OffscreenCanvasRenderingContext2D.prototype;
      let bad = { copy: false, draw: false };
      addEventListener('message', ({ data }) => { if ('copy' in data) bad = data; });
      VideoFrame.prototype.copyTo = function (...given) {
        return bad.copy ? Promise.reject(new DOMException('no copy', 'NotSupportedError')) : copyTo.apply(this, given);
      };
      OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...given) {
        if (bad.draw && given[0] instanceof VideoFrame) throw new DOMException('no picture', 'InvalidStateError');
        return drawImage.apply(this, given);
      };`);
    const source = await MarkedSource.create(14, 10);
    const remover = await cleanPlate.Remover.create({ createWorker });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    await call.until('a clean frame', ({ covered }) => !covered);
    const reported: string[] = [];
    remover.addEventListener('error', ({ detail }) => reported.push(detail.code));
    remover.addEventListener('recovered', ({ detail }) => reported.push(`recovered ${detail.what}`));
    const during = async (bad: { copy: boolean; draw: boolean }) => {
      post(bad);
      await wait(1000);
      const from = call.frames.length;
      await wait(2500);
      return { frames: call.frames.slice(from), state: remover.state };
    };
    const drawn = await during({ copy: true, draw: false });
    const covered = await during({ copy: true, draw: true });
    const again = await during({ copy: false, draw: false });
    call.stop();
    await remover.close();
    source.stop();
    return { drawn, covered, again, reported };
  });
  for (const { frames } of [drawn, covered, again]) {
    expect(frames.length).toBeGreaterThan(5);
    expect(leaks(frames)).toBe(0);
  }
  expect(drawn.frames.filter((frame) => frame.covered).length).toBe(0);
  expect(covered.frames.filter((frame) => !frame.covered).length).toBe(0);
  expect(covered.state).toBe('covered');
  expect(again.frames.filter((frame) => frame.covered).length).toBe(0);
  expect(reported).toEqual(['frame-unreadable', 'recovered frames']);
});

const SPACES = {
  'BT.709': { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false },
  'full range and no more': { fullRange: true },
  'BT.2020': { matrix: 'bt2020-ncl', primaries: 'bt2020', transfer: 'bt709', fullRange: false },
  'BT.2020 with HLG': { matrix: 'bt2020-ncl', primaries: 'bt2020', transfer: 'hlg', fullRange: false },
  'BT.2020 with PQ': { matrix: 'bt2020-ncl', primaries: 'bt2020', transfer: 'pq', fullRange: false },
};
test('frames of other colour spaces keep theirs: within 4 levels of the untouched track', async ({ cleanPage }) => {
  for (const [name, space] of Object.entries(SPACES)) {
    const apart = await cleanPage.evaluate(
      (space) => window.harness.colourSpaceApart(window.harness.cleanPlate, space as VideoColorSpaceInit),
      space,
    );
    expect(apart, name).toBeLessThanOrEqual(4);
  }
});
