import { RemovalError, type WireError } from './errors.ts';
import type { Desired, Health, Observed } from './state.ts';

/** What a caller waits for: a wish in force, a change taken in, another source read from. */
type Kind = 'wish' | 'change' | 'source';

interface Waiter {
  readonly kind: Kind;
  readonly number: number;
  resolve(): void;
  reject(error: RemovalError): void;
}

/** Promises of a number each, kept or broken by what is observed. */
export class Waiters {
  #waiters: Waiter[] = [];

  /** @param number the {@link Desired.wish}, `version` or `source` */
  add(kind: Kind, number: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ kind, number, resolve, reject }));
  }

  /** Wishes before the newest are nobody's any more. */
  supersede({ wish }: Desired): void {
    this.#settle(({ kind, number }) =>
      kind === 'wish' && number < wish ? new RemovalError('aborted', 'A newer update replaced this one.') : undefined,
    );
  }

  observe(observed: Observed, health: Health): void {
    this.#settle((waiter) => verdict(waiter, observed, health));
  }

  rejectAll(error: RemovalError): void {
    this.#settle(() => error);
  }

  #settle(judge: (waiter: Waiter) => RemovalError | true | undefined): void {
    const open = this.#waiters;
    this.#waiters = [];
    for (const waiter of open) {
      const result = judge(waiter);
      if (result === undefined) this.#waiters.push(waiter);
      else if (result === true) waiter.resolve();
      else waiter.reject(result);
    }
  }
}

function verdict({ kind, number }: Waiter, observed: Observed, health: Health): RemovalError | true | undefined {
  const { refused } = observed;
  const { refusedSource, failed } = health;
  const broken = (error: WireError) => RemovalError.fromWire(error);
  switch (kind) {
    case 'wish':
      if (observed.settled >= number) return true;
      if (refused && refused.wish >= number) return broken(refused.error);
      return failed && broken(failed);
    case 'change':
      if (observed.version >= number) return true;
      return failed && broken(failed);
    case 'source':
      if (refusedSource && refusedSource.source === number) return broken(refusedSource.error);
      return health.source >= number ? true : undefined;
    default:
      return kind satisfies never;
  }
}
