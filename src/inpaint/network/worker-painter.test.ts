import { describe, expect, it } from 'vitest';
import type { FromNetwork, ToNetwork } from './messages.ts';
import type { PaintInput } from './painter.ts';
import { type NetworkPort, WorkerPainter } from './worker-painter.ts';

class FakeWorker implements NetworkPort {
  readonly received: ToNetwork[] = [];
  handedOver: Transferable[] = [];
  terminated = 0;
  onmessage: NetworkPort['onmessage'] = null;
  onerror: NetworkPort['onerror'] = null;

  postMessage(message: ToNetwork, transfer: Transferable[] | StructuredSerializeOptions = []): void {
    this.received.push(message);
    this.handedOver.push(...(Array.isArray(transfer) ? transfer : (transfer.transfer ?? [])));
  }

  terminate(): void {
    this.terminated++;
  }

  say(data: FromNetwork): void {
    this.onmessage?.call(this as unknown as Worker, { data } as MessageEvent);
  }

  crash(message: string): void {
    const event = { message, preventDefault: () => {} } as ErrorEvent;
    this.onerror?.call(this as unknown as Worker, event);
  }
}

const bytes = () => new Uint8Array(4);
const input = { width: 32, height: 32, extra: 'not to be sent' } as unknown as PaintInput;

async function started(worker: FakeWorker): Promise<WorkerPainter> {
  const opening = WorkerPainter.create(worker, { runtime: bytes(), model: bytes() }, 1);
  worker.say({ type: 'ready' });
  return opening;
}

describe('WorkerPainter', () => {
  it('starts, sends the planes alone, and gives what was painted', async () => {
    const worker = new FakeWorker();
    const painter = await started(worker);
    const painting = painter.paint(input);
    worker.say({ type: 'painted', rgb: new Float32Array([0.5]) });
    expect(await painting).toEqual(new Float32Array([0.5]));
    expect(worker.received.map(({ type }) => type)).toEqual(['start', 'paint']);
    expect(worker.received[1]).not.toHaveProperty('input.extra');
  });

  it('hands everything over, also weights that are a file of their own', async () => {
    const worker = new FakeWorker();
    const weights = [{ path: 'inpaint.weights', data: bytes() }];
    const files = { runtime: bytes(), model: bytes(), weights };
    const opening = WorkerPainter.create(worker, files, 1);
    worker.say({ type: 'ready' });
    await opening;
    expect(worker.received[0]).toMatchObject({ type: 'start', weights });
    expect(worker.handedOver).toEqual([files.runtime.buffer, files.model.buffer, weights[0]!.data.buffer]);
  });

  it('ends the worker when it cannot be started, and says why', async () => {
    const worker = new FakeWorker();
    const opening = WorkerPainter.create(worker, { runtime: bytes(), model: bytes() }, 1);
    worker.say({ type: 'failed', message: 'no such operator' });
    await expect(opening).rejects.toThrow('no such operator');
    expect(worker.terminated).toBe(1);
  });

  it('rejects the painting under way, and every later one, when its worker crashes', async () => {
    const worker = new FakeWorker();
    const painter = await started(worker);
    const painting = painter.paint(input);
    worker.crash('unreachable');
    await expect(painting).rejects.toThrow('unreachable');
    await expect(painter.paint(input)).rejects.toThrow('unreachable');
    expect(worker.terminated).toBe(1);
  });

  it('lets the worker give everything back on close, and never leaves a caller waiting', async () => {
    const worker = new FakeWorker();
    const painter = await started(worker);
    const painting = painter.paint(input);
    painter.close();
    painter.close();
    painter.reset();
    await expect(painting).rejects.toThrow('closed');
    expect(worker.received.map(({ type }) => type)).toEqual(['start', 'paint', 'close']);
  });
});
