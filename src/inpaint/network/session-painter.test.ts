import { describe, expect, it } from 'vitest';
import type { PaintInput } from './painter.ts';
import { type Session, SessionPainter, type SessionTensor } from './session-painter.ts';

const SIZE = { width: 4, height: 2 };
const N = SIZE.width * SIZE.height;

/** A tensor that knows whether it was given back, once. */
class FakeTensor implements SessionTensor {
  disposed = 0;
  constructor(
    readonly owner: FakeSession,
    readonly data: Float32Array | Uint16Array,
  ) {
    owner.tensors.push(this);
  }
  dispose(): void {
    this.disposed++;
  }
}

/** A network that counts: its memory is the number of frames so far, its picture that number. */
class FakeSession implements Session {
  readonly tensors: FakeTensor[] = [];
  readonly fed: Readonly<Record<string, SessionTensor>>[] = [];
  released = 0;
  fail = false;
  forget = false;
  readonly inputs = [
    ...['frame', 'plate', 'fill'].map((name) => ({ name, type: 'float32', shape: [1, 3, SIZE.height, SIZE.width] })),
    ...['hole', 'known'].map((name) => ({ name, type: 'float32', shape: [1, 1, SIZE.height, SIZE.width] })),
    { name: 'state_count', type: 'float16', shape: [1, 2] },
    { name: 'state_paint', type: 'float32', shape: [1, 3] },
  ];

  async run(feeds: Readonly<Record<string, SessionTensor>>): Promise<Readonly<Record<string, SessionTensor>>> {
    this.fed.push(feeds);
    for (const tensor of Object.values(feeds)) expect((tensor as FakeTensor).disposed).toBe(0);
    if (this.fail) throw new Error('out of memory');
    const count = ((feeds.state_count as FakeTensor).data as Uint16Array)[0]! + 1;
    return {
      out: new FakeTensor(this, new Float32Array(3 * N).fill(count)),
      next_count: new FakeTensor(this, new Uint16Array(2).fill(count)),
      ...(this.forget ? {} : { next_paint: new FakeTensor(this, new Float32Array(3)) }),
      extra: new FakeTensor(this, new Float32Array(1)),
    };
  }

  async release(): Promise<void> {
    this.released++;
  }

  get alive(): number {
    return this.tensors.filter(({ disposed }) => disposed === 0).length;
  }
}

function setUp() {
  const session = new FakeSession();
  const painter = new SessionPainter(session, (_type, data) => new FakeTensor(session, data));
  return { session, painter };
}

const input = (width = SIZE.width, height = SIZE.height): PaintInput => {
  const n = width * height;
  const planes = (k: number) => new Float32Array(k * n).fill(0.5);
  return { width, height, frame: planes(3), hole: planes(1), plate: planes(3), known: planes(1), fill: planes(3) };
};

describe('SessionPainter', () => {
  it('starts from an empty memory of the right type and hands each memory on as it is', async () => {
    const { session, painter } = setUp();
    const pictures = [await painter.paint(input()), await painter.paint(input()), await painter.paint(input())];
    expect(pictures.map((rgb) => rgb[0])).toEqual([1, 2, 3]);
    const [first, second] = session.fed.map(({ state_count }) => state_count as FakeTensor);
    expect(first!.data).toEqual(new Uint16Array(2));
    expect(second!.data).toEqual(new Uint16Array(2).fill(1));
    expect(first!.disposed).toBe(1);
  });

  it('holds nothing but the memory between frames, and nothing after close', async () => {
    const { session, painter } = setUp();
    for (let t = 0; t < 5; t++) {
      await painter.paint(input());
      expect(session.alive).toBe(2);
    }
    painter.close();
    expect(session.alive).toBe(0);
    expect(session.tensors.every(({ disposed }) => disposed === 1)).toBe(true);
    expect(session.released).toBe(1);
  });

  it('forgets on reset', async () => {
    const { session, painter } = setUp();
    await painter.paint(input());
    painter.reset();
    expect(session.alive).toBe(0);
    expect((await painter.paint(input()))[0]).toBe(1);
  });

  it('keeps the memory over a run that fails, and leaks nothing', async () => {
    const { session, painter } = setUp();
    await painter.paint(input());
    session.fail = true;
    await expect(painter.paint(input())).rejects.toThrow('out of memory');
    expect(session.alive).toBe(2);
    session.fail = false;
    expect((await painter.paint(input()))[0]).toBe(2);
  });

  it('refuses a network that gives no successor of its memory, and leaks nothing', async () => {
    const { session, painter } = setUp();
    session.forget = true;
    await expect(painter.paint(input())).rejects.toThrow('successor');
    painter.close();
    expect(session.alive).toBe(0);
  });

  it('refuses a frame of another size, and a graph that is not one of ours', async () => {
    const { session, painter } = setUp();
    await expect(painter.paint(input(8, 2))).rejects.toThrow('paints 4x2, not 8x2');
    const other: Session = { inputs: [], run: session.run, release: session.release };
    expect(() => new SessionPainter(other, () => session.tensors[0]!)).toThrow('frame, hole, plate, known, fill');
  });
});
