import { RemovalError, type RemoverState, type RemoverStats, type Support } from '../src/processor/index.ts';

/** What the status line says, and its mood for the eye. */
export interface Status {
  readonly mood: 'calm' | 'busy' | 'off' | 'warn' | 'bad';
  readonly text: string;
}

/** What can be taken out; `picked`: what somebody pointed at; `classes`: things by name. */
export type What = 'people' | 'bystanders' | 'picked' | 'classes' | 'nothing';

/** Nothing is picked, something waits to be found in the next picture, or all is. */
export type Picks = 'none' | 'waiting' | 'found';

export interface Situation {
  readonly state: RemoverState;
  readonly reason: string;
  readonly what: What;
  readonly picks?: Picks | undefined;
  /** 0..1 of the bytes; undefined while unknown. */
  readonly loaded: number | undefined;
  readonly stats: RemoverStats | undefined;
}

/** Below this share of known room a hint is worth its place. */
const MOSTLY_KNOWN = 0.9;

/** What is said while all is well. */
const ON: Readonly<Record<What, string>> = {
  people: 'On. People are taken out; others see the room behind them.',
  bystanders: 'On. Everybody but one is taken out.',
  picked: 'On. What you picked is taken out, and nothing else.',
  classes: 'On. Every such thing is taken out.',
  nothing: 'Off. Others see the camera as it is.',
};

export function statusOf({ state, reason, what, picks, loaded, stats }: Situation): Status {
  const why = reason ? `: ${reason}` : '';
  const works = state === 'running' || state === 'degraded';
  if (picks === 'waiting' && (works || state === 'covered')) {
    return { mood: 'busy', text: 'Picking. The picture is covered until it is found.' };
  }
  if (picks === 'none' && works) {
    return { mood: 'off', text: 'Nothing is picked yet: others see the camera as it is.' };
  }
  switch (state) {
    case 'loading': {
      if (what === 'picked') return { mood: 'busy', text: 'Changing over. Until then the picture is covered.' };
      const [models, are] = what === 'classes' ? ['models for these things', 'are'] : ['people model', 'is'];
      const until = 'Until then the picture is covered.';
      // Once all bytes are here they are compiled and tried, and the inpainter is made.
      if (loaded !== undefined && loaded >= 1)
        return { mood: 'busy', text: `The ${models} ${are} here, starting. ${until}` };
      const share = loaded === undefined ? '' : ` ${Math.floor(loaded * 100)} %`;
      return { mood: 'busy', text: `Loading the ${models}${share}. ${until}` };
    }
    case 'running': {
      if (what === 'nothing') return { mood: 'off', text: ON.nothing };
      const known = stats?.coverage ?? 0;
      if (what === 'people' && known < MOSTLY_KNOWN) {
        const share = Math.floor(known * 100);
        return {
          mood: 'calm',
          text: `On. ${share} % of the room is known; what was never seen is guessed. Lean aside for a second to show more.`,
        };
      }
      return { mood: 'calm', text: ON[what] };
    }
    case 'degraded':
      return { mood: 'warn', text: `On, slower than the camera${why}.` };
    case 'covered':
      return { mood: 'warn', text: `Covered${why || ': no clean picture yet'}.` };
    case 'paused':
      return { mood: 'off', text: `Paused${why || ': no pictures come from the source'}.` };
    case 'failed':
      return { mood: 'bad', text: `Stopped${why}. The picture stays covered.` };
    case 'closed':
      return { mood: 'off', text: 'Closed.' };
    default:
      return state satisfies never;
  }
}

/** What is said beside the plate; `coverage` is the share of the room that is known, 0..1. */
export function plateInWords(state: RemoverState, what: What, coverage: number): string {
  if (what === 'nothing') return 'Nothing is taken out, so the room is not learnt.';
  if (state === 'loading') return 'Nothing is known of the room yet: the model is loading.';
  if (state !== 'running' && state !== 'degraded') return 'Nothing is shown while the picture is covered or still.';
  const is = 'This is what is known of the room, and what others see where something is taken out.';
  if (coverage >= 0.995) return `${is} All of it was seen.`;
  return `${is} Striped: never seen empty; faint over stripes: made up from the rest. Lean aside, and it fills in.`;
}

export function tierInWords(support: Support): string {
  switch (support.tier) {
    case 'full':
      return 'full (WebGPU)';
    case 'light':
      return 'light (no WebGPU)';
    case 'none':
      return `none: ${support.missing.join(', ')}`;
    default:
      return support.tier satisfies never;
  }
}

/** An error for the person at the page; the address is what one needs to mend a deployment. */
export function errorInWords(error: unknown): string {
  if (error instanceof RemovalError && error.url && !error.message.includes(error.url)) {
    return `${error.message} (${error.url})`;
  }
  return error instanceof Error ? error.message : String(error);
}
