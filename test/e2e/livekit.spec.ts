import { expect, test } from './room.ts';

test('stopProcessor goes back to the raw track, as the SDK says: the cases of reliability.spec.ts can fail', async ({
  room,
}) => {
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  await room.send(() => window.kept.track.stopProcessor());
  await room.untilRaw();
  expect((await room.figures()).leaks).toBeGreaterThan(0);
});
