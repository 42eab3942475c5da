import type { Page } from '@playwright/test';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { violations } from '../axe.ts';
import type * as Truth from '../browser/page/demo-truth.ts';
import type { Site } from '../fixtures.ts';
import { crowding, onThisMachine } from './crowding.ts';
import { expect, test } from './with-livekit.ts';

const TRUTH = 'test/browser/page/demo-truth.ts';

declare global {
  interface Window {
    /** What peer connections were given. */
    sent: (MediaStreamTrack | string)[];
    screenTrack: MediaStreamTrack | undefined;
  }
}

test.beforeAll(() => pageBundle(TRUTH));
test.use({ roomServer: async ({ livekit }, use) => use(livekit) });

async function lobby(page: Page, site: Site): Promise<void> {
  await page.goto(`${site.url}/room.html`);
  await expect(page.locator('#caption')).toHaveText('A room and a figure, drawn by this page');
}

async function join(page: Page, name: string, room: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('textbox', { name: 'Room' }).fill(room);
  await page.getByRole('button', { name: 'Join the room' }).click();
  await expect(page.getByRole('heading', { name: `Room “${room}”` })).toBeFocused({ timeout: 30_000 });
}

const running = (page: Page) => expect(page.locator('#status')).toContainText(/^On/, { timeout: 60_000 });

/**
 * More of a picture than the figure ever fills: it is covered as a whole, which a busy machine may need now and then.
 */
const COVERED = 0.9;

/** Shares of a tile's picture that are not the empty room, about five times a second. */
function watch(page: Page, label: string, seconds: number): Promise<number[]> {
  return page.evaluate(
    async ({ label, seconds, url }) => {
      const { notTheRoom } = (await import(url)) as typeof Truth;
      const seen: number[] = [];
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        const video = document.querySelector<HTMLVideoElement>(`#tiles video[aria-label^="${label},"]`);
        seen.push(video ? notTheRoom(video) : 1);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return seen;
    },
    { label, seconds, url: '/page/test-browser-page-demo-truth-ts/page.js' },
  );
}

/** Looks at the tile on and on until a picture that is not covered fits. */
async function until(page: Page, label: string, what: string, fits: (share: number) => boolean): Promise<void> {
  const seen = async () => (await watch(page, label, 1)).some((share) => share < COVERED && fits(share));
  await expect.poll(seen, { message: `${what}, ${onThisMachine()}`, timeout: 60_000, intervals: [0] }).toBe(true);
}

/** For some seconds, and until it was seen ten times: the room without the figure, and hardly ever the cover. */
async function expectTheRoom(page: Page, label: string, seconds: number): Promise<void> {
  const seen = await watch(page, label, seconds);
  const shown = () => seen.filter((share) => share < COVERED);
  const lookOn = async () => {
    if (shown().length < 10) seen.push(...(await watch(page, label, 1)));
    return shown().length;
  };
  const message = `pictures of ${label} that are not covered, ${onThisMachine()}`;
  await expect.poll(lookOn, { message, timeout: 60_000, intervals: [0] }).toBeGreaterThanOrEqual(10);
  expect(Math.max(...shown()), `share of ${label}’s picture that is not the room, as received`).toBeLessThan(0.03);
  const covered = 1 - shown().length / seen.length;
  expect(covered, `share of the time that it is covered, ${onThisMachine()}`).toBeLessThan(1 - 0.5 / crowding());
}

test.use({ handOvers: 2 }); // the camera goes off and on

