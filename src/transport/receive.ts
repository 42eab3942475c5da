import { obey, type TrackOrder } from './follow.ts';
import type { FrameSink, FrameSource, SinkHandle, SourceHandle } from './frames.ts';
import { PortSink, PortSource } from './port.ts';
import { StreamSink, StreamSource } from './stream.ts';

/** Safari 18+: lives in workers only, and its track can be sent to the page. */
declare class VideoTrackGenerator {
  readonly writable: WritableStream<VideoFrame>;
  readonly track: MediaStreamTrack;
}

/** Worker side of `openSource`. */
export function receiveSource(handle: SourceHandle): FrameSource {
  switch (handle.kind) {
    case 'stream':
      return new StreamSource(handle.readable);
    case 'track': {
      const { track, orders } = handle;
      orders.onmessage = ({ data }: MessageEvent<TrackOrder>) => obey(track, data);
      const { readable } = new MediaStreamTrackProcessor({ track: track as MediaStreamVideoTrack, maxBufferSize: 1 });
      return new StreamSource(readable, () => {
        track.stop();
        orders.close();
      });
    }
    case 'port':
      return new PortSource(handle.port);
  }
}

/** Worker side of `openSink`. `track` is there where it has to be sent to the page. */
export function receiveSink(handle: SinkHandle): { readonly sink: FrameSink; readonly track?: MediaStreamTrack } {
  switch (handle.kind) {
    case 'stream':
      return { sink: new StreamSink(handle.writable) };
    case 'generator': {
      const generator = new VideoTrackGenerator();
      return { sink: new StreamSink(generator.writable), track: generator.track };
    }
    case 'port':
      return { sink: new PortSink(handle.port) };
  }
}
