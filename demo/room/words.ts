import { ConnectionError, ConnectionErrorReason, ConnectionState, DisconnectReason, type Room } from 'livekit-client';
import { errorInWords, type Status } from '../words.ts';

/** Why joining failed, and what to do. */
export function joinErrorInWords(error: unknown, url: string): string {
  if (!(error instanceof ConnectionError)) return errorInWords(error);
  switch (error.reason) {
    case ConnectionErrorReason.NotAllowed:
      return /expired|\(exp\)/i.test(error.message)
        ? 'The token has expired. Ask for a new one, and join again.'
        : 'The server does not accept this token. Was it made with the key and secret of this server?';
    case ConnectionErrorReason.Cancelled:
      return 'Joining was ended.';
    case ConnectionErrorReason.LeaveRequest:
      return 'The server sent us away. Is the room open?';
    case ConnectionErrorReason.InternalError:
      return /pc connection|peer connection/i.test(error.message)
        ? 'The server answers, but no picture can travel: no media connection came about. A firewall, or a machine without a network, does that.'
        : noServer(url);
    default:
      return noServer(url);
  }
}

function noServer(url: string): string {
  return `No LiveKit server answers at ${new URL(url).host}. Is the address right, and does the server run?`;
}

/** How the call is. */
export function connectionOf(room: Room): Status {
  switch (room.state) {
    case ConnectionState.Connected:
      return {
        mood: 'calm',
        text: company([...room.remoteParticipants.values()].map((each) => each.name || each.identity)),
      };
    case ConnectionState.Connecting:
      return { mood: 'busy', text: 'Connecting …' };
    case ConnectionState.Reconnecting:
    case ConnectionState.SignalReconnecting:
      return { mood: 'warn', text: 'The connection was lost. Trying to come back …' };
    case ConnectionState.Disconnected:
      return { mood: 'off', text: 'Not connected.' };
    default:
      return room.state satisfies never;
  }
}

function company(names: readonly string[]): string {
  const [first, ...more] = names;
  if (!first) return 'Connected. Nobody else is here yet.';
  if (more.length > 2) return `Connected, with ${first} and ${more.length} others.`;
  const last = more.pop();
  return `Connected, with ${last ? `${[first, ...more].join(', ')} and ${last}` : first}.`;
}

/** Why a call ended by itself; empty where the person at the page ended it. */
export function endInWords(reason: DisconnectReason | undefined): string {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return '';
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'The same token was used elsewhere: one is in a room only once.';
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'You were taken out of the room.';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'The room was closed.';
    case DisconnectReason.SERVER_SHUTDOWN:
      return 'The server was shut down.';
    default:
      return 'The connection was lost and did not come back. Join again when the server is there.';
  }
}

export function microphoneErrorInWords(error: unknown): string {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
      return 'The microphone is not allowed here. Allow it with the sign in the address bar, then try again.';
    case 'NotFoundError':
      return 'No microphone was found.';
    case 'NotReadableError':
      return 'The microphone is busy: another program uses it.';
    default:
      return `The microphone could not be turned on (${errorInWords(error)}).`;
  }
}

export function screenErrorInWords(error: unknown): string {
  if (error instanceof DOMException && error.name === 'NotAllowedError') {
    return 'No screen is shared: it was not chosen, or the system does not allow it.';
  }
  return `The screen could not be shared (${errorInWords(error)}).`;
}
