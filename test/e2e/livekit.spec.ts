import { expect, test } from './room.ts';

for (const sdk of ['newest', 'oldest'] as const) {
  test.describe(`the ${sdk} livekit-client`, () => {
    test.use({ sdk });

    for (const way of ['startByDefault', 'startOnAir'] as const) {
      test(`${way}: no raw frame, also after a paused upstream, mute and another camera`, async ({ room }, info) => {
        await room.sender.evaluate((way) => window.roomLab[way](), way);
        await room.untilClean();
        await room.excuse(async () => {
          await room.send(() => window.kept.track.pauseUpstream());
          await room.sender.waitForTimeout(800);
          await room.send(() => window.kept.track.resumeUpstream());
        });
        await room.excuse(async () => {
          await room.send(() => window.kept.track.mute());
          await room.sender.waitForTimeout(800);
          await room.send(() => window.kept.track.unmute());
        });
        await room.excuse(() => room.send(async () => void (await window.kept.track.restartTrack({ deviceId: 'b' }))));
        // The line of the recipe that tells how to be sure.
        expect(await room.sender.evaluate(() => window.kept.track.getProcessor() === window.kept.processor)).toBe(true);
        await room.hold(info, { reported: ['loading', 'running'] });
      });
    }
  });
}

test('stopProcessor goes back to the raw track, as the SDK says: the cases of reliability.spec.ts can fail', async ({
  room,
}) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  await room.send(() => window.kept.track.stopProcessor());
  await room.untilRaw();
  expect((await room.figures()).leaks).toBeGreaterThan(0);
});
