import { RemovalError, type RemoverState, type RemoverStats, type Support } from '../src/processor/index.ts';

/** What the status line says, and its mood for the eye. */
export interface Status {
  readonly mood: 'calm' | 'busy' | 'off' | 'warn' | 'bad';
  readonly text: string;
}

export interface Situation {
  readonly state: RemoverState;
  readonly reason: string;
  readonly removing: boolean;
  /** 0..1 of the bytes; undefined while unknown. */
  readonly loaded: number | undefined;
  readonly stats: RemoverStats | undefined;
}

/** Below this share of known room a hint is worth its place. */
const MOSTLY_KNOWN = 0.9;

export function statusOf({ state, reason, removing, loaded, stats }: Situation): Status {
  const why = reason ? `: ${reason}` : '';
  switch (state) {
    case 'loading': {
      const share = loaded === undefined ? '' : ` ${Math.round(loaded * 100)} %`;
      return { mood: 'busy', text: `Loading the people model${share}. Until then the picture is covered.` };
    }
    case 'running': {
      if (!removing) return { mood: 'off', text: 'Off. Others see the camera as it is.' };
      const known = stats?.coverage ?? 0;
      if (known < MOSTLY_KNOWN) {
        const share = Math.floor(known * 100);
        return {
          mood: 'calm',
          text: `On. ${share} % of the room is known; what was never seen is guessed. Lean aside for a second to show more.`,
        };
      }
      return { mood: 'calm', text: 'On. People are taken out; others see the room behind them.' };
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
