/**
 * A call from join to leave, and what may go wrong in one: two pages, a real server, every frame that the far end
 * decodes is looked at. `npm run reliability` runs these at full length and writes docs/reliability.md.
 */
import { expect, FULL, test } from './room.ts';

test.setTimeout(240_000);

test('join with the processor', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean(FULL ? 100 : 20);
  await room.hold(info, { reported: ['loading', 'running'] });
});

test('set on a live track', async ({ room }, info) => {
  await room.send(async () => {
    const { createLocalVideoTrack, publish } = window.roomLab;
    window.kept.track = await createLocalVideoTrack();
    await publish();
  });
  await room.untilRaw();
  await room.send(async () => {
    const { kept, roomLab } = window;
    const processor = roomLab.processor();
    await kept.track.setProcessor(processor);
    kept.output = processor.processedTrack;
    // Until then the app sent the camera's track itself.
    kept.raw.push([0, Date.now()]);
  });
  await room.untilClean(FULL ? 100 : 30);
  await room.hold(info, { reported: ['loading', 'running'] });
});

const TOGGLES = FULL ? 50 : 10;
test('toggled at random moments', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  await room.sender.evaluate(async (toggles) => {
    const { on, off, wait } = window.roomLab;
    for (let i = 0; i < toggles; i++) {
      await wait(100 + 900 * Math.random());
      await (i % 2 ? on() : off());
    }
  }, TOGGLES);
  await room.untilClean();
  await room.hold(info);
});

test('muted and unmuted', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  for (let i = 0; i < (FULL ? 5 : 2); i++) {
    await room.excuse(async () => {
      await room.send(() => window.kept.track.mute());
      await room.sender.waitForTimeout(i % 2 ? 300 : 1500);
      await room.send(() => window.kept.track.unmute());
    });
  }
  // Muted while it is off, and on again before the camera is: the raw last frame must go, not come back.
  await room.send(() => window.roomLab.off());
  await room.untilRaw();
  await room.excuse(async () => {
    await room.send(() => window.kept.track.mute());
    await room.send(() => window.roomLab.on());
    await room.sender.waitForTimeout(1500);
    await room.send(() => window.kept.track.unmute());
  });
  await room.hold(info, { reported: ['running', 'paused', 'running'] });
});

test('another camera', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  for (let i = 0; i < (FULL ? 6 : 2); i++) {
    // The SDK stops the one camera before it opens the other.
    await room.excuse(() =>
      room.sender.evaluate(
        async (at) => {
          window.roomLab.next.at = at;
          await window.kept.track.restartTrack({ deviceId: `camera at ${at}` });
        },
        i % 2 ? 14 : 19,
      ),
    );
  }
  await room.hold(info, { reported: ['running'] });
});

test('another resolution in mid-call', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  const sizes = [
    [640, 480],
    [360, 480],
    [320, 240],
    [480, 360],
  ] as const;
  for (const [width, height] of sizes) {
    await room.sender.evaluate(([w, h]) => window.roomLab.cameras.at(-1)?.resize(w, h), [width, height] as const);
    await room.untilClean(FULL ? 30 : 10);
    const sent = () =>
      room.sender.evaluate(() => {
        const { width, height } = window.kept.output?.getSettings() ?? {};
        return [width, height];
      });
    await expect.poll(sent, { message: 'the output has the size of the source' }).toEqual([width, height]);
  }
  await room.hold(info);
});

test('unpublished and published again', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  for (let i = 0; i < (FULL ? 4 : 1); i++) {
    await room.excuse(() =>
      room.send(async () => {
        await window.kept.room.localParticipant.unpublishTrack(window.kept.track, false);
        await window.roomLab.wait(300);
        await window.roomLab.publish();
      }),
    );
  }
  await room.hold(info);
});

test('the server killed and started again', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  await room.excuse(() => room.livekit.restart(FULL ? 3000 : 500));
  await room.untilClean(30);
  await room.hold(info);
});

test('the signal line cut', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  const reconnected = room.sender.evaluate(
    () => new Promise<void>((resolve) => window.kept.room.once('reconnected', () => resolve())),
  );
  await room.line.cut(FULL ? 3000 : 1000);
  await reconnected;
  await room.untilClean(30);
  await room.hold(info);
});

