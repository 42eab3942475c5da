// What an app does, small: the generated page of each bundler's fixture runs it from the packed package.
import { Remover } from 'clean-plate';
import { RemovalProcessor } from 'clean-plate/livekit';

const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
const context = canvas.getContext('2d');
setInterval(() => {
  context.fillStyle = `hsl(${Date.now() % 360} 40% 50%)`;
  context.fillRect(0, 0, 320, 240);
}, 50);
const [camera] = canvas.captureStream(20).getVideoTracks();

const assets = '/clean-plate/assets/';
const createWorker = () => new Worker('/clean-plate/worker.js', { type: 'module' });
// `?found` leaves it to the bundler to find the worker.
const where = location.search === '?found' ? { assets } : { assets, createWorker };

try {
  const remover = await Remover.create({ remove: 'people', ...where });
  await remover.setSource(camera);
  await remover.ready;
  const video = Object.assign(document.createElement('video'), { muted: true });
  video.srcObject = new MediaStream([remover.track]);
  await video.play();
  document.title = `removes at ${video.videoWidth} with ${typeof RemovalProcessor}`;
} catch (error) {
  document.title = `${error.name} ${error.code ?? ''}: ${error.message}`;
}
