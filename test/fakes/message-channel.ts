import { vi } from 'vitest';

/** A channel whose messages are handed over as they are: Node cannot transfer what stands for a frame here. */
export function fakeChannel(): [MessagePort, MessagePort] {
  const ends: { onmessage: ((event: { data: unknown }) => void) | null; closed: boolean }[] = [];
  const end = (other: number) => ({
    onmessage: null,
    closed: false,
    postMessage: (data: unknown, transfer: readonly { close?(): void }[] = []) =>
      queueMicrotask(() => {
        const to = ends[other];
        if (to && !to.closed) to.onmessage?.({ data });
        else for (const lost of transfer) lost.close?.(); // as the browser does
      }),
    close: vi.fn(function (this: { closed: boolean }) {
      this.closed = true;
    }),
  });
  ends.push(end(1), end(0));
  return ends as unknown as [MessagePort, MessagePort];
}

/** What `new MessageChannel()` is to give. */
export class FakeMessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;

  constructor() {
    [this.port1, this.port2] = fakeChannel();
  }
}
