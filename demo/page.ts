import { find } from './controls.ts';

/** The elements of `index.html` that the script works with. */
export const page = {
  camera: find('#camera', HTMLVideoElement),
  others: find('#others', HTMLVideoElement),
  cameraCaption: find('#camera-caption', HTMLElement),
  othersCaption: find('#others-caption', HTMLElement),
  status: find('#status', HTMLElement),
  note: find('#note', HTMLElement),
  sourceNote: find('#source-note', HTMLElement),
  retry: find('#retry', HTMLButtonElement),
  toggle: find('#toggle', HTMLButtonElement),
  sources: find('#sources', HTMLElement),
  file: find('#file', HTMLInputElement),
  cameraPicker: find('#camera-picker', HTMLElement),
  cameras: find('#cameras', HTMLSelectElement),
  covers: find('#covers', HTMLElement),
  known: find('#known', HTMLProgressElement),
  knownText: find('#known-text', HTMLElement),
  drawer: find('#drawer', HTMLDetailsElement),
  figures: find('#figures', HTMLElement),
  stages: find('#stages', HTMLElement),
  elsewhere: find('#elsewhere', HTMLElement),
} as const;
