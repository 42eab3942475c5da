import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AccessToken } from 'livekit-server-sdk';
import { freePort, freeUdpPort } from './free-port.mjs';

/** Later versions carry `replace` directives, which `go install` refuses. */
const VERSION = 'v1.13.5';
const CACHE = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
  'clean-plate',
  `livekit-${VERSION}`,
);
const KEY = 'devkey';
/**
 * Made anew by every process: loopback ports are open to any page of this machine's browser, so no page may know it.
 */
const SECRET = randomBytes(32).toString('base64url');

/** Path of a LiveKit server: on the PATH, from an earlier build, or built now from its Go module. */
export function ensureLivekit(say) {
  for (const program of ['livekit-server', path.join(CACHE, 'livekit-server')]) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return program;
    } catch {
      // not there, or for another machine: the next one
    }
  }
  say(`The LiveKit server is missing: building ${VERSION} from its Go module (a few minutes, once) …`);
  mkdirSync(CACHE, { recursive: true });
  try {
    const env = { ...process.env, GOBIN: CACHE, GOFLAGS: '-buildvcs=false' };
    const module = `github.com/livekit/livekit-server/cmd/server@${VERSION}`;
    execFileSync('go', ['install', '-ldflags=-s -w', module], { env, stdio: ['ignore', 2, 2] });
  } catch (cause) {
    const help = 'Put a livekit-server on the PATH, or install Go 1.26 or newer.';
    throw new Error(`The LiveKit server could not be built: ${cause.message}. ${help}`, { cause });
  }
  renameSync(path.join(CACHE, 'server'), path.join(CACHE, 'livekit-server'));
  return path.join(CACHE, 'livekit-server');
}

/**
 * Starts a server that nobody beyond this machine can reach.
 * @param {string} program from {@link ensureLivekit}
 * @returns {Promise<{
 *   url: string,
 *   secret: string,
 *   token(identity: string, room: string, options?: { name?: string, ttl?: string }): Promise<string>,
 *   restart(downMs?: number): Promise<void>,
 *   stop(): Promise<void>,
 * }>} `secret` is for tests that look for it where it must not be; `ttl` as in `10m` (the default) or `1 minute ago`;
 *   `restart` kills the server and starts it again at the same address, with all its rooms forgotten.
 */
export async function startLivekit(program) {
  const [port, udp] = [await freePort(), await freeUdpPort()];
  const folder = mkdtempSync(path.join(tmpdir(), 'clean-plate-livekit-'));
  const file = path.join(folder, 'livekit.yaml');
  writeFileSync(file, config(port, udp));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  let end;
  try {
    end = await launch(program, file, port);
  } catch (error) {
    clear();
    throw error;
  }
  return {
    url: `ws://127.0.0.1:${port}`,
    secret: SECRET,
    token(identity, room, { name, ttl = '10m' } = {}) {
      const token = new AccessToken(KEY, SECRET, { identity, ttl, ...(name ? { name } : {}) });
      token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true });
      return token.toJwt();
    },
    async restart(downMs = 0) {
      await end();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      end = await launch(program, file, port);
    },
    async stop() {
      await end();
      clear();
    },
  };
}

/** Starts the program; resolves when it answers, with what ends it for certain. */
async function launch(program, file, port) {
  const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
  const server = spawn(process.execPath, [guard, program, '--config', file], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2000);
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const end = async () => {
    server.stdin.end();
    await ended;
  };
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  for (let tries = 0; !(await answers()); tries++) {
    if (tries > 150 || server.exitCode !== null) {
      await end();
      throw new Error(`The LiveKit server did not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return end;
}

function config(port, udp) {
  return `port: ${port}
bind_addresses: ["127.0.0.1"]
keys:
  ${KEY}: ${SECRET}
rtc:
  tcp_port: 0
  udp_port: ${udp}
  node_ip: 127.0.0.1
  use_external_ip: false
  enable_loopback_candidate: true
  interfaces:
    includes: [lo]
  ips:
    includes: [127.0.0.1/32]
room:
  auto_create: true
logging:
  level: warn
`;
}
