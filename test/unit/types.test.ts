import type {
  Cover,
  RemovalError,
  RemovalErrorCode,
  Remove,
  Remover,
  RemoverEvents,
  RemoverOptions,
  RemoverState,
  RemoverStats,
  Support,
  TransportKind,
  UpdateOptions,
} from 'clean-plate';
import type { RemovalProcessor } from 'clean-plate/livekit';
import type { Removal } from 'clean-plate/react';
import type { Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import { describe, expectTypeOf, it } from 'vitest';

type Main = typeof import('clean-plate');
type React = typeof import('clean-plate/react');

/** `npm test -- types` is what fails here: nothing of this runs. */
describe('the types that an app relies on', () => {
  it('a remover is made by create alone, and its track is there at once', () => {
    expectTypeOf<Main['Remover']['create']>().toEqualTypeOf<(options?: RemoverOptions) => Promise<Remover>>();
    // @ts-expect-error the constructor is private
    expectTypeOf((main: Main) => new main.Remover()).toBeFunction();
    expectTypeOf<Remover['track']>().toEqualTypeOf<MediaStreamTrack>();
    expectTypeOf<Remover['ready']>().toEqualTypeOf<Promise<void>>();
    expectTypeOf<Remover['setSource']>().parameters.toEqualTypeOf<[source: MediaStreamTrack]>();
    expectTypeOf<Remover['update']>().parameters.toEqualTypeOf<[options: UpdateOptions]>();
    expectTypeOf<Remover['plate']>().toEqualTypeOf<() => Promise<ImageBitmap>>();
    expectTypeOf<Remover['stats']>().returns.toEqualTypeOf<RemoverStats | undefined>();
    expectTypeOf<Remover['close']>().returns.toEqualTypeOf<Promise<void>>();
  });

  it('its state and figures can be read and not written', () => {
    expectTypeOf<Readonly<Pick<Remover, 'track' | 'state' | 'ready'>>>().toEqualTypeOf<
      Pick<Remover, 'track' | 'state' | 'ready'>
    >();
    expectTypeOf<Readonly<RemoverStats>>().toEqualTypeOf<RemoverStats>();
    expectTypeOf<Remover['state']>().toEqualTypeOf<RemoverState>();
  });

  it('no option has to be given, and what can be updated can be given at the start', () => {
    expectTypeOf<object>().toExtend<RemoverOptions>();
    expectTypeOf<RemoverOptions>().toExtend<UpdateOptions>();
    expectTypeOf<keyof UpdateOptions>().toEqualTypeOf<'remove' | 'cover'>();
    expectTypeOf<Cover>().toEqualTypeOf<'blank' | 'mosaic'>();
    expectTypeOf<RemoverOptions['transport']>().toEqualTypeOf<'auto' | TransportKind | undefined>();
  });

  it('what is removed is a word that is known, or a description', () => {
    expectTypeOf<'people' | 'nothing'>().toExtend<Remove>();
    expectTypeOf<{ classes: ['bottle'] }>().toExtend<Remove>();
    expectTypeOf<{ classes: string[]; models: { detector: { url: URL; sha256: string } } }>().toExtend<Remove>();
    expectTypeOf<{ people: { only: 'bystanders' } }>().toExtend<Remove>();
    expectTypeOf<{ people: { only: 'me' } }>().not.toExtend<Remove>();
    expectTypeOf<'cats'>().not.toExtend<Remove>();
    expectTypeOf<string>().not.toExtend<Remove>();
    expectTypeOf<{ models: string }>().not.toExtend<Remove>();
  });

  it('an event has its detail', () => {
    expectTypeOf<RemoverEvents['statechange']>().toExtend<{ state: RemoverState; reason: string }>();
    expectTypeOf<RemoverEvents['error']>().toEqualTypeOf<RemovalError>();
    const listen = (remover: Remover) =>
      remover.addEventListener('overload', (event) => expectTypeOf(event.detail.reason).toBeString());
    expectTypeOf(listen).toBeFunction();
    // @ts-expect-error there is no such event
    const wrong = (remover: Remover) => remover.addEventListener('frame', () => {});
    expectTypeOf(wrong).toBeFunction();
  });

  it('an error is an Error with a code that a switch can be complete over', () => {
    expectTypeOf<RemovalError>().toExtend<Error>();
    expectTypeOf<RemovalError['code']>().toEqualTypeOf<RemovalErrorCode>();
    expectTypeOf<RemovalError['url']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<string>().not.toExtend<RemovalErrorCode>();
  });

  it('support is known without a page', () => {
    expectTypeOf<Main['checkSupport']>().toEqualTypeOf<() => Promise<Support>>();
    expectTypeOf<Support['tier']>().toEqualTypeOf<'full' | 'light' | 'none'>();
  });

  it('the processor is one of LiveKit', () => {
    expectTypeOf<RemovalProcessor>().toExtend<TrackProcessor<Track.Kind.Video, VideoProcessorOptions>>();
    expectTypeOf<RemovalProcessor['setEnabled']>().toEqualTypeOf<(enabled: boolean) => Promise<void>>();
    expectTypeOf<RemovalProcessor['update']>().toEqualTypeOf<Remover['update']>();
  });

  it('the hook takes the options and gives the processor', () => {
    expectTypeOf<React['useRemoval']>().toEqualTypeOf<(options?: RemoverOptions) => Removal>();
    expectTypeOf<Removal['processor']>().toEqualTypeOf<RemovalProcessor>();
    expectTypeOf<Removal['error']>().toEqualTypeOf<RemovalError | undefined>();
  });
});
