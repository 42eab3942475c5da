import type { Target, TargetStatus } from '../../src/processor/index.ts';
import { expect, test } from '../fixtures.ts';

test('what somebody taps on is gone, wherever it goes, until it is dropped; after a crash all is covered', async ({
  cleanPage: page,
  site,
}) => {
  test.setTimeout(240_000);
  await page.goto(`${site.url}/page/blank/`);
  const result = await page.evaluate(async () => {
    const { Remover } = (await import(new URL('/clean-plate/index.js', location.href).href)) as {
      Remover: typeof import('../../src/processor/index.ts').Remover;
    };
    const [width, height, side] = [320, 240, 50];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const wall = canvas.getContext('2d')!;
    const cup = { x: 60, y: 100 };
    const draw = () => {
      for (let y = 0; y < height; y += 8) {
        for (let x = 0; x < width; x += 8) {
          const grey = 120 + 12 * Math.sin(x / 17) + 9 * Math.cos(y / 13);
          wall.fillStyle = `rgb(${grey} ${grey} ${grey})`;
          wall.fillRect(x, y, 8, 8);
        }
      }
      wall.fillStyle = 'rgb(200 30 30)';
      wall.fillRect(cup.x, cup.y, side, side);
      wall.fillRect(230, 100, side, side);
    };
    draw();
    const timer = setInterval(draw, 40);
    const [camera] = canvas.captureStream(25).getVideoTracks();
    const workers: Worker[] = [];
    const remover = await Remover.create({
      remove: { targets: [] },
      createWorker: () => {
        workers.push(new Worker('/clean-plate/worker.js', { type: 'module' }));
        return workers.at(-1)!;
      },
    });
    const reported: string[] = [];
    remover.addEventListener('targetschange', ({ detail }) => {
      reported.push(detail.targets.map(({ id, state }) => `${id} ${state}`).join(', '));
    });
    await remover.setSource(camera!);
    const video = Object.assign(document.createElement('video'), { muted: true });
    document.body.append(video); // what is in no document may not be decoded
    video.srcObject = new MediaStream([remover.track]);
    await video.play();
    const sample = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    /** Share of a square that is red. */
    const red = (x: number, y: number) => {
      sample.drawImage(video, 0, 0, width, height);
      const { data } = sample.getImageData(x + 4, y + 4, side - 8, side - 8);
      let n = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i]! - data[i + 1]! > 50) n++;
      return (4 * n) / data.length;
    };
    /** Share of the whole picture. */
    const anyRed = (left: number, right: number) => {
      sample.drawImage(video, 0, 0, width, height);
      const { data } = sample.getImageData(left, 0, right - left, height);
      let n = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i]! - data[i + 1]! > 50) n++;
      return n;
    };
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const until = async (fits: () => boolean) => {
      for (let i = 0; i < 600 && !fits(); i++) await wait(100);
      return fits();
    };
    const shown = await until(() => red(60, 100) > 0.9);
    const refused = await remover.update({ remove: { targets: [{ id: 'cup', point: { x: 85, y: 125 } }] } }).then(
      () => '',
      (error: Error) => error.message,
    );
    const targets: Target[] = [{ id: 'cup', point: { x: 85 / width, y: 125 / height } }];
    await remover.update({ remove: { targets } });
    // A frame that takes long to cut is covered meanwhile.
    const gone = await until(() => red(60, 100) === 0 && red(230, 100) > 0.9);
    let seen = 0;
    for (let step = 0; step < 40; step++) {
      cup.x += 2;
      cup.y -= 1;
      await wait(80);
      seen = Math.max(seen, anyRed(0, 215));
    }
    await until(() => remover.targets[0]?.state === 'held');
    const held: readonly TargetStatus[] = remover.targets;
    workers.at(-1)!.terminate(); // of the two the one that makes the frames
    const lost = await until(() => remover.targets[0]?.state === 'lost');
    const covered = await until(() => remover.state === 'covered' && red(230, 100) === 0);
    const afterCrash = anyRed(0, width);
    await remover.update({ remove: { targets: [] } });
    const dropped = await until(() => red(cup.x, cup.y) > 0.9);
    clearInterval(timer);
    await remover.close();
    return {
      shown,
      refused,
      gone,
      seen,
      held,
      lost,
      covered,
      afterCrash,
      dropped,
      reported,
      workers: workers.length,
    };
  });
  expect(result.shown).toBe(true);
  expect(result.refused).toMatch(/Target 'cup': its point \(85, 125\) lies outside the picture/);
  expect(result.gone).toBe(true);
  expect(result.seen, 'red pixels on the way').toBe(0);
  expect(result.held).toMatchObject([{ id: 'cup', state: 'held' }]);
  expect(result.lost).toBe(true);
  expect(result.covered).toBe(true);
  expect(result.afterCrash).toBe(0);
  expect(result.dropped).toBe(true);
  expect(result.workers).toBe(3);
  expect(result.reported.slice(0, 2)).toEqual(['cup covered', 'cup held']);
  expect(result.reported.at(-1)).toBe('');
});
