import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RemovalError } from './errors.ts';
import { RemovalProcessor } from './livekit.ts';
import { checkLivekitVersion, LIVEKIT_RANGE } from './livekit-version.ts';
import { Remover } from './remover.ts';

/** A track that can be cloned and stopped. */
class FakeTrack {
  readyState = 'live';
  clone = () => new FakeTrack();
  stop = () => {
    this.readyState = 'ended';
  };
}

/** A remover that does at once what it is asked, or rejects with `refuse`. */
class FakeRemover extends EventTarget {
  readonly track = new FakeTrack();
  readonly updates: unknown[] = [];
  readonly sources: unknown[] = [];
  refuse: Error | undefined;
  closed = 0;
  readonly state = 'running';
  readonly targets = [{ id: 'a', state: 'held', reason: '', box: undefined }];
  readonly bitmap = {};
  room: Blob | undefined;

  async setSource(track: unknown): Promise<void> {
    this.sources.push(track);
  }

  async update(options: unknown): Promise<void> {
    this.updates.push(options);
    if (this.refuse) throw this.refuse;
  }

  plate = async () => this.bitmap;
  exportRoom = async () => this.room;
  stats = () => undefined;

  async close(): Promise<void> {
    this.closed++;
  }
}

describe('RemovalProcessor', () => {
  const camera = { track: {} as MediaStreamTrack };
  let made: FakeRemover[];
  let started: unknown[];
  let rooms: unknown[];

  beforeEach(() => {
    made = [];
    started = [];
    rooms = [];
    vi.spyOn(Remover, 'create').mockImplementation(async (options) => {
      started.push(options?.remove);
      rooms.push(options?.room);
      made.push(new FakeRemover());
      return made.at(-1) as unknown as Remover;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it('off and on before it is set: still removes what it was made for', async () => {
    const processor = new RemovalProcessor({ remove: 'bystanders' });
    await processor.setEnabled(false);
    await processor.setEnabled(true);
    await processor.init(camera);
    expect(started).toEqual(['bystanders']);
  });

  it('off stays off, and on is what it was, where the track is published again', async () => {
    const processor = new RemovalProcessor({ remove: 'bystanders' });
    await processor.init(camera);
    await processor.setEnabled(false);
    await processor.destroy();
    await processor.init(camera);
    await processor.setEnabled(true);
    expect(started).toEqual(['bystanders', 'nothing']);
    expect(made[1]!.updates).toEqual([{ remove: 'bystanders' }]);
    expect(made[0]!.closed).toBe(1);
  });

  it('does not keep an update that was rejected', async () => {
    const processor = new RemovalProcessor({ remove: 'bystanders' });
    await processor.init(camera);
    made[0]!.refuse = new RemovalError('asset-http', 'no such model');
    await expect(processor.update({ remove: { classes: ['cup'] } })).rejects.toThrow('no such model');
    await expect(processor.update({ remove: 'nothing' })).rejects.toThrow('no such model');
    await processor.destroy();
    await processor.init(camera);
    expect(started).toEqual(['bystanders', 'bystanders']);
  });

  it('keeps the newer of two updates when the older is rejected', async () => {
    const processor = new RemovalProcessor({ remove: 'bystanders' });
    await processor.init(camera);
    made[0]!.refuse = new RemovalError('aborted', 'a newer one came');
    const older = processor.update({ remove: 'nothing' });
    const newer = processor.update({ remove: 'people' });
    made[0]!.refuse = undefined;
    await Promise.allSettled([older, newer]);
    await processor.destroy();
    await processor.init(camera);
    expect(started).toEqual(['bystanders', 'people']);
  });

  it('keeps the room for when the track is published again', async () => {
    const processor = new RemovalProcessor();
    await processor.init(camera);
    const room = new Blob(['a room']);
    made[0]!.room = room;
    await processor.destroy();
    await processor.init(camera);
    await processor.destroy();
    await processor.init(camera);
    expect(rooms, 'also where the second saw nothing').toEqual([undefined, room, room]);
  });

  it('leaves the room to the device where that stores it: what was forgotten there does not come back', async () => {
    const processor = new RemovalProcessor({ memory: 'device' });
    await processor.init(camera);
    made[0]!.room = new Blob(['a room']);
    await processor.destroy();
    await processor.init(camera);
    expect(rooms).toEqual([undefined, undefined]);
  });

  it('passes on what was picked, its changes and the plate', async () => {
    const processor = new RemovalProcessor({ remove: { targets: [] } });
    expect(processor.targets).toEqual([]);
    await expect(processor.plate()).rejects.toMatchObject({ code: 'closed' });
    await processor.init(camera);
    const reported: unknown[] = [];
    processor.addEventListener('targetschange', ({ detail }) => reported.push(detail.targets));
    const { targets, bitmap } = made[0]!;
    made[0]!.dispatchEvent(new CustomEvent('targetschange', { detail: { targets } }));
    expect(reported).toEqual([targets]);
    expect(processor.targets).toBe(targets);
    expect(await processor.plate()).toBe(bitmap);
  });

  it('says at once that an option is wrong, before any camera is opened', () => {
    expect(() => new RemovalProcessor({ remove: 'cats' as never })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it('is set once more with the same track and then taken off: goes on', async () => {
    const processor = new RemovalProcessor();
    await processor.init(camera);
    await processor.init(camera);
    processor.processedTrack?.stop();
    await processor.destroy();
    expect(processor.processedTrack?.readyState).toBe('live');
    expect(made).toHaveLength(1);
    await processor.destroy();
    expect(processor.processedTrack).toBeUndefined();
    expect(made[0]!.closed).toBe(1);
  });

  it('refuses an SDK that is a script of its own and too old, by name', () => {
    vi.stubGlobal('LivekitClient', { version: '2.1.5' });
    expect(() => new RemovalProcessor()).toThrow(expect.objectContaining({ code: 'unsupported-sdk' }));
    vi.stubGlobal('LivekitClient', { version: '2.23.0' });
    expect(() => new RemovalProcessor()).not.toThrow();
  });
});

describe('clean-plate/livekit, as bundlers get it', () => {
  afterEach(() => {
    vi.doUnmock('livekit-client');
    vi.resetModules();
  });

  const withSdk = async (version: string) => {
    vi.resetModules();
    vi.doMock('livekit-client', () => ({ version }));
    const { RemovalProcessor: Checked } = await import('./livekit-package.ts');
    return () => new Checked();
  };

  it.each(['2.9.3', '2.1.5', '1.15.13', '3.0.0', 'workspace'])('refuses livekit-client %s by name', async (version) => {
    const make = await withSdk(version);
    expect(make).toThrow(
      expect.objectContaining({
        code: 'unsupported-sdk',
        message: expect.stringContaining(`livekit-client ${version} `),
      }),
    );
    expect(make).toThrow(LIVEKIT_RANGE);
  });

  it.each(['2.9.4', '2.10.0', '2.23.0'])('takes livekit-client %s', async (version) => {
    expect(await withSdk(version)).not.toThrow();
  });
});

describe('the range of SDKs', () => {
  it('is the peer range, and the oldest of it is the one that is tested', () => {
    const { peerDependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(LIVEKIT_RANGE).toBe(peerDependencies['livekit-client']);
    expect(devDependencies['livekit-client-oldest']).toBe(`npm:livekit-client@${LIVEKIT_RANGE.slice(1)}`);
    expect(() => checkLivekitVersion(LIVEKIT_RANGE.slice(1))).not.toThrow();
  });
});
