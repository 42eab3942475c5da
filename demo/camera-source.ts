import { type Source, SourceError } from './source.ts';

/** Asks for a camera; `deviceId` as from {@link fillCameras}, or the browser's choice. */
export async function openCamera(deviceId?: string): Promise<Source> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new SourceError('Cameras need a secure page: open this one over https or on localhost.');
  }
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: deviceId ? { ...size, deviceId: { exact: deviceId } } : size,
    });
  } catch (error) {
    throw new SourceError(inWords(error), { cause: error });
  }
  const [track] = stream.getVideoTracks();
  if (!track) throw new SourceError('The camera gave no picture.');
  return { kind: 'camera', track, caption: track.label || 'Your camera', stop: () => track.stop() };
}

/** Fills `select` with the cameras by name, once one was allowed; `chosen` is the device in use. */
export async function fillCameras(select: HTMLSelectElement, chosen: string | undefined): Promise<void> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const options = devices
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }, i) => {
      return new Option(label || `Camera ${i + 1}`, deviceId, false, deviceId === chosen);
    });
  select.replaceChildren(...options);
}

function inWords(error: unknown): string {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The camera is not allowed here. Allow it with the camera sign in the address bar, then try again.';
    case 'NotFoundError':
      return 'No camera was found. Plug one in, or stay with the generated room.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The camera is busy: another program uses it. Close that one, then try again.';
    case 'OverconstrainedError':
      return 'That camera is gone. Choose another.';
    default:
      return `The camera could not be opened (${error instanceof Error ? error.message : String(error)}).`;
  }
}
