import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeVideoFrame, installFakeVideoFrame } from '../../test/fakes/video-frame.ts';
import type { Inpainter, InpaintReport } from '../inpaint/inpainter.ts';
import type { PlateView } from '../inpaint/plate-view.ts';
import type { Mask } from '../mask.ts';
import { type Picture, pictureBytes } from '../picture.ts';
import type { MaskSource } from '../segmentation/mask-source.ts';
import type { FrameSink, FrameSource, Shown } from '../transport/frames.ts';
import type { RemovalError } from './errors.ts';
import type { Cover } from './options.ts';
import { Pipeline, type PipelineTools } from './pipeline.ts';
import type { RemoveOrder } from './remove.ts';
import {
  eventsBetween,
  type Health,
  INITIAL,
  type Observed,
  type RemovalEvent,
  type Reported,
  reportedOf,
} from './state.ts';
import { Waiters } from './waiters.ts';

const SIZE = { width: 16, height: 8 };
/** Every byte of a source frame; the person is all of the left half. */
const RAW = 200;
/** What the fake inpainter paints. */
const CLEAN = 90;

const HOLE: Mask = {
  ...SIZE,
  data: Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => (i % SIZE.width < 8 ? 255 : 0)),
};

const VIEW: PlateView = { width: 2, height: 1, data: Uint8ClampedArray.of(1, 1, 1, 255, 2, 2, 2, 255) };

/** A camera whose frames come one by one as the test pushes them. */
class FakeSource implements FrameSource {
  readonly frames: FakeVideoFrame[] = [];
  #queue: FakeVideoFrame[] = [];
  #waiting: ((frame: VideoFrame | null) => void) | undefined;
  closed = false;

  push(timestamp: number, like: Partial<FakeVideoFrame> = {}): void {
    const bytes = new Uint8Array(pictureBytes('I420', SIZE.width, SIZE.height)).fill(RAW);
    const init = { format: 'I420', codedWidth: SIZE.width, codedHeight: SIZE.height, timestamp } as const;
    const frame = Object.assign(new FakeVideoFrame(bytes, init), like);
    this.frames.push(frame);
    this.#queue.push(frame);
    this.#give();
  }

  read(): Promise<VideoFrame | null> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#give();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const frame of this.#queue.splice(0)) frame.close();
    this.#waiting?.(null);
  }

  #give(): void {
    const next = this.#queue[0];
    if (!next || !this.#waiting) return;
    this.#queue.shift();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting(next as unknown as VideoFrame);
  }
}

/** Keeps the pixels of what was written and closes it, as a track would. */
class FakeSink implements FrameSink {
  readonly written: { readonly timestamp: number; readonly bytes: Uint8Array; readonly frame: FakeVideoFrame }[] = [];
  /** What the pipeline said of them. */
  readonly shown: Shown[] = [];
  broken = false;
  closed = false;

  async write(given: VideoFrame, shown: Shown): Promise<void> {
    const frame = given as unknown as FakeVideoFrame;
    const { timestamp, bytes } = frame;
    frame.close();
    if (this.broken) throw new Error('the track was stopped');
    this.written.push({ timestamp, bytes, frame });
    this.shown.push(shown);
  }

  close(): void {
    this.closed = true;
  }

  /** Largest luma under the hole: RAW as soon as one raw pixel got through. */
  leak(index: number): number {
    const { bytes } = this.written[index]!;
    return Math.max(...bytes.slice(0, HOLE.data.length).filter((_, i) => HOLE.data[i]));
  }
}

class FakeMasks implements MaskSource {
  /** What is neither hole nor to be learnt. */
  keep: Mask | undefined;
  fail = false;
  confidence = 1;
  /** What the plate is to forget. */
  forgets: Mask | undefined;
  readonly forgotten: Mask[] = [];
  doubt: Mask | undefined;
  closed = 0;
  resets = 0;
  settle = (): void => {};

