/**
 * Starts a LiveKit server for development, reachable from this machine only, and prints its address and tokens to join
 * with. It is found on the PATH, in the cache of an earlier run, or fetched and built once. Ctrl-C ends it.
 *
 *     npm run livekit [-- --room NAME] [--hours N]
 *
 * The demo joins it with the printed links while `npm start` runs in another terminal. `npm start -- --room` does all
 * of this at once, and needs no tokens.
 */
import { number, readCommand, runTool, text } from './lib/command.mjs';
import { ensurePackages, say } from './lib/setup.mjs';
import { untilStopped } from './lib/until-stopped.mjs';

const PARTICIPANTS = ['Ada', 'Grace'];

async function main() {
  const options = { room: text('studio'), hours: number('8', { above: 0, max: 24 }) };
  const { room, hours } = readCommand(import.meta.url, options).values;
  ensurePackages();
  const { ensureLivekit, startLivekit } = await import('./lib/livekit.mjs');
  const server = await startLivekit(ensureLivekit(say));
  untilStopped(() => server.stop());
  console.log(`LiveKit server: ${server.url}    room: ${room}\n`);
  for (const name of PARTICIPANTS) {
    const token = await server.token(name.toLowerCase(), room, { name, ttl: `${Math.round(hours * 60)}m` });
    const hash = new URLSearchParams({ server: server.url, token });
    console.log(`${name}\n  token  ${token}\n  demo   http://127.0.0.1:5173/room.html#${hash}\n`);
  }
  say(`The tokens are good for ${hours} h. The links need the demo: npm start, in another terminal. Ctrl-C ends this.`);
}

await runTool('livekit', main);
