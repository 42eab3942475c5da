import type * as CleanPlate from '../../src/processor/index.ts';
import { untilClean } from './until-clean.ts';

const { Remover, preload } = (await import(new URL('/clean-plate/index.js', location.href).href)) as typeof CleanPlate;

/** Milliseconds since `Remover.create` was called. */
export interface FirstFrames {
  readonly created: number;
  readonly ready: number;
  readonly clean: number;
}

async function firstClean(): Promise<FirstFrames> {
  const camera = stripes();
  const start = performance.now();
  const remover = await Remover.create({ remove: 'people' });
  const created = performance.now() - start;
  await remover.setSource(camera);
  const clean = untilClean(remover.track).then(() => performance.now() - start);
  await remover.ready;
  const ready = performance.now() - start;
  const result = { created, ready, clean: await clean };
  await remover.close();
  camera.stop();
  return result;
}

/** A camera that shows nobody, 640x480. */
function stripes(): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
  const context = canvas.getContext('2d')!;
  const draw = () => {
    for (let x = 0; x < 640; x += 40) {
      context.fillStyle = `hsl(${x / 2} 30% ${40 + ((x + performance.now() / 50) % 20)}%)`;
      context.fillRect(x, 0, 40, 480);
    }
  };
  draw();
  setInterval(draw, 33);
  return canvas.captureStream(30).getVideoTracks()[0]!;
}

const load = { firstClean, preload: () => preload() };

declare global {
  interface Window {
    load: typeof load;
  }
}

window.load = load;
