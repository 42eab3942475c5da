import { BackgroundProcessor } from '@livekit/track-processors';
import { Track } from 'livekit-client';
import type * as CleanPlate from '../../src/processor/index.ts';

/** Something that makes a track of the camera's. */
export interface Running {
  readonly track: MediaStreamTrack;
  /** What it says about itself. */
  report(): object;
  update?(remove: CleanPlate.Remove): Promise<void>;
  stop(): Promise<void>;
}

/** Which of two builds of the package, by the folder it is served from. */
export type Build = 'clean-plate' | 'pair';

type Open = (camera: MediaStreamTrack, build: Build) => Promise<Running>;

/** The package as an integrator loads it. */
const loadPackage = async (build: Build) =>
  (await import(new URL(`/${build}/index.js`, location.href).href)) as typeof CleanPlate;

export const VARIANTS = {
  /** The camera's own track. */
  camera: async (camera) => {
    const track = camera.clone();
    return { track, report: () => ({}), stop: async () => track.stop() };
  },
  /** Passthrough: the remover, asked to remove nothing. */
  nothing: (camera, build) => remover(camera, build, 'nothing'),
  people: (camera, build) => remover(camera, build, 'people'),
  /** The same with a camera that somebody holds in the hand. */
  moving: (camera, build) => remover(camera, build, 'people'),
  bystanders: (camera, build) => remover(camera, build, 'bystanders'),
  classes: (camera, build) => remover(camera, build, { classes: ['bottle'], models: '/models/' }),
  /** Whatever is there in the first frame; in the clip somebody's face, which moves. */
  targets: (camera, build) =>
    remover(camera, build, { targets: [{ id: 'box', box: { x: 0.4, y: 0.2, width: 0.2, height: 0.3 } }] }),
  /** LiveKit's background blur as it ships, its segmenter on the GPU delegate. */
  blur: (camera) => blur(camera, 'GPU'),
  /** The same with the segmenter on the CPU, which is faster where WebGL is software. */
  'blur-cpu': (camera) => blur(camera, 'CPU'),
} satisfies Record<string, Open>;

export type VariantName = keyof typeof VARIANTS;

async function remover(camera: MediaStreamTrack, build: Build, remove: CleanPlate.Remove): Promise<Running> {
  const { Remover } = await loadPackage(build);
  const made = await Remover.create({ remove });
  try {
    await made.ready;
    await made.setSource(camera);
  } catch (error) {
    await made.close();
    throw error;
  }
  return {
    track: made.track,
    report: () => {
      const { state, reason, backend, hole, known, ms } = made.stats() ?? {};
      return { state, reason, backend, hole, known, ms };
    },
    update: (next) => made.update({ remove: next }),
    stop: () => made.close(),
  };
}

/** As `LocalVideoTrack.setProcessor` runs it: a playing element that is in no document beside the track. */
async function blur(camera: MediaStreamTrack, delegate: 'CPU' | 'GPU'): Promise<Running> {
  const element = document.createElement('video');
  element.muted = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([camera]);
  await element.play();
  let processed = 0;
  let ms = {};
  const processor = BackgroundProcessor({
    mode: 'background-blur',
    segmenterOptions: { delegate },
    // Its defaults are on two CDNs. The wasm is the one it brings; the model is the one that its own stems from.
    assetPaths: { tasksVisionFileSet: '/blur-wasm', modelAssetPath: '/clean-plate/assets/selfie-square.tflite' },
    onFrameProcessed: (stats) => {
      processed++;
      ms = { ...stats };
    },
  });
  await processor.init({ kind: Track.Kind.Video, track: camera, element });
  const { processedTrack: track } = processor;
  if (!track) throw new Error('@livekit/track-processors gave no track.');
  return {
    track,
    report: () => ({ processed, ms }),
    stop: async () => {
      await processor.destroy();
      element.srcObject = null;
    },
  };
}