test('destroyed during init, and set twice', async ({ room }, info) => {
  const outcomes = await room.sender.evaluate(
    async (times) => {
      const { createLocalVideoTrack, processor, wait } = window.roomLab;
      const outcomes: string[] = [];
      for (let i = 0; i < times; i++) {
        const doomed = processor();
        const init = doomed.init.bind(doomed);
        const begun = new Promise<void>((resolve) => {
          doomed.init = (given) => {
            resolve();
            return init(given);
          };
        });
        const creating = createLocalVideoTrack({ processor: doomed }).then(
          () => 'created',
          ({ code }: { code: string }) => code,
        );
        await begun;
        if (i) await wait(Math.random() * 100);
        await Promise.all([doomed.destroy(), doomed.destroy()]);
        outcomes.push(await creating, String(doomed.processedTrack));
      }
      return outcomes;
    },
    FULL ? 12 : 3,
  );
  expect(outcomes[0]).toBe('closed');
  expect(new Set(outcomes.filter((_, i) => i % 2))).toEqual(new Set(['undefined']));
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  // Where an app sets the instance that is set already, the SDK itself sends the camera's track for a moment, and stops
  // ours: here only that it goes on afterwards, with nothing more shown than that.
  await room.excuse(() =>
    room.send(async () => {
      const { kept } = window;
      const from = Date.now() - 300;
      await kept.track.setProcessor(kept.processor);
      kept.raw.push([from, Date.now()]);
      kept.output = kept.processor.processedTrack;
    }),
  );
  await room.untilClean(30);
  await room.hold(info);
});

test('worker killed', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean(30);
  for (let i = 0; i < (FULL ? 2 : 1); i++) {
    await room.send(() => window.kept.workers.at(-1)?.terminate());
    await room.sender.waitForFunction(
      (i) => window.kept.reported.filter((each) => each === 'recovered worker').length > i,
      i,
      { timeout: 60_000 },
    );
    await room.untilClean(30);
  }
  const reported = ['running', 'covered', 'worker-lost', 'loading', 'recovered worker', 'running'];
  await room.hold(info, { reported });
});

test('worker hung', async ({ room }, info) => {
  await room.sender.route('**/hanging-worker.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `import '/clean-plate/worker.js'; addEventListener('message', ({ data }) => { while (data === 'hang'); });`,
    }),
  );
  await room.send(() => window.roomLab.start({ script: '/hanging-worker.js' }));
  await room.untilClean(30);
  await room.send(() => window.kept.workers.at(-1)?.postMessage('hang'));
  await room.sender.waitForFunction(() => window.kept.reported.includes('recovered worker'), null, { timeout: 60_000 });
  await room.untilClean(30);
  const reported = ['running', 'covered', 'worker-lost', 'loading', 'recovered worker', 'running'];
  await room.hold(info, { reported });
});

test('a model that is not there when it is switched on', async ({ room }, info) => {
  const models = '**/clean-plate/assets/selfie-*.tflite';
  await room.sender.context().route(models, (route) => route.fulfill({ status: 404, body: 'no' }));
  await room.send(async () => {
    window.kept.raw.push([0, Number.POSITIVE_INFINITY]);
    await window.roomLab.start({ remove: 'nothing' });
  });
  await room.untilRaw();
  const code = await room.sender.evaluate(async () => {
    const { processor, raw } = window.kept;
    const failed = processor.setEnabled(true).then(
      () => 'enabled',
      ({ code }: { code: string }) => code,
    );
    const code = await failed;
    raw[0]![1] = Date.now();
    return code;
  });
  expect(code).toBe('asset-http');
  await room.receiver.evaluate(() => window.kept.watcher.until('the cover', ({ covered }) => covered));
  await room.sender.waitForTimeout(FULL ? 5000 : 1000);
  await room.sender.context().unroute(models);
  await room.send(() => window.roomLab.on());
  await room.untilClean(30);
  await room.hold(info, { reported: ['running', 'loading', 'failed', 'asset-http', 'loading', 'running'] });
});

test('the page kept busy', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean(30);
  await room.sender.evaluate((ms) => window.roomLab.keepBusy(ms, 400), FULL ? 15_000 : 4000);
  await room.sender.evaluate(() => window.roomLab.keepBusy(3000, 3000));
  await room.untilClean();
  await room.hold(info);
});
