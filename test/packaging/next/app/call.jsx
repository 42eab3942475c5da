'use client';

import { Remover } from 'clean-plate';
import { useRemoval } from 'clean-plate/react';
import { useEffect, useState } from 'react';

const assets = '/clean-plate/assets/';
const createWorker = () => new Worker('/clean-plate/worker.js', { type: 'module' });

/** A moving picture in place of a camera. */
function openCamera() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  setInterval(() => {
    context.fillStyle = `hsl(${Date.now() % 360} 40% 50%)`;
    context.fillRect(0, 0, 320, 240);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0];
}

export function Call() {
  const [said, say] = useState('starting');
  const { processor } = useRemoval({ assets, createWorker });
  useEffect(() => {
    // `?found` leaves it to Next's bundler to find the worker.
    const where = location.search === '?found' ? { assets } : { assets, createWorker };
    let remover;
    async function start() {
      remover = await Remover.create({ remove: 'people', ...where });
      await remover.setSource(openCamera());
      await remover.ready;
      const video = Object.assign(document.createElement('video'), { muted: true });
      video.srcObject = new MediaStream([remover.track]);
      await video.play();
      say(`removes at ${video.videoWidth} with ${processor.name}`);
    }
    start().catch((error) => say(`${error.name} ${error.code ?? ''}: ${error.message}`));
    return () => void remover?.close();
  }, [processor]);
  return <p id="call">{said}</p>;
}
