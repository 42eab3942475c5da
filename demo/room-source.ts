import type { SceneSize } from '../scene/scene.ts';
import { sceneTrack } from '../scene/track.ts';
import type { Source } from './source.ts';

/** The generated room needs neither camera nor network. The figure comes in when `ready` is settled. */
export function openRoom(ready: Promise<unknown>): Source {
  const scene = sceneTrack({ ...sizeForThisMachine(), fps: 30, waitFor: ready });
  return { kind: 'room', track: scene.track, caption: 'A room and a figure, drawn by this page', stop: scene.stop };
}

/** The room is drawn on the CPU, beside the removal itself. */
function sizeForThisMachine(): SceneSize {
  const cores = navigator.hardwareConcurrency ?? 2;
  if (cores >= 8) return { width: 1280, height: 720 };
  if (cores >= 4) return { width: 960, height: 540 };
  return { width: 640, height: 360 };
}