test('two pages in one room: each sees the other’s room without the figure; off, on, camera off, leave', async ({
  context,
  cleanPage: ada,
  site,
  livekit,
}) => {
  test.setTimeout(240_000);
  const room = `demo-${Date.now()}`;
  const bodies: Promise<string>[] = [];
  context.on('response', (response) => {
    if (response.url().startsWith(site.url)) bodies.push(response.text().catch(() => ''));
  });
  await lobby(ada, site);
  await running(ada);
  await join(ada, 'Ada', room);
  await expect(ada.locator('#connection')).toHaveText('Connected. Nobody else is here yet.');
  const grace = await context.newPage();
  await lobby(grace, site);
  await join(grace, 'Grace', room);
  await expect(ada.locator('#connection')).toHaveText('Connected, with Grace.');
  await expect(grace.locator('#connection')).toHaveText('Connected, with Ada.');

  expect(await violations(ada), 'what axe finds, in the call').toEqual([]);

  // Ada's figure walks in and out; Grace's page runs all this time as well.
  await running(grace);
  await expect(grace.locator('#tiles .off:visible')).toHaveCount(0, { timeout: 30_000 });
  await expectTheRoom(grace, 'Ada', 15);

  const toggle = ada.getByRole('switch', { name: 'Remove people' });
  await toggle.press('Space');
  await expect(ada.locator('#status')).toHaveText('Off. Others see the camera as it is.');
  await until(grace, 'Ada', 'the figure shows when off', (share) => share > 0.05);
  await toggle.press('Space');
  await running(ada);
  // What is still in the encoder and on the way comes first.
  await until(grace, 'Ada', 'gone again', (share) => share < 0.03);
  await expectTheRoom(grace, 'Ada', 5);

  const adaAtGrace = grace.locator('#tiles li', { hasText: 'Ada' });
  const cameraOn = ada.getByRole('button', { name: 'Camera on' });
  await cameraOn.click();
  await expect(cameraOn).toHaveAttribute('aria-pressed', 'false');
  await expect(adaAtGrace.getByText('Camera off')).toBeVisible();
  await expect(ada.locator('#status')).toHaveText('Your camera is off. Nothing is sent.');
  await cameraOn.click();
  await expect(adaAtGrace.getByText('Camera off')).toBeHidden();
  await running(ada);

  await ada.getByRole('button', { name: 'Leave' }).click();
  await expect(ada.getByRole('button', { name: 'Join the room' })).toBeFocused();
  await expect(adaAtGrace).toHaveCount(0);
  await expect(grace.locator('#connection')).toHaveText('Connected. Nobody else is here yet.');
  await running(ada);

  const all = (await Promise.all(bodies)).join('\n');
  expect(all, 'the token did come').toContain(livekit.url);
  expect(all.includes(livekit.secret), 'the secret is in nothing that the pages got').toBe(false);
  await expect(ada.locator('#elsewhere')).toHaveText('0');
});

test('camera switch keeps the track; a shared screen goes out as it is', async ({ context, cleanPage: ada, site }) => {
  test.setTimeout(180_000);
  const room = `share-${Date.now()}`;
  await ada.addInitScript(() => {
    const { addTransceiver } = RTCPeerConnection.prototype;
    window.sent = [];
    RTCPeerConnection.prototype.addTransceiver = function (...args) {
      window.sent.push(args[0]);
      return addTransceiver.apply(this, args);
    };
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
      const ctx = canvas.getContext('2d')!;
      setInterval(() => {
        for (const [i, colour] of ['#c02020', '#20a020', '#2040c0', '#808080'].entries()) {
          ctx.fillStyle = colour;
          ctx.fillRect(i * 160, 0, 160, 360);
        }
      }, 50);
      const stream = canvas.captureStream(20);
      [window.screenTrack] = stream.getVideoTracks();
      return stream;
    };
  });
  await lobby(ada, site);
  await join(ada, 'Ada', room);
  const grace = await context.newPage();
  await lobby(grace, site);
  await join(grace, 'Grace', room);
  await running(ada);

  const adaVideo = grace.locator('#tiles video[aria-label^="Ada, picture"]');
  const trackAtGrace = () =>
    adaVideo.evaluate((video: HTMLVideoElement) => (video.srcObject as MediaStream).getVideoTracks()[0]?.id);
  await expect(grace.locator('#tiles .off:visible')).toHaveCount(0, { timeout: 30_000 });
  const before = await trackAtGrace();
  await ada.getByRole('button', { name: 'My camera' }).click();
  await expect(ada.getByRole('button', { name: 'My camera' })).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.getByLabel('Camera', { exact: true })).toBeVisible();
  await running(ada);
  expect(await trackAtGrace(), 'no other track').toBe(before);

  const share = ada.getByRole('button', { name: 'Share screen' });
  await share.click();
  await expect(share).toHaveAttribute('aria-pressed', 'true');
  const screen = grace.locator('#tiles video[aria-label="Ada, shared screen"]');
  await expect(screen).toBeVisible();
  const wanted = [
    [0xc0, 0x20, 0x20],
    [0x20, 0xa0, 0x20],
    [0x20, 0x40, 0xc0],
    [0x80, 0x80, 0x80],
  ];
  const off = () =>
    screen.evaluate((video: HTMLVideoElement, wanted) => {
      const canvas = new OffscreenCanvas(4, 1);
      const ctx = canvas.getContext('2d')!;
      ctx.drawImage(video, 0, 0, 4, 1);
      const { data } = ctx.getImageData(0, 0, 4, 1);
      return Math.max(...wanted.flatMap((rgb, i) => rgb.map((level, c) => Math.abs(level - data[i * 4 + c]!))));
    }, wanted);
  // A canvas's own colours come up to 40 levels off through an encoder; a cover, or another picture, is 100 off and
  // more.
  await expect.poll(off, { message: 'levels that the shared screen is off', timeout: 20_000 }).toBeLessThan(60);
  const asItIs = await ada.evaluate(() => window.sent.includes(window.screenTrack!));
  expect(asItIs, 'the screen’s own track is what is sent').toBe(true);
  await share.click();
  await expect(screen).toHaveCount(0);
});

