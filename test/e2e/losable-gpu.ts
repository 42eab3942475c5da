import type { Page } from '@playwright/test';
import { BASE_FLAGS, findChromium, SOFTWARE_WEBGPU_FLAGS } from '../../tools/lib/chromium.mjs';

const executablePath = await findChromium();

/** A browser with a GPU made of software. */
export const SOFTWARE_GPU = {
  launchOptions: { ...(executablePath ? { executablePath } : {}), args: [...BASE_FLAGS, ...SOFTWARE_WEBGPU_FLAGS] },
};

/** The worker's script whose GPU device is destroyed at the message `destroy`. */
export const LOSABLE_WORKER = '/losable-worker.js';

/** What a driver reset looks like from inside. */
const PATCH = `
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await request.apply(this, args);
    addEventListener('message', ({ data }) => { if (data === 'destroy') device.destroy(); });
    return device;
  };
`;

/** Serves {@link LOSABLE_WORKER} to a page. */
export async function serveLosableWorker(page: Page): Promise<void> {
  const script = (body: string) => ({ contentType: 'text/javascript', body });
  await page.route(`**${LOSABLE_WORKER}`, (route) =>
    route.fulfill(script("import './losable-gpu.js';\nimport '/clean-plate/worker.js';\n")),
  );
  await page.route('**/losable-gpu.js', (route) => route.fulfill(script(PATCH)));
}
