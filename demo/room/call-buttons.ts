import type { Room } from 'livekit-client';
import { note } from '../controls.ts';
import { page } from './page.ts';
import { microphoneErrorInWords, screenErrorInWords } from './words.ts';

/** The buttons that need a call, and the one that finds it company. */
export function listenToCallButtons(call: () => Room | undefined, refresh: () => void): void {
  /** Runs what a button does, while it cannot be pressed again. */
  const during = async (button: HTMLButtonElement, step: Promise<unknown>, inWords: (error: unknown) => string) => {
    button.disabled = true;
    note(page.callNote, '');
    try {
      await step;
    } catch (error) {
      note(page.callNote, inWords(error));
    } finally {
      button.disabled = false;
      refresh();
    }
  };
  page.microphone.addEventListener('click', () => {
    const me = call()?.localParticipant;
    if (me) void during(page.microphone, me.setMicrophoneEnabled(!me.isMicrophoneEnabled), microphoneErrorInWords);
  });
  page.screen.addEventListener('click', () => {
    const me = call()?.localParticipant;
    if (me) void during(page.screen, me.setScreenShareEnabled(!me.isScreenShareEnabled), screenErrorInWords);
  });
  page.leave.addEventListener('click', () => void call()?.disconnect());
  page.second.addEventListener('click', () => openSecond(call()?.name || page.room.value));
}

/** A window, not a tab: pages that are hidden get few pictures and give few. */
function openSecond(room: string): void {
  const address = new URL(location.pathname, location.href);
  address.searchParams.set('room', room);
  const opened = window.open(address, '_blank', 'popup,width=760,height=900');
  if (!opened) note(page.callNote, 'The browser blocked the window. Open this page in another window yourself.');
}
