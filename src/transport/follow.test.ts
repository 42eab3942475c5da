import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeChannel } from '../../test/fakes/message-channel.ts';
import { follow, obey, type TrackOrder } from './follow.ts';
import { receiveSource } from './receive.ts';

class FakeTrack {
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  #constraints: MediaTrackConstraints = {};

  getConstraints(): MediaTrackConstraints {
    return { ...this.#constraints };
  }

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    if (constraints.width === 1) throw new DOMException('no', 'OverconstrainedError');
    this.#constraints = constraints;
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

const asTrack = (track: FakeTrack) => track as unknown as MediaStreamTrack;

describe('follow', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it.each(['here', 'in a worker'])('does to a clone %s what is done to the track, within 300 ms', async (where) => {
    const [original, clone] = [new FakeTrack(), new FakeTrack()];
    let tell = (order: TrackOrder) => obey(asTrack(clone), order);
    if (where !== 'here') {
      const [near, far] = fakeChannel();
      tell = (order) => near.postMessage(order);
      vi.stubGlobal(
        'MediaStreamTrackProcessor',
        class {
          readonly readable = new ReadableStream<VideoFrame>();
        },
      );
      receiveSource({ kind: 'track', track: asTrack(clone), orders: far });
    }
    follow(asTrack(original), tell);
    original.enabled = false;
    await vi.advanceTimersByTimeAsync(300);
    expect(clone.enabled).toBe(false);
    original.enabled = true;
    await original.applyConstraints({ width: 320, frameRate: 10 });
    await vi.advanceTimersByTimeAsync(300);
    expect([clone.enabled, clone.getConstraints()]).toEqual([true, { width: 320, frameRate: 10 }]);
    original.stop();
    await vi.advanceTimersByTimeAsync(300);
    expect(clone.readyState).toBe('ended');
  });

  it('reports each thing once, nothing more after the end, and bears a clone that cannot follow', async () => {
    const original = new FakeTrack();
    const told: string[] = [];
    const end = follow(asTrack(original), (order) => {
      told.push(order.type);
      obey(asTrack(new FakeTrack()), { type: 'constraints', constraints: { width: 1 } });
    });
    await original.applyConstraints({ width: 640 });
    await vi.advanceTimersByTimeAsync(2000);
    original.enabled = false;
    await vi.advanceTimersByTimeAsync(2000);
    end();
    original.stop();
    await vi.advanceTimersByTimeAsync(2000);
    expect(told).toEqual(['constraints', 'enabled']);
  });
});
