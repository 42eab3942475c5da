import type * as CleanPlate from '../../../src/processor/index.ts';
import { Call } from './call.ts';
import { ColourCard } from './colour-card.ts';
import { MarkedSource } from './marked-source.ts';
import { until } from './until.ts';
import { isPicture, type Received } from './watcher.ts';

type Package = typeof CleanPlate;
type Rgb = [number, number, number];

/** What arrives from the very first frame on, and the remover's states meanwhile. */
export async function firstFrames(
  { Remover }: Package,
  options: Pick<CleanPlate.RemoverOptions, 'transport'> = {},
): Promise<{ frames: Received[]; states: string[] }> {
  const source = await MarkedSource.create();
  const remover = await Remover.create({ remove: 'people', ...options });
  const states: string[] = [];
  remover.addEventListener('statechange', ({ detail }) => states.push(detail.state));
  // The call is there before the first frame, so that it sees the very first one.
  const call = await Call.start(remover.track);
  await remover.setSource(source.track);
  await remover.ready;
  await call.untilMany('60 frames', 60);
  await call.untilMany('31 pictures', 31, isPicture, undefined, 0);
  await until('the figure found, a hole of more than 2 %', () => (remover.stats()?.hole ?? 0) > 0.02);
  // A busy machine may cover just now; then it goes on.
  await until('removal under way', () => remover.state === 'running' || remover.state === 'degraded');
  const seen = { frames: [...call.frames], states: [...states] };
  call.stop();
  await remover.close();
  source.stop();
  return seen;
}

/** How often a call's colours are looked at again until they hold still. */
const SETTLES = 12;

/** Patches of these colours as they arrive, from an untouched track and from one that went through the remover. */
export async function arrivingColours(
  { Remover }: Package,
  colours: readonly (readonly [number, number, number])[],
  { kind = 'canvas', codec }: { kind?: 'planes' | 'canvas'; codec?: string } = {},
): Promise<{ touched: Rgb[]; untouched: Rgb[] }> {
  const card = new ColourCard(colours, kind);
  const remover = await Remover.create({ remove: 'people' });
  const sample = async (track: MediaStreamTrack) => {
    const call = await Call.start(track, codec);
    const after = async (frames: number) => {
      await call.untilMany(`${frames} pictures more`, frames, isPicture);
      return call.sample(card.points);
    };
    // An encoder on a busy machine needs a while to get as near as it can.
    let last = await after(20);
    for (let n = 0; n < SETTLES; n++) {
      const next = await after(10);
      const still = next.every((rgb, i) => rgb.every((level, c) => Math.abs(level - last[i]![c]!) <= 1));
      last = next;
      if (still) break;
    }
    call.stop();
    return last;
  };
  const untouched = await sample(card.track);
  await remover.setSource(card.track);
  await remover.ready;
  const touched = await sample(remover.track);
  await remover.close();
  card.stop();
  return { touched, untouched };
}
