import { describe, expect, it } from 'vitest';
import type { WireError } from './errors.ts';
import {
  type Desired,
  eventsBetween,
  HEALTHY,
  type Health,
  INITIAL,
  type Observed,
  type Reported,
  reportedOf,
  type Status,
  statusOf,
  UNOBSERVED,
} from './state.ts';

const error = (message: string): WireError => ({ code: 'worker-lost', message, url: undefined, cause: undefined });

/** A worker that removes, of which a table's row says what is otherwise. */
const WORKS: Observed = { ...UNOBSERVED, version: 1, settled: 1, parts: 'ready', frames: 'flowing', shown: 'clean' };
const ALIVE: Health = { ...HEALTHY, worker: 'alive', source: 1 };
const OFF: Partial<Desired> = { enabled: false };

describe('statusOf', () => {
  const rows: [string, Status['state'], string, Partial<Desired>, Partial<Observed>, Partial<Health>][] = [
    ['nothing was received yet', 'loading', 'loading the models', {}, UNOBSERVED, HEALTHY],
    ['clean frames come', 'running', '', {}, {}, {}],
    ['work does not keep up', 'degraded', '4 of 30', {}, { late: '4 of 30' }, {}],
    ['models load', 'loading', 'loading the models', {}, { parts: 'loading', shown: 'none' }, {}],
    ['models load while no frames come', 'loading', 'loading the models', {}, { parts: 'loading', frames: 'idle' }, {}],
    ['they are there, no frame has come out yet', 'loading', 'loading the models', {}, { shown: 'none' }, {}],
    ['they could not be had', 'failed', '404', {}, { parts: 'failed', error: error('404') }, {}],
    ['something else is removed instead', 'running', '', {}, { error: error('404') }, {}],
    ['a frame is covered', 'covered', 'too dark', {}, { shown: 'cover', reason: 'too dark' }, {}],
    ['it is covered, and late too', 'covered', 'too dark', {}, { shown: 'cover', reason: 'too dark', late: 'x' }, {}],
    ['a raw frame was the last before the wish', 'running', '', {}, { shown: 'raw' }, {}],
    ['there is no source', 'paused', 'no frames from the source', {}, { frames: 'none' }, {}],
    ['no frames come', 'paused', 'no frames from the source', {}, { frames: 'idle' }, {}],
    ['the source has ended', 'paused', 'the source has ended', {}, { frames: 'ended' }, {}],
    ['nothing is to be removed', 'running', '', OFF, { shown: 'raw' }, {}],
    ['nothing is to be removed, models still load', 'running', '', OFF, { parts: 'loading', shown: 'raw' }, {}],
    ['nothing is to be removed, models had failed', 'running', '', OFF, { parts: 'failed', shown: 'raw' }, {}],
    ['nothing is to be removed and nothing comes', 'paused', 'no frames from the source', OFF, { frames: 'idle' }, {}],
    ['the worker keeps a frame', 'covered', 'the worker does not answer', {}, {}, { worker: 'stalled' }],
    ['it does while it loads', 'loading', 'loading the models', {}, { parts: 'loading' }, { worker: 'stalled' }],
    ['the worker is gone', 'covered', 'gone', {}, UNOBSERVED, { worker: 'lost', lost: error('gone') }],
    ['its successor loads', 'loading', 'loading the models', {}, UNOBSERVED, { lost: error('gone') }],
    ['given up', 'failed', 'too often', {}, UNOBSERVED, { worker: 'lost', failed: error('too often') }],
    ['the output was stopped', 'failed', 'the output track was stopped', {}, { gone: true }, {}],
    ['closed, whatever else', 'closed', '', { closed: true }, { gone: true }, { failed: error('x') }],
  ];

  it.each(rows)('%s: %s', (_, state, reason, desired, observed, health) => {
    const status = statusOf({ ...INITIAL, ...desired }, { ...WORKS, ...observed }, { ...ALIVE, ...health });
    expect(status).toEqual({ state, reason });
  });
});

describe('eventsBetween', () => {
  const report = (
    observed: Partial<Observed> = {},
    health: Partial<Health> = {},
    desired: Partial<Desired> = {},
  ): Reported => reportedOf({ ...INITIAL, ...desired }, { ...WORKS, ...observed }, { ...ALIVE, ...health });
  const names = (before: Reported, after: Reported) =>
    eventsBetween(before, after).map((event) => {
      switch (event.type) {
        case 'statechange':
          return event.status.state;
        case 'error':
          return event.error.message;
        case 'recovered':
          return `recovered ${event.what}`;
        default:
          return event.type;
      }
    });
  const broken = { shown: 'cover', reason: 'x', faults: { inpainting: error('no paint') } } as const;
  const lost = { worker: 'lost', lost: error('lost') } as const;
  const refused = { wish: 2, error: error('404'), instead: undefined };
  const targets = [{ id: 'a', state: 'held', reason: '', box: undefined }] as const;

  const rows: [string, Reported, Reported, string[]][] = [
    ['nothing changes', report(), report(), []],
    ['the state', report({ shown: 'none' }), report(), ['running']],
    ['its reason alone', report({ late: '2 of 30' }), report({ late: '3 of 30' }), ['degraded']],
    ['overload, once', report(), report({ late: '2 of 30' }), ['degraded', 'overload']],
    ['a part fails', report(), report(broken), ['covered', 'no paint']],
    ['it goes on failing', report(broken), report({ ...broken, faults: { inpainting: error('no paint') } }), []],
    ['it is being made anew and still fails', report({ ...broken, parts: 'loading' }), report(broken), ['covered']],
    ['it works again', report(broken), report(), ['recovered inpainting', 'running']],
    ['the worker is lost', report(), report(UNOBSERVED, lost), ['covered', 'lost']],
    ['what failed in it has not recovered by that', report(broken), report(UNOBSERVED, lost), ['covered', 'lost']],
    ['lost once more', report({}, lost), report({}, { ...lost, lost: error('lost twice') }), ['covered', 'lost twice']],
    [
      'its successor works',
      report({ shown: 'none' }, { lost: error('lost') }),
      report(),
      ['recovered worker', 'running'],
    ],
    ['a wish is refused', report(), report({ refused }), ['404']],
    ['it is reported once', report({ refused }), report({ refused: { ...refused, error: error('404') } }), []],
    ['the next one too', report({ refused }), report({ refused: { ...refused, wish: 3 } }), ['404']],
    ['what was picked', report(), report({ targets }), ['targetschange']],
    ['nothing of that is new', report({ targets }), report({ targets: [{ ...targets[0] }] }), []],
    ['closed', report(), report({}, {}, { closed: true }), ['closed']],
    ['after that nothing', report({}, {}, { closed: true }), report(broken, lost, { closed: true }), []],
  ];

  it.each(rows)('%s', (_, before, after, expected) => {
    expect(names(before, after)).toEqual(expected);
  });
});
