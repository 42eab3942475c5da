/** Where the demo's room page asks for its invitation. */
export const TOKEN_PATH = '/room/token';

/** Bytes. A name and a room are far shorter. */
const LONGEST_BODY = 1000;
const NAME = /^[^\p{Cc}]{1,40}$/u;
const ROOM = /^[\w-]{1,40}$/;
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Hands out short-lived tokens for one local LiveKit server: for development only, and only to pages that this same
 * server gave to this same machine. The secret that signs them stays in this process.
 *
 *     POST /room/token  { "name": "Ada", "room": "studio" }  ->  { "url": "ws://127.0.0.1:…", "token": "…" }
 *
 * @param {{ url: string, token(identity: string, room: string, options: { name: string }): Promise<string> }} livekit
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean}
 *   for `handle` of `serve`; true for requests to {@link TOKEN_PATH}.
 */
export function tokenEndpoint(livekit) {
  let guests = 0;
  return (request, response) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== TOKEN_PATH) return false;
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(`${JSON.stringify(body)}\n`);
    };
    const refusal = whyNot(request);
    if (refusal) {
      answer(refusal.status, { error: refusal.error });
      return true;
    }
    readJson(request)
      .then(async (body) => {
        const { name, room } = body ?? {};
        if (typeof name !== 'string' || !NAME.test(name)) throw new BadRequest('name: 1 to 40 characters.');
        if (typeof room !== 'string' || !ROOM.test(room))
          throw new BadRequest('room: 1 to 40 letters, digits, _ or -.');
        // Two guests of one name are two guests.
        const token = await livekit.token(`guest-${++guests}`, room, { name });
        answer(200, { url: livekit.url, token });
      })
      .catch((error) => answer(error instanceof BadRequest ? 400 : 500, { error: error.message }));
    return true;
  };
}

class BadRequest extends Error {}

/**
 * The address alone is not enough: a page of any site, open in a browser on this machine, comes from loopback too. Its
 * `Origin` gives it away; and where it got a name of its own to point at loopback, the `Host` does.
 */
function whyNot(request) {
  const { host = '', origin } = request.headers;
  if (!isLoopback(request.socket.remoteAddress)) return { status: 403, error: 'Tokens are for this machine only.' };
  if (!LOOPBACK_HOST.test(host)) return { status: 403, error: 'Tokens are for pages on a loopback address only.' };
  if (origin !== `http://${host}`) return { status: 403, error: 'Tokens are for pages of this server only.' };
  if (request.method !== 'POST') return { status: 405, error: 'Ask with POST.' };
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return { status: 415, error: 'Ask with a JSON body.' };
  }
  return undefined;
}

/** @param {string | undefined} address as a socket gives it */
export function isLoopback(address) {
  return address !== undefined && (/^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === '::1');
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > LONGEST_BODY) throw new BadRequest('That is too long.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('That is not JSON.');
  }
}
