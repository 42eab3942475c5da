import { test } from './room.ts';

test.use({ sdk: 'oldest' });
test.setTimeout(240_000);

test('livekit-client 2.9.4: join, toggle, mute, another camera', async ({ room }, info) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  for (let i = 0; i < 3; i++) {
    await room.send(() => window.roomLab.off());
    await room.untilRaw();
    await room.send(() => window.roomLab.on());
    await room.untilClean();
  }
  await room.excuse(async () => {
    await room.send(() => window.kept.track.mute());
    await room.sender.waitForTimeout(1500);
    await room.send(() => window.kept.track.unmute());
  });
  await room.excuse(() =>
    room.send(async () => {
      window.roomLab.next.at = 19;
      await window.kept.track.restartTrack({ deviceId: 'another' });
    }),
  );
  await room.hold(info, { reported: ['loading', 'running'] });
});