  async segment() {
    if (this.fail) throw new Error('segmenter broke');
    const { doubt, keep, forgets } = this;
    return {
      hole: HOLE,
      confidence: this.confidence,
      forget: forgets,
      ...(doubt ? { doubt } : {}),
      ...(keep ? { keep } : {}),
    };
  }

  forget(mask: Mask): void {
    this.forgotten.push(mask);
  }

  remember: Inpainter['remember'] = () => {};

  reset(): void {
    this.resets++;
  }

  close(): void {
    this.closed++;
  }
}

class FakeInpainter implements Inpainter {
  readonly backend = 'cpu';
  fail = false;
  closed = 0;
  settle = (): void => {};
  resets = 0;
  readonly forgotten: Mask[] = [];
  late: Mask | undefined;

  forget(mask: Mask): void {
    this.forgotten.push(mask);
  }

  async inpaint(picture: Picture, hole: Mask): Promise<InpaintReport> {
    if (this.fail) throw new Error('inpainter broke');
    hole.data.forEach((value, i) => {
      if (value) picture.data[i] = CLEAN;
    });
    return { hole: 0.5, known: 1, coverage: 1, camera: 'still', late: this.late, ms: {} };
  }

  view: Inpainter['view'] = async () => VIEW;

  remember: Inpainter['remember'] = () => {};

  reset(): void {
    this.resets++;
  }

  close(): void {
    this.closed++;
  }
}

