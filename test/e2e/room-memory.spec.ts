import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';

/** Seconds of the scene in which nobody is in the room, and in which somebody with a marker stands close. */
const EMPTY = -5;
const SOMEBODY = 14;

async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
}

/** A call in the empty room until it is remembered; what was reported to the page about the memory. */
function visit(page: Page): Promise<{ errors: string[]; running: boolean }> {
  return page.evaluate(async (at) => {
    const { MarkedSource, cleanPlate, until } = window.harness;
    const source = await MarkedSource.create(at);
    const remover = await cleanPlate.Remover.create({ tier: 'light', network: 'off', memory: 'device' });
    const errors: string[] = [];
    remover.addEventListener('error', ({ detail }) => errors.push(detail.code));
    await remover.setSource(source.track);
    await remover.ready;
    await until('the room is remembered', async () => (await remover.exportRoom()) !== undefined);
    // A busy machine is late, and says so.
    const running = ['running', 'degraded'].includes(remover.state);
    await remover.close();
    source.stop();
    return { errors, running };
  }, EMPTY);
}

test.describe('a room on this device', () => {
  test('is known again after a reload, behind somebody who was there from the start; what they wore is nowhere', async ({
    cleanPage: page,
    site,
  }) => {
    await open(page, site.url);
    const first = await page.evaluate(
      async ([empty, somebody]) => {
        const { MarkedSource, cleanPlate, until, wait } = window.harness;
        const room = await MarkedSource.create(empty);
        const worn = await MarkedSource.create(somebody);
        const remover = await cleanPlate.Remover.create({ tier: 'light', network: 'off', memory: 'device' });
        await remover.setSource(room.track);
        await remover.ready;
        await until('the room is remembered', async () => (await remover.exportRoom()) !== undefined);
        // The same camera, opened again: the room comes back, though the plate was forgotten.
        await remover.setSource(worn.track);
        await until('the room is back', () => (remover.stats()?.remembered ?? 0) > 0.5);
        await wait(3000);
        await remover.close();
        room.stop();
        worn.stop();
        const [stored] = await cleanPlate.listRooms();
        const bitmap = await cleanPlate.pictureOfRoom(stored!.file);
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
        let [known, marked] = [0, 0];
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3]) known++;
          if (data[i]! - data[i + 1]! > 90 && data[i + 2]! - data[i + 1]! > 60) marked++;
        }
        return { known: (4 * known) / data.length, marked };
      },
      [EMPTY, SOMEBODY] as const,
    );
    expect(first.marked).toBe(0);
    expect(first.known).toBeGreaterThan(0.6);

    await page.reload();
    await page.waitForFunction(() => 'harness' in window);
    const second = await page.evaluate(async (somebody) => {
      const { MarkedSource, cleanPlate, until } = window.harness;
      const source = await MarkedSource.create(somebody);
      const remover = await cleanPlate.Remover.create({ tier: 'light', network: 'off', memory: 'device' });
      const ids: string[] = [];
      const errors: string[] = [];
      remover.addEventListener('roomrecognised', ({ detail }) => ids.push(detail.id));
      remover.addEventListener('error', ({ detail }) => errors.push(detail.message));
      await remover.setSource(source.track);
      await remover.ready;
      await until('the room is recognised', () => (remover.stats()?.remembered ?? 0) > 0.5);
      const { known } = remover.stats()!;
      const video = Object.assign(document.createElement('video'), { muted: true });
      document.body.append(video);
      video.srcObject = new MediaStream([remover.track]);
      await video.play();
      let marked = 0;
      for (let k = 0; k < 10; k++) {
        const context = new OffscreenCanvas(480, 360).getContext('2d')!;
        context.drawImage(video, 0, 0);
        const { data } = context.getImageData(0, 0, 480, 360);
        for (let i = 0; i < data.length; i += 4) {
          if (data[i]! - data[i + 1]! > 90 && data[i + 2]! - data[i + 1]! > 60) marked++;
        }
        await window.harness.wait(100);
      }
      await remover.close();
      source.stop();
      const rooms = await cleanPlate.listRooms();
      const same = ids.every((id) => rooms.some((each) => each.id === id));
      const [stored] = rooms;
      await cleanPlate.forgetRoom(stored!.id);
      return {
        known,
        marked,
        errors,
        ids: ids.length,
        rooms: rooms.length,
        same,
        left: (await cleanPlate.listRooms()).length,
      };
    }, SOMEBODY);
    expect(second).toMatchObject({ marked: 0, errors: [], ids: 1, rooms: 1, same: true, left: 0 });
    expect(second.known).toBeLessThan(0.5);
  });

  test('that cannot be stored is reported once and changes nothing else: forbidden', async ({ page, site }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('not here', 'SecurityError');
      };
    });
    await open(page, site.url);
    expect(await visit(page)).toMatchObject({ errors: ['memory-failed'], running: true });
    expect(await page.evaluate(() => window.harness.cleanPlate.listRooms().catch(({ code }) => code))).toBe(
      'memory-failed',
    );
  });

  test('that cannot be stored is reported once and changes nothing else: full', async ({ page, site }) => {
    await page.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
    });
    await open(page, site.url);
    expect(await visit(page)).toMatchObject({ errors: ['memory-failed'], running: true });
    expect(await page.evaluate(() => window.harness.cleanPlate.listRooms())).toEqual([]);
  });

  test('that was damaged is left out by name, and the next one is stored beside it', async ({ page, site }) => {
    await open(page, site.url);
    await page.evaluate(async () => {
      await window.harness.cleanPlate.listRooms(); // makes the database
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('clean-plate', 1);
        request.onsuccess = () => resolve(request.result);
      });
      const store = database.transaction('rooms', 'readwrite').objectStore('rooms');
      store.put({ id: 'odd', file: 'no bytes', stored: 1 });
      store.put({ id: 'damaged', file: new TextEncoder().encode('CPLROOM\n\u0001'), stored: 2 });
      await new Promise((resolve) => {
        store.transaction.oncomplete = resolve;
      });
      database.close();
    });
    expect(await visit(page)).toMatchObject({ errors: ['memory-failed'], running: true });
    const left = await page.evaluate(async () => (await window.harness.cleanPlate.listRooms()).map(({ id }) => id));
    expect(left).toHaveLength(2);
    expect(left).toContain('damaged');
  });

  test('is stored by two tabs at once without a word', async ({ page, context, site }) => {
    const other = await context.newPage();
    await open(page, site.url);
    await open(other, site.url);
    const both = await Promise.all([visit(page), visit(other)]);
    for (const each of both) expect(each).toMatchObject({ errors: [] });
    expect(await page.evaluate(async () => (await window.harness.cleanPlate.listRooms()).length)).toBe(2);
    await other.evaluate(() => window.harness.cleanPlate.forgetRooms());
    expect(await page.evaluate(() => window.harness.cleanPlate.listRooms())).toEqual([]);
  });
});

