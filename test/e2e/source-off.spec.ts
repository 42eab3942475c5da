import { expect, test } from '../fixtures.ts';

for (const transport of ['streams', 'element'] as const) {
  test(`stopping the camera lets it go, and disabling it blackens what is sent (${transport})`, async ({
    cleanPage: page,
    site,
  }) => {
    await page.goto(`${site.url}/page/blank/`);
    const result = await page.evaluate(async (transport) => {
      const clones: MediaStreamTrack[] = [];
      const { clone } = MediaStreamTrack.prototype;
      MediaStreamTrack.prototype.clone = function () {
        const copy = clone.call(this);
        clones.push(copy);
        return copy;
      };
      const { Remover } = (await import(new URL('/clean-plate/index.js', location.href).href)) as {
        Remover: typeof import('../../src/processor/index.ts').Remover;
      };
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      const [camera] = stream.getVideoTracks();
      const remover = await Remover.create({ remove: 'nothing', transport });
      await remover.setSource(camera!);
      const video = Object.assign(document.createElement('video'), { muted: true });
      document.body.append(video); // what is in no document may not be decoded
      video.srcObject = new MediaStream([remover.track]);
      await video.play();
      const brightest = () => {
        const ctx = new OffscreenCanvas(16, 9).getContext('2d')!;
        ctx.drawImage(video, 0, 0, 16, 9);
        const { data } = ctx.getImageData(0, 0, 16, 9);
        return data.reduce((most, level, i) => (i % 4 === 3 ? most : Math.max(most, level)), 0);
      };
      const until = async (fits: () => boolean) => {
        for (let i = 0; i < 600 && !fits(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
        return fits();
      };
      const bright = await until(() => brightest() > 60);
      camera!.enabled = false;
      const black = await until(() => brightest() < 24);
      camera!.enabled = true;
      const brightAgain = await until(() => brightest() > 60);
      camera!.stop();
      const ended = await until(() => clones.every(({ readyState }) => readyState === 'ended'));
      const paused = await until(() => remover.state === 'paused');
      const output = remover.track.readyState;
      const camera2 = (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks()[0]!;
      await remover.setSource(camera2);
      const running = await until(() => /^(running|degraded)$/.test(remover.state));
      await remover.close();
      return { bright, black, brightAgain, clones: clones.length, ended, paused, output, running };
    }, transport);
    expect(result).toEqual({
      bright: true,
      black: true,
      brightAgain: true,
      clones: 2,
      ended: true,
      paused: true,
      output: 'live',
      running: true,
    });
  });
}

test('closing is no error, also where a frame is in hand and the word of it is late', async ({
  cleanPage: page,
  site,
}) => {
  await page.goto(`${site.url}/page/blank/`);
  const errors = await page.evaluate(async () => {
    const { Remover } = (await import(new URL('/clean-plate/index.js', location.href).href)) as {
      Remover: typeof import('../../src/processor/index.ts').Remover;
    };
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (...message: unknown[]) {
      const isClose = (message[0] as { type?: string }).type === 'close';
      setTimeout(() => Reflect.apply(postMessage, this, message), isClose ? 500 : 0);
    };
    const camera = (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks()[0]!;
    const errors: string[] = [];
    // Every second time or so a frame is in hand just then.
    for (let life = 0; life < 4; life++) {
      const remover = await Remover.create({ remove: 'people' });
      remover.addEventListener('error', ({ detail }) => errors.push(detail.message));
      await remover.setSource(camera.clone());
      const end = performance.now() + 25_000;
      while ((remover.stats()?.frames ?? 0) < 3) {
        if (performance.now() > end) throw new Error(`life ${life}: not three frames in 25 s`);
        await new Promise((done) => setTimeout(done, 100));
      }
      await remover.close();
    }
    return errors;
  });
  expect(errors).toEqual([]);
});
