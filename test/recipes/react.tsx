import { LiveKitRoom, RoomAudioRenderer } from '@livekit/components-react';
import { type Removal, useRemoval } from 'clean-plate/react';
import type { RoomConnectOptions } from 'livekit-client';
import { useState } from 'react';

export interface CallProps {
  readonly url: string;
  readonly token: string;
  readonly connectOptions?: RoomConnectOptions;
}

export function Call({ url, token, connectOptions }: CallProps) {
  const removal = useRemoval({ remove: 'people', assets: '/clean-plate/assets/' });
  // With the processor among the defaults, the camera is never published without it.
  const [options] = useState({ videoCaptureDefaults: { processor: removal.processor } });
  return (
    <LiveKitRoom serverUrl={url} token={token} video options={options} {...(connectOptions && { connectOptions })}>
      <RemovalSwitch {...removal} />
      <RoomAudioRenderer />
    </LiveKitRoom>
  );
}

function RemovalSwitch({ enabled, pending, state, error, setEnabled }: Removal) {
  return (
    <>
      <button
        type="button"
        role="switch"
        aria-checked={enabled}
        aria-busy={pending}
        onClick={() => setEnabled(!enabled)}
      >
        Remove people
      </button>
      <p role="status">{pending ? 'One moment: the picture is covered.' : state}</p>
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}
