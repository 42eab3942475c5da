import { existsSync } from 'node:fs';
import { freePort } from './free-port.mjs';
import { guarded, onPath, openScreen, whyNoScreen } from './screen.mjs';

const PLACES = ['x86_64', 'aarch64'].flatMap((machine) =>
  ['4.1', '4.0', '6.0'].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
);

/** WebKitGTK's own small browser, as Debian's `libwebkit2gtk` brings it; `webkit2gtk-driver` has its driver. */
const findBrowser = () => PLACES.find((file) => existsSync(file));

/** Why WebKitGTK cannot be run here, or `undefined` where it can. */
export function whyNoWebkit() {
  if (!findBrowser() || !onPath('WebKitWebDriver')) return 'no WebKitGTK was found (Debian package webkit2gtk-driver)';
  return whyNoScreen();
}

/**
 * Starts WebKitGTK's MiniBrowser, driven over WebDriver.
 * @param {readonly string[]} [features] switched on beside what is on in it, such as `AllowWebGLInWorkers`
 * @returns {Promise<{ version: string, open(url: string): Promise<void>, run(script: string): Promise<unknown>,
 *   close(): Promise<void> }>}
 *     `run` gives what the body of a function returns in the page
 */
export async function openWebkit(features = []) {
  const reason = whyNoWebkit();
  if (reason) throw new Error(reason);
  const port = await freePort();
  const screen = await openScreen();
  const driver = guarded('WebKitWebDriver', ['-p', String(port)], screen.env);
  const close = () => {
    driver.stdin.end();
    screen.close();
  };
  const ask = async (method, path, body) => {
    const init = method === 'POST' ? { body: JSON.stringify(body) } : {};
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...init });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value?.message ?? response.status}`);
    return value;
  };
  try {
    await until(() => ask('GET', '/status').then(({ ready }) => ready));
    const args = ['--automation', ...(features.length ? [`--features=${features.map((each) => `+${each}`)}`] : [])];
    const options = { binary: findBrowser(), args };
    const wanted = { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } };
    const { sessionId, capabilities } = await ask('POST', '/session', wanted);
    const session = `/session/${sessionId}`;
    return {
      version: capabilities.browserVersion,
      open: (url) => ask('POST', `${session}/url`, { url }),
      run: (script) => ask('POST', `${session}/execute/sync`, { script, args: [] }),
      async close() {
        await ask('DELETE', session).catch(() => {});
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Asks every 100 ms until the answer is yes. @throws the last error after 15 s */
async function until(question) {
  const end = performance.now() + 15_000;
  for (;;) {
    const answer = await question().catch((error) => {
      if (performance.now() > end) throw error;
    });
    if (answer) return;
    if (performance.now() > end) throw new Error('WebKitWebDriver does not get ready.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
