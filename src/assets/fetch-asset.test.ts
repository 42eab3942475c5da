import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchAsset, MODEL, SCRIPT, WASM } from './fetch-asset.ts';

const url = 'https://example.test/model.tflite';
const model = new Uint8Array([24, 0, 0, 0, ...new TextEncoder().encode('TFL3'), 1, 2, 3]);
const sha256 = '9f2f1a'; // not the model's

function serve(body: BodyInit | null, init: ResponseInit = {}) {
  vi.stubGlobal('fetch', async () => new Response(body, init));
}
afterEach(() => vi.unstubAllGlobals());

describe('fetchAsset', () => {
  it('returns the bytes and reports them as they arrive', async () => {
    serve(model);
    const pieces: number[] = [];
    const bytes = await fetchAsset({ url }, MODEL, { onBytes: (n) => pieces.push(n) });
    expect([...bytes]).toEqual([...model]);
    expect(pieces.reduce((a, b) => a + b)).toBe(model.length);
  });

  it('says that the server has no such file', async () => {
    serve('gone', { status: 404 });
    await expect(fetchAsset({ url }, MODEL)).rejects.toMatchObject({ url, reason: 'http' });
  });

  it.each([
    ['a page sent as HTML', { headers: { 'content-type': 'text/html; charset=utf-8' } }],
    ['a page sent as if it were the file', { headers: { 'content-type': 'application/octet-stream' } }],
  ])('tells %s from the file', async (_, init) => {
    serve('<!doctype html><title>App</title>', init);
    for (const kind of [MODEL, WASM, SCRIPT]) {
      await expect(fetchAsset({ url }, kind)).rejects.toMatchObject({ url, reason: 'type' });
    }
  });

  it('finds a broken file by its start and by its hash', async () => {
    serve(new Uint8Array(64));
    await expect(fetchAsset({ url }, MODEL)).rejects.toMatchObject({ url, reason: 'corrupt' });
    await expect(fetchAsset({ url }, WASM)).rejects.toMatchObject({ url, reason: 'corrupt' });
    serve(model);
    await expect(fetchAsset({ url, sha256 }, MODEL)).rejects.toMatchObject({ url, reason: 'corrupt' });
  });

  it('says that nothing came, and that it broke off', async () => {
    const cause = new TypeError('Failed to fetch');
    vi.stubGlobal('fetch', () => Promise.reject(cause));
    await expect(fetchAsset({ url }, MODEL)).rejects.toMatchObject({ url, reason: 'network', cause });
    const broken = new ReadableStream({ pull: (controller) => controller.error(cause) });
    serve(broken);
    await expect(fetchAsset({ url }, MODEL)).rejects.toMatchObject({ url, reason: 'network', cause });
  });

  it("rejects with the signal's own reason", async () => {
    const abort = new AbortController();
    vi.stubGlobal('fetch', () => {
      abort.abort(new Error('closed'));
      return Promise.reject(abort.signal.reason);
    });
    await expect(fetchAsset({ url }, MODEL, { signal: abort.signal })).rejects.toThrow('closed');
  });
});