test('a wrong address, a foreign, an expired token, a server that is gone: each explained, at its field', async ({
  page,
  site,
  livekit,
}) => {
  await lobby(page, site);
  const note = page.locator('#join-note');
  const button = page.getByRole('button', { name: 'Join the room' });
  await page.getByText('Another LiveKit server').click();
  const [address, token] = [page.getByLabel('Address'), page.getByLabel('Token', { exact: true })];
  const attempt = async (url: string, jwt: string) => {
    await address.fill(url);
    await token.fill(jwt);
    await button.click();
  };
  await attempt('meet here', 'x');
  await expect(note).toContainText('“meet here” is not the address of a LiveKit server');
  await expect(address).toBeFocused();
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await attempt('ws://example.com', 'x');
  await expect(note).toContainText('needs a secure address');
  await attempt(livekit.url, '');
  await expect(note).toContainText('also needs a token');
  await expect(token).toBeFocused();
  await attempt('ws://127.0.0.1:9', await livekit.token('a', 'studio'));
  await expect(note).toContainText('No LiveKit server answers at 127.0.0.1:9', { timeout: 30_000 });
  await attempt(livekit.url, 'not.a.token');
  await expect(note).toContainText('does not accept this token', { timeout: 30_000 });
  const own = await livekit.token('a', 'studio');
  await attempt(livekit.url, `${own.slice(0, -6)}AAAAAA`);
  await expect(note).toContainText('does not accept this token', { timeout: 30_000 });
  await attempt(livekit.url, await livekit.token('a', 'studio', { ttl: '10 minutes ago' }));
  await expect(note).toContainText('The token has expired', { timeout: 30_000 });
  // What was wrong does not stick.
  await attempt(livekit.url, await livekit.token('a', 'studio', { name: 'Hedy' }));
  await expect(page.getByRole('heading', { name: 'Room “studio”' })).toBeFocused({ timeout: 30_000 });
});

test('no name, a room that is no name, and a page without a room server', async ({ page, site }) => {
  await lobby(page, site);
  const note = page.locator('#join-note');
  const button = page.getByRole('button', { name: 'Join the room' });
  await page.getByLabel('Your name').fill(' ');
  await button.click();
  await expect(note).toHaveText('Please say who you are.');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('textbox', { name: 'Room' }).fill('a/b');
  await button.click();
  await expect(note).toContainText('A room is named with letters');
  await expect(page.getByRole('textbox', { name: 'Room' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Room' }).fill('studio');
  await page.route('**/room/token', (route) => route.fulfill({ status: 404, body: 'not found' }));
  await button.click();
  await expect(note).toContainText('npm start -- --room');
  await page.route('**/room/token', (route) => route.abort());
  await button.click();
  await expect(note).toContainText('does not answer any more');
});

test('a refused and a busy camera are explained, and the generated room goes on', async ({ page, site }) => {
  await page.addInitScript(() => {
    const names = ['NotAllowedError', 'NotReadableError', 'NotFoundError'];
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('no', names.shift());
    };
  });
  await lobby(page, site);
  await running(page);
  const [note, camera] = [page.locator('#source-note'), page.getByRole('button', { name: 'My camera' })];
  await camera.click();
  await expect(note).toContainText('The camera is not allowed here');
  await camera.click();
  await expect(note).toContainText('another program uses it');
  await camera.click();
  await expect(note).toContainText('No camera was found');
  await expect(page.getByRole('button', { name: 'Generated room' })).toHaveAttribute('aria-pressed', 'true');
  await running(page);
});

test('a link of npm run livekit fills in server and token, and does not stay in the address bar', async ({
  page,
  site,
  livekit,
}) => {
  const token = await livekit.token('ada', 'studio', { name: 'Ada' });
  await page.goto(`${site.url}/room.html#${new URLSearchParams({ server: livekit.url, token })}`);
  await expect(page.getByLabel('Address')).toHaveValue(livekit.url);
  await expect(page.getByLabel('Token', { exact: true })).toHaveValue(token);
  expect(page.url()).toBe(`${site.url}/room.html`);
});

test('everything to press has a name, and nothing is wider than a small phone', async ({ page, site }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await lobby(page, site);
  const sideways = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await sideways()).toBe(0);
  await join(page, 'Somebody with a name of forty characters', `a-room-with-a-very-long-name-${Date.now() % 1e5}`);
  expect(await sideways()).toBe(0);
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const roles = ['button', 'switch', 'link', 'combobox', 'textbox', 'Video'];
  const pressable = nodes.filter(({ role }) => roles.includes(String(role?.value)));
  expect(pressable.length).toBeGreaterThan(8);
  expect(pressable.filter(({ name }) => !name?.value).map(({ role, properties }) => ({ role, properties }))).toEqual(
    [],
  );
});