/** Drives a pipeline as the page does, and reports what the page would. */
class Page {
  readonly pipeline: Pipeline;
  readonly #waiters = new Waiters();
  #desired = INITIAL;
  #reported: Reported = {
    status: { state: 'paused', reason: '' },
    faults: {},
    targets: [],
    refused: undefined,
    room: '',
  };

  constructor(tools: Omit<PipelineTools, 'onObserved'>, onEvent: (event: RemovalEvent) => void) {
    const onObserved = (observed: Observed) => {
      const health: Health = { worker: 'alive', source: 1 };
      this.#waiters.observe(observed, health);
      const before = this.#reported;
      this.#reported = reportedOf(this.#desired, observed, health);
      eventsBetween(before, this.#reported).forEach(onEvent);
    };
    this.pipeline = new Pipeline({ ...tools, onObserved });
  }

  /** As an update of the remover. */
  setRemove(order: RemoveOrder): Promise<void> {
    const wish = this.#desired.version + 1;
    const change = order === 'nothing' ? { enabled: false } : { enabled: true, remove: order };
    this.#desired = { ...this.#desired, ...change, wish, version: wish };
    this.#waiters.supersede(this.#desired);
    const done = this.#waiters.add('wish', wish);
    done.catch(() => {});
    this.pipeline.want(this.#desired);
    return done;
  }

  setCover(cover: Cover): void {
    this.#desired = { ...this.#desired, cover, version: this.#desired.version + 1 };
    this.pipeline.want(this.#desired);
  }

  setSource(source: FrameSource, hint: { readonly frameRate: number }): void {
    this.pipeline.setSource(source, hint);
  }

  plate = () => this.pipeline.plate();
  heartbeat = () => this.pipeline.heartbeat();
  stats = () => this.pipeline.stats();
  close = () => this.pipeline.close();
}

describe('Pipeline', () => {
  let restore: () => void;
  let source: FakeSource;
  let sink: FakeSink;
  let masks: FakeMasks;
  let inpainter: FakeInpainter;
  let states: string[];
  let errors: string[];
  let pipeline: Page;
  /** Ends the wait for the models; an error makes it fail. */
  let finishLoading: (error?: Error) => void;

  function create(overrides: Partial<PipelineTools> = {}): Page {
    const gate = new Promise<void>((resolve, reject) => {
      finishLoading = (error) => (error ? reject(error) : resolve());
    });
    const tools = {
      sink,
      createMaskSource: async () => {
        await gate;
        return masks;
      },
      createInpainter: async () => inpainter,
      onError: (error: RemovalError) => errors.push(error.code),
      ...overrides,
    };
    return new Page(tools, (event) => {
      if (event.type === 'statechange') states.push(event.status.state);
      if (event.type === 'recovered') states.push(`recovered ${event.what}`);
      if (event.type === 'error') errors.push(event.error.code);
    });
  }

  async function show(timestamp: number, like: Partial<FakeVideoFrame> = {}): Promise<void> {
    const before = sink.written.length;
    source.push(timestamp, like);
    await vi.waitFor(() => expect(sink.written.length).toBeGreaterThan(before), { interval: 1 });
  }

  beforeEach(() => {
    restore = installFakeVideoFrame();
    source = new FakeSource();
    sink = new FakeSink();
    masks = new FakeMasks();
    inpainter = new FakeInpainter();
    states = [];
    errors = [];
    pipeline = create();
  });

  afterEach(async () => {
    await pipeline.close();
    expect(FakeVideoFrame.open, 'frames left open').toBe(0);
    restore();
  });

  const attach = (from = source, hint = { width: 0, height: 0, frameRate: 30 }) => pipeline.setSource(from, hint);

  it('never shows a raw frame while the model loads', async () => {
    const loaded = pipeline.setRemove('people');
    await attach();
    for (let t = 1; t <= 5; t++) await show(t);
    for (let i = 0; i < 5; i++) expect(sink.leak(i)).toBeLessThan(RAW);
    expect(states.at(-1)).toBe('loading');
    finishLoading();
    await loaded;
    await show(6);
    expect(sink.leak(5)).toBe(CLEAN);
    expect(states.at(-1)).toBe('running');
  });

  it('stays covered when the model cannot be loaded, and says so', async () => {
    const loaded = pipeline.setRemove('people');
    await attach();
    finishLoading(new Error('404'));
    await expect(loaded).rejects.toMatchObject({ name: 'RemovalError', code: 'segmentation-failed' });
    await show(1);
    expect(sink.leak(0)).toBeLessThan(RAW);
    expect(states.at(-1)).toBe('failed');
  });

  it('passes frames untouched when nothing is to be removed, and covers from the next frame on when it is', async () => {
    await pipeline.setRemove('nothing');
    await attach();
    await show(1);
    expect(sink.leak(0)).toBe(RAW);
    void pipeline.setRemove('people');
    await show(2);
    expect(sink.leak(1)).toBeLessThan(RAW);
    finishLoading();
  });

  it('removes again at once after a toggle, without loading twice', async () => {
    const createMaskSource = vi.fn(async () => masks);
    pipeline = create({ createMaskSource });
    await pipeline.setRemove('people');
    await attach();
    await show(1);
    await pipeline.setRemove('nothing');
    await show(2);
    await pipeline.setRemove('people');
    await show(3);
    expect([0, 1, 2].map((i) => sink.leak(i))).toEqual([CLEAN, RAW, CLEAN]);
    expect(createMaskSource).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['the segmenter throws', () => Object.assign(masks, { fail: true }), 'segmentation-failed'],
    ['the inpainter throws', () => Object.assign(inpainter, { fail: true }), 'inpaint-failed'],
  ])('covers when %s', async (_, breakIt, code) => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    breakIt();
    await show(1);
    expect(sink.leak(0)).toBeLessThan(RAW);
    expect(states.at(-1)).not.toBe('running');
    expect(errors).toEqual([code]);
  });

  it('leaves what lies outside the hole alone when the inpainter throws', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    inpainter.fail = true;
    await show(1);
    const { bytes } = sink.written[0]!;
    expect([9, 10, 15].map((x) => bytes[x])).toEqual([RAW, RAW, RAW]);
  });

  it.each([0.2, Number.NaN])('covers when the mask is in doubt (confidence %d)', async (confidence) => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    masks.confidence = confidence;
    await show(1);
    expect(sink.leak(0)).toBeLessThan(RAW);
    expect(states.at(-1)).toBe('covered');
  });

  it('covers the part of a mask that is in doubt, and no more, says so, and goes on when the doubt is gone', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    const left = Uint8Array.from(HOLE.data, (value, i) => (i % SIZE.width < 4 ? value : 0));
    masks.doubt = { ...SIZE, data: left };
    await show(1);
    const row = (frame: number) => [...sink.written[frame]!.bytes.subarray(0, SIZE.width)];
    const [cover] = row(0);
    expect([CLEAN, RAW]).not.toContain(cover);
    // A mask's pixel reaches half a pixel into its neighbours.
    expect(row(0).slice(0, 4)).toEqual(Array(4).fill(cover));
    expect(row(0).slice(5)).toEqual([...Array(3).fill(CLEAN), ...Array(8).fill(RAW)]);
    expect(states.at(-1)).toBe('covered');
    expect(pipeline.stats()).toMatchObject({ doubt: 0.25, coveredFrames: 0 });
    masks.doubt = undefined;
    await show(2);
    expect(row(1).slice(0, 8)).toEqual(Array(8).fill(CLEAN));
    expect(states.at(-1)).toBe('running');
    expect(pipeline.stats().doubt).toBe(0);
  });

  it('covers what is in doubt outside the hole, also when the inpainter throws', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    masks.doubt = { ...SIZE, data: Uint8Array.from(HOLE.data, (value) => 255 - value) };
    for (const [frame, fail] of [false, true].entries()) {
      inpainter.fail = fail;
      await show(frame);
      const { bytes } = sink.written[frame]!;
      expect(bytes.subarray(0, HOLE.data.length)).not.toContain(RAW);
    }
  });

  describe('shows the plate', () => {
    /** As the page may ask at any time: after the frame is done. */
    const seen = async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return pipeline.plate();
    };
    const start = async () => {
      finishLoading();
      await pipeline.setRemove('people');
      await attach();
      await show(1);
    };

    it('after a clean frame, and not before it', async () => {
      expect(await seen()).toBeUndefined();
      void pipeline.setRemove('people');
      await attach();
      await show(1);
      expect(await seen(), 'while it loads').toBeUndefined();
      finishLoading();
      await pipeline.setRemove('people');
      expect(await seen(), 'before a clean frame').toBeUndefined();
      await show(2);
      expect(await seen()).toEqual(VIEW);
    });

    it.each<[string, () => void | Promise<void>]>([
      ['a frame is covered', () => Object.assign(masks, { confidence: 0.1 }) && undefined],
      ['a part is in doubt', () => Object.assign(masks, { doubt: HOLE }) && undefined],
      ['segmentation fails', () => Object.assign(masks, { fail: true }) && undefined],
      ['inpainting fails', () => Object.assign(inpainter, { fail: true }) && undefined],
      ['nothing is removed', () => pipeline.setRemove('nothing')],
    ])('no more once %s', async (_, change) => {
      await start();
      expect(await seen()).toEqual(VIEW);
      await change();
      await show(2);
      expect(await seen()).toBeUndefined();
    });

    it('no more from another wish or another source on, until the next clean frame', async () => {
      await start();
      await pipeline.setRemove({ targets: [] });
      expect(await seen()).toBeUndefined();
      await pipeline.setRemove('people');
      await show(2);
      expect(await seen()).toEqual(VIEW);
      source = new FakeSource();
      await attach(source);
      expect(await seen()).toBeUndefined();
    });

    it('not when that came while the GPU was read, and not when it could not be', async () => {
      await start();
      let give: (view: PlateView) => void = () => {};
      inpainter.view = () => new Promise((resolve) => (give = resolve));
      const plate = pipeline.plate();
      void pipeline.setRemove('nothing');
      give(VIEW);
      expect(await plate).toBeUndefined();
      await pipeline.setRemove('people');
      await show(2);
      inpainter.view = () => Promise.reject(new Error('the device was lost'));
      expect(await seen()).toBeUndefined();
    });
  });

  it('learns from a frame once it is out, and starts the scene anew when that fails', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    const written: number[] = [];
    masks.settle = () => written.push(sink.written.length);
    inpainter.settle = () => written.push(sink.written.length);
    await show(1);
    await show(2);
    expect(written).toEqual([1, 1, 2, 2]);
    masks.settle = () => {
      throw new Error('cannot learn');
    };
    const resets = masks.resets;
    await show(3);
    expect(masks.resets).toBe(resets + 1);
    expect(sink.leak(2)).toBe(CLEAN);
    expect(errors).toEqual(['segmentation-failed']);
  });

  it('makes a segmenter that keeps failing anew, and reports that it works again', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    masks.fail = true;
    for (let t = 1; t <= 15; t++) await show(t);
    masks.fail = false;
    expect(states).not.toContain('recovered segmentation');
    await show(16);
    expect(states.slice(-2)).toEqual(['recovered segmentation', 'running']);
    expect(errors).toEqual(['segmentation-failed']);
    expect(masks.closed).toBe(1);
    expect(sink.leak(15)).toBe(CLEAN);
  });

  it('forgets the scene and goes on when the source is swapped', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    await show(1);
    const first = source;
    source = new FakeSource();
    await attach();
    await show(2);
    expect(first.closed).toBe(true);
    expect(masks.resets).toBeGreaterThan(0);
    expect(sink.written.map(({ timestamp }) => timestamp)).toEqual([1, 2]);
  });

  it('works on upright pictures of frames that are turned, and starts the scene anew when they are turned another way', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    const upright = { displayWidth: SIZE.height, displayHeight: SIZE.width };
    const seen: string[] = [];
    const segment = masks.segment.bind(masks);
    masks.segment = async (picture?: Picture) => {
      seen.push(`${picture?.width}x${picture?.height}`);
      return segment();
    };
    await show(1, { rotation: 90, ...upright });
    await show(2, { rotation: 90, ...upright });
    const before = masks.resets;
    await show(3, { rotation: 270, ...upright });
    expect([masks.resets, inpainter.resets]).toEqual([before + 1, inpainter.resets]);
    await show(4, { rotation: 270, flip: true, ...upright });
    expect(masks.resets).toBe(before + 2);
    await show(5);
    expect(masks.resets).toBe(before + 3);
    expect(seen).toEqual(['8x16', '8x16', '8x16', '8x16', '16x8']);
    const { rotation, flip, codedWidth, displayWidth } = sink.written[0]!.frame;
    expect({ rotation, flip, codedWidth, displayWidth }).toEqual({
      rotation: 0,
      flip: false,
      codedWidth: 8,
      displayWidth: 8,
    });
  });

  it('covers a turned frame at the size that it is seen in', async () => {
    void pipeline.setRemove('people');
    await attach();
    await show(1, { rotation: 270, displayWidth: SIZE.height, displayHeight: SIZE.width });
    const { codedWidth, codedHeight, displayWidth, displayHeight } = sink.written[0]!.frame;
    expect([codedWidth, codedHeight, displayWidth, displayHeight]).toEqual([8, 16, 8, 16]);
    finishLoading();
  });

  it('covers frames that can be neither copied nor drawn, reports once, and once that it is over', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    await show(1);
    const copyTo = () => Promise.reject(new Error('no copy'));
    for (let t = 2; t < 6; t++) await show(t, { copyTo });
    expect(states.at(-1)).toBe('covered');
    expect(errors).toEqual(['frame-unreadable']);
    for (let i = 1; i < 5; i++) expect(sink.leak(i)).toBeLessThan(CLEAN);
    await show(6);
    await vi.waitFor(() => expect(sink.leak(5)).toBe(CLEAN));
    expect(states.slice(-2)).toEqual(['recovered frames', 'running']);
    await pipeline.setRemove('nothing');
    await show(7);
    expect(sink.shown).toEqual(['clean', 'cover', 'cover', 'cover', 'cover', 'clean', 'raw']);
  });

  it('reports a pause when the source ends and keeps the output open', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    await source.close();
    await vi.waitFor(() => expect(states.at(-1)).toBe('paused'));
    expect(sink.closed).toBe(false);
  });

  it('resolves a step to removal only when a raw frame under way has left', async () => {
    let left = () => {};
    const flushed = new Promise<void>((resolve) => {
      left = resolve;
    });
    pipeline = create({ sink: Object.assign(sink, { flush: () => flushed }) });
    finishLoading();
    let resolved = false;
    const step = pipeline.setRemove('people').then(() => {
      resolved = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(resolved).toBe(false);
    left();
    await step;
  });

  it('stops reading when the output track is gone', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    sink.broken = true;
    source.push(1);
    await vi.waitFor(() => expect(source.closed).toBe(true));
    expect(states.at(-1)).toBe('failed');
  });

  it('reports an inpainter that always fails once, and never as recovered', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    inpainter.fail = true;
    for (let t = 1; t <= 20; t++) await show(t);
    expect(errors).toEqual(['inpaint-failed']);
    expect(states.filter((each) => each.startsWith('recovered'))).toEqual([]);
    inpainter.fail = false;
    await show(21);
    expect(states.filter((each) => each.startsWith('recovered'))).toEqual(['recovered inpainting']);
  });

  it('runs one loop at a time, however fast sources follow one another', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    let inHand = 0;
    let most = 0;
    const segment = masks.segment.bind(masks);
    masks.segment = async () => {
      most = Math.max(most, ++inHand);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inHand--;
      return segment();
    };
    for (let i = 0; i < 4; i++) {
      source = new FakeSource();
      attach(source);
      source.push(i * 10);
      await new Promise((resolve) => setTimeout(resolve, 2));
      source.push(i * 10 + 1);
    }
    await show(100);
    expect(most).toBe(1);
  });

  it('makes the inpainter once, whatever is wished for while it is being made', async () => {
    let arrive: (made: Inpainter) => void = () => {};
    const createInpainter = vi.fn(
      () =>
        new Promise<Inpainter>((resolve) => {
          arrive = resolve;
        }),
    );
    pipeline = create({ createMaskSource: async () => masks, createInpainter });
    void pipeline.setRemove('people');
    await new Promise((resolve) => setTimeout(resolve));
    await pipeline.setRemove('nothing');
    const again = pipeline.setRemove('people');
    await new Promise((resolve) => setTimeout(resolve));
    void pipeline.setRemove('bystanders');
    await expect(again).rejects.toMatchObject({ code: 'aborted' });
    await new Promise((resolve) => setTimeout(resolve));
    arrive(inpainter);
    await attach();
    await show(1);
    expect(sink.leak(0)).toBe(CLEAN);
    expect(createInpainter).toHaveBeenCalledTimes(1);
  });

  it('a change of the cover while the models load supersedes nothing', async () => {
    const loaded = pipeline.setRemove('people');
    await attach();
    pipeline.setCover('mosaic');
    await show(1);
    finishLoading();
    await loaded;
    expect(errors).toEqual([]);
  });

  it('a wish that comes while a part is made anew is no error', async () => {
    const gates: (() => void)[] = [];
    pipeline = create({
      createMaskSource: async (_, signal) => {
        if (gates.push(() => {}) > 1)
          await new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
        return masks;
      },
    });
    await pipeline.setRemove('people');
    await attach();
    masks.fail = true;
    for (let t = 1; t <= 15; t++) await show(t);
    void pipeline.setRemove({ classes: ['cup'], detector: { url: 'd' }, segmenter: undefined });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(errors).toEqual(['segmentation-failed']);
  });

  it('says anew how late it is', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    const reasons: string[] = [];
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const segment = masks.segment.bind(masks);
    for (const [frames, ms] of [
      [2, 240],
      [5, 95],
      [15, 33],
    ] as const) {
      masks.segment = async () => {
        now += ms;
        return segment();
      };
      for (let i = 0; i < frames; i++) await show(now);
      now += Math.max(0, 500 - frames * ms);
      reasons.push(pipeline.heartbeat().reason);
    }
    vi.restoreAllMocks();
    expect(reasons.map((reason) => reason.split(' frames')[0])).toEqual(['4 of 30', '10 of 30', '']);
    expect(states.filter((each) => each === 'degraded')).toHaveLength(2);
  });

  it('closes from any state, twice, and closes what it owns once', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    await show(1);
    await Promise.all([pipeline.close(), pipeline.close()]);
    expect([masks.closed, inpainter.closed, sink.closed, source.closed]).toEqual([1, 1, true, true]);
  });

  it('covers before anybody has said what to remove', async () => {
    await attach();
    await show(1);
    expect(sink.leak(0)).toBeLessThan(RAW);
  });

  it('gives back an inpainter that arrives after it was closed', async () => {
    let arrive: (made: Inpainter) => void = () => {};
    const createInpainter = () =>
      new Promise<Inpainter>((resolve) => {
        arrive = resolve;
      });
    pipeline = create({ createMaskSource: async () => masks, createInpainter });
    pipeline.setRemove('people').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve));
    await pipeline.close();
    arrive(inpainter);
    await vi.waitFor(() => expect(inpainter.closed).toBe(1));
  });

  it('gives the inpainter the main person as hole, so that he is not learnt, and shows him as he was', async () => {
    const data = Uint8Array.from(HOLE.data, (_, i) => (i % SIZE.width < 12 ? 255 : 0));
    masks.keep = { ...SIZE, data };
    const given: Mask[] = [];
    const paint = inpainter.inpaint.bind(inpainter);
    inpainter.inpaint = (picture, hole) => {
      given.push({ ...hole, data: hole.data.slice() });
      return paint(picture, hole);
    };
    finishLoading();
    await pipeline.setRemove('bystanders');
    await attach();
    await show(1);
    expect(given[0]!.data).toEqual(data);
    const row = sink.written[0]!.bytes.slice(0, SIZE.width);
    expect([...row.slice(0, 8)]).toEqual(Array(8).fill(CLEAN));
    expect([...row.slice(9)]).toEqual(Array(7).fill(RAW));
  });

  it('covers the main person too when inpainting fails half way', async () => {
    masks.keep = { ...SIZE, data: Uint8Array.from(HOLE.data, (_, i) => (i % SIZE.width < 12 ? 255 : 0)) };
    inpainter.fail = true;
    finishLoading();
    await pipeline.setRemove('bystanders');
    await attach();
    await show(1);
    const row = sink.written[0]!.bytes.slice(0, 12);
    expect(Math.max(...row)).toBeLessThan(RAW);
  });

  describe('from one thing to remove to another', () => {
    const bottles = { classes: ['bottle'], detector: { url: 'd' }, segmenter: undefined } as const;
    let made: { readonly remove: unknown; readonly masks: FakeMasks }[];
    let gates: ((error?: Error) => void)[];

    beforeEach(async () => {
      made = [];
      gates = [];
      pipeline = create({
        createMaskSource: async (remove) => {
          if (made.length) {
            await new Promise<void>((resolve, reject) => {
              gates.push((error) => (error ? reject(error) : resolve()));
            });
          }
          made.push({ remove, masks: new FakeMasks() });
          return made.at(-1)!.masks;
        },
      });
      await pipeline.setRemove('people');
      await attach();
      await show(1);
      expect(sink.leak(0)).toBe(CLEAN);
    });

    it('covers everything until the other models are there, and forgets the plate, which may show what goes now', async () => {
      const before = inpainter.resets;
      const changed = pipeline.setRemove(bottles);
      await show(2);
      expect(Math.max(...sink.written.at(-1)!.bytes.slice(0, HOLE.data.length))).toBeLessThan(CLEAN);
      gates[0]!();
      await changed;
      await show(3);
      expect(sink.leak(2)).toBe(CLEAN);
      expect(made.map(({ remove }) => remove)).toEqual(['people', bottles]);
      expect([made[0]!.masks.closed, made[1]!.masks.closed]).toEqual([1, 0]);
      expect(inpainter.resets).toBeGreaterThan(before);
    });

    it('goes on removing what it removed when the other models cannot be loaded', async () => {
      const changed = pipeline.setRemove(bottles);
      await show(2);
      gates[0]!(new Error('404'));
      await expect(changed).rejects.toMatchObject({ code: 'segmentation-failed' });
      await show(3);
      expect(sink.leak(2)).toBe(CLEAN);
      expect(states.at(-1)).toBe('running');
      expect(made[0]!.masks.closed).toBe(0);
    });

    it('stays covered when they cannot be loaded after nothing was removed', async () => {
      await pipeline.setRemove('nothing');
      await show(2);
      expect(sink.leak(1)).toBe(RAW);
      const changed = pipeline.setRemove(bottles);
      gates[0]!(new Error('404'));
      await expect(changed).rejects.toMatchObject({ code: 'segmentation-failed' });
      await show(3);
      expect(sink.leak(2)).toBeLessThan(RAW);
      expect(states.at(-1)).toBe('failed');
    });

    it('takes the last of several, and gives back what the others loaded', async () => {
      const cups = { ...bottles, classes: ['cup'] };
      const first = pipeline.setRemove(bottles);
      const second = pipeline.setRemove(cups);
      gates[0]!();
      await expect(first).rejects.toMatchObject({ code: 'aborted' });
      gates[1]!();
      await second;
      await show(2);
      expect(sink.leak(1)).toBe(CLEAN);
      expect(made.map(({ masks }) => masks.closed)).toEqual([1, 1, 0]);
    });

    it('needs nothing anew for what it removes already', async () => {
      await pipeline.setRemove('nothing');
      await pipeline.setRemove('people');
      expect(made).toHaveLength(1);
    });
  });

  it('passes picks on without a new start, and has the plate forget what was picked', async () => {
    const set = vi.fn();
    const picking = Object.assign(masks, { setTargets: set });
    const pick = { id: 'a', pick: { point: { x: 0.5, y: 0.5 } } };
    finishLoading();
    await pipeline.setRemove({ targets: [] });
    await attach();
    await show(1);
    expect(inpainter.forgotten).toEqual([]);
    const before = inpainter.resets;
    await pipeline.setRemove({ targets: [pick] });
    picking.forgets = HOLE;
    await show(2);
    expect(set.mock.calls).toEqual([[[pick]]]);
    expect(inpainter.forgotten).toEqual([HOLE]);
    expect([inpainter.resets, masks.closed]).toEqual([before, 0]);
    expect(sink.leak(1)).toBe(CLEAN);
  });

  it('has the masks forget whom the plate had taken for the room', async () => {
    finishLoading();
    await pipeline.setRemove('people');
    await attach();
    await show(1);
    expect(masks.forgotten).toEqual([]);
    inpainter.late = HOLE;
    await show(2);
    expect(masks.forgotten).toEqual([HOLE]);
  });

  it('lets a segmenter that is made anew know that it has not seen what was picked', async () => {
    const made: unknown[] = [];
    pipeline = create({
      createMaskSource: async (remove) => {
        made.push(remove);
        return masks;
      },
    });
    await pipeline.setRemove({ targets: [{ id: 'a', pick: { point: { x: 0, y: 0 } } }] });
    await attach();
    masks.fail = true;
    for (let t = 1; t <= 15; t++) await show(t);
    await vi.waitFor(() => expect(made).toHaveLength(2));
    expect(made).toMatchObject([{ targets: [{ id: 'a' }] }, { targets: [{ id: 'a' }], stale: true }]);
    expect(made[0]).not.toHaveProperty('stale');
  });

  it('gives back a model that arrives after it was closed', async () => {
    const loaded = pipeline.setRemove('people');
    loaded.catch(() => {});
    await pipeline.close();
    finishLoading();
    await vi.waitFor(() => expect(masks.closed).toBe(1));
  });
});