test.describe('a room of this call', () => {
  test('is back on show after its worker was lost', async ({ cleanPage: page, site }) => {
    await open(page, site.url);
    const seen = await page.evaluate(
      async ([empty, somebody]) => {
        const { MarkedSource, cleanPlate, until } = window.harness;
        const room = await MarkedSource.create(empty);
        const workers: Worker[] = [];
        const remover = await cleanPlate.Remover.create({
          tier: 'light',
          network: 'off',
          createWorker: () => {
            workers.push(new Worker('/clean-plate/worker.js', { type: 'module' }));
            return workers.at(-1)!;
          },
        });
        const recovered = new Promise((resolve) => remover.addEventListener('recovered', resolve));
        await remover.setSource(room.track);
        await remover.ready;
        await until('the room is remembered', async () => (await remover.exportRoom()) !== undefined);
        const worn = await MarkedSource.create(somebody);
        await remover.setSource(worn.track);
        await until('the room is back after the camera', () => (remover.stats()?.remembered ?? 0) > 0.5);
        workers.at(-1)?.terminate();
        await recovered;
        await until('the room is back after the worker', () => (remover.stats()?.remembered ?? 0) > 0.5);
        const { known } = remover.stats()!;
        await remover.close();
        room.stop();
        worn.stop();
        return { known, workers: workers.length };
      },
      [EMPTY, SOMEBODY] as const,
    );
    // Not because somebody saw it anew.
    expect(seen.known).toBeLessThan(0.5);
    expect(seen.workers).toBe(3);
  });

  test('is back on show when a LiveKit track is published again', async ({ cleanPage: page, site }) => {
    await open(page, site.url);
    const known = await page.evaluate(
      async ([empty, somebody]) => {
        const { MarkedSource, livekit, until } = window.harness;
        const room = await MarkedSource.create(empty);
        const processor = new livekit.RemovalProcessor({ tier: 'light', network: 'off' });
        await processor.init({ track: room.track });
        await until('the room is remembered', async () => (await processor.exportRoom()) !== undefined);
        await processor.destroy();
        const worn = await MarkedSource.create(somebody);
        await processor.init({ track: worn.track });
        await until('the room is back', () => (processor.stats()?.remembered ?? 0) > 0.5);
        const { known } = processor.stats()!;
        await processor.destroy();
        room.stop();
        worn.stop();
        return known;
      },
      [EMPTY, SOMEBODY] as const,
    );
    expect(known).toBeLessThan(0.5);
  });
});
