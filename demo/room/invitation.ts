/** What joining needs. */
export interface Invitation {
  readonly url: string;
  readonly token: string;
}

/** An error for the person at the page; `field` is where it can be mended. */
export class JoinError extends Error {
  override readonly name = 'JoinError';
  readonly field: 'name' | 'room' | 'server' | 'token' | undefined;

  constructor(message: string, field?: JoinError['field'], options?: ErrorOptions) {
    super(message, options);
    this.field = field;
  }
}

export interface Wanted {
  readonly name: string;
  readonly room: string;
  /** Another server than the page's own, and a token for it; both or neither. */
  readonly server: string;
  readonly token: string;
}

/** @throws JoinError in words for the person at the page. */
export async function invitationFor(wanted: Wanted): Promise<Invitation> {
  if (wanted.server || wanted.token) return elsewhere(wanted);
  const name = wanted.name.trim();
  const room = wanted.room.trim();
  if (!name) throw new JoinError('Please say who you are.', 'name');
  if (!/^[\w-]+$/.test(room)) throw new JoinError('A room is named with letters, digits, _ and -.', 'room');
  return fromThisServer(name, room);
}

function elsewhere({ server, token }: Wanted): Invitation {
  if (!token) throw new JoinError('A server of your own also needs a token.', 'token');
  return { url: checkedAddress(server), token: token.trim() };
}

/** Browsers refuse insecure connections to other machines, and say so in the console only. */
function checkedAddress(text: string): string {
  const example = 'It looks like wss://example.livekit.cloud, or ws://127.0.0.1:7880 on this machine.';
  const url = URL.parse(text.trim());
  if (!url || !['ws:', 'wss:', 'http:', 'https:'].includes(url.protocol)) {
    throw new JoinError(`“${text}” is not the address of a LiveKit server. ${example}`, 'server');
  }
  const secure = url.protocol === 'wss:' || url.protocol === 'https:';
  if (!secure && !isLocal(url)) {
    throw new JoinError(`A server on another machine needs a secure address, one that begins with wss://.`, 'server');
  }
  return url.href;
}

export function isLocal({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1';
}

async function fromThisServer(name: string, room: string): Promise<Invitation> {
  const missing = 'This page has no room server. Start it with “npm start -- --room”, or enter another server.';
  let response: Response;
  try {
    response = await fetch('room/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, room }),
    });
  } catch (cause) {
    throw new JoinError('The server of this page does not answer any more. Is “npm start” still running?', undefined, {
      cause,
    });
  }
  if (response.status === 404 || response.status === 405) throw new JoinError(missing);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new JoinError(`No invitation: ${textIn(body, 'error') ?? response.status}`);
  const url = textIn(body, 'url');
  const token = textIn(body, 'token');
  if (!url || !token) throw new JoinError(missing);
  return { url, token };
}

function textIn(body: unknown, key: string): string | undefined {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Reads `#server=…&token=…`, as `npm run livekit` prints it, and takes it out of the address bar: it is a key. */
export function invitationInAddress(): Invitation | undefined {
  const hash = new URLSearchParams(location.hash.slice(1));
  const [url, token] = [hash.get('server'), hash.get('token')];
  if (!url || !token) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return { url, token };
}
