import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchModels, MODELS, type Model } from '../../bin/fetch-models.mjs';
import { MODEL_FILES } from '../../src/processor/remove.ts';
import { ROOT } from '../../tools/lib/setup.mjs';

const DATA = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7) % 251));
const hashOf = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('fetch-models', () => {
  let server: Server;
  let folder: string;
  let model: Model;
  let answer: RequestListener;
  let ranges: (string | undefined)[];
  const file = () => path.join(folder, 'm.tflite');

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clean-plate-models-'));
    ranges = [];
    answer = (request, response) => {
      const { range } = request.headers;
      const from = Number(range?.match(/bytes=(\d+)-/)?.[1] ?? 0);
      response.writeHead(range ? 206 : 200).end(DATA.subarray(from));
    };
    server = createServer((request, response) => {
      ranges.push(request.headers.range);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/m`;
    model = { file: 'm.tflite', what: 'a test', url, bytes: DATA.length, sha256: hashOf(DATA) };
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('stores a file that has its hash, reports its progress, and asks for it once', async () => {
    const said: string[] = [];
    await fetchModels(path.join(folder, 'new'), { models: [model], say: (line) => said.push(line) });
    expect(readFileSync(path.join(folder, 'new/m.tflite')).equals(DATA)).toBe(true);
    expect(said.join('\n')).toMatch(/of 0\.1 MB[\s\S]*checked/);
    await fetchModels(path.join(folder, 'new'), { models: [model] });
    expect(ranges).toEqual([undefined]);
  });

  it('goes on where it broke off', async () => {
    const whole = answer;
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': DATA.length });
      response.write(DATA.subarray(0, 20_000));
      // Not before something has arrived: what breaks off at once leaves nothing to go on from.
      const arrived = setInterval(() => {
        if (!existsSync(`${file()}.part`) || statSync(`${file()}.part`).size === 0) return;
        clearInterval(arrived);
        response.destroy();
      }, 5);
    };
    await expect(fetchModels(folder, { models: [model] })).rejects.toThrow(/broke off.*Run this again/);
    expect(existsSync(file())).toBe(false);
    answer = whole;
    await fetchModels(folder, { models: [model] });
    expect(readFileSync(file()).equals(DATA)).toBe(true);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('starts anew with a server that knows no ranges', async () => {
    writeFileSync(`${file()}.part`, DATA.subarray(0, 1000));
    answer = (_, response) => response.writeHead(200).end(DATA);
    await fetchModels(folder, { models: [model] });
    expect(readFileSync(file()).equals(DATA)).toBe(true);
  });

  it('keeps nothing that has another hash', async () => {
    answer = (_, response) => response.writeHead(200).end(Buffer.alloc(DATA.length, 1));
    await expect(fetchModels(folder, { models: [model] })).rejects.toThrow(/does not have the sha256/);
    expect([existsSync(file()), existsSync(`${file()}.part`)]).toEqual([false, false]);
  });

  it('says what is wrong with a server, and with a file that is there', async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(fetchModels(folder, { models: [model] })).rejects.toThrow(/answered 404/);
    writeFileSync(file(), 'mine');
    await expect(fetchModels(folder, { models: [model] })).rejects.toThrow(/another file/);
    expect(readFileSync(file(), 'utf8')).toBe('mine');
  });

  it('fetches the files that the package looks for, as MediaPipe pins them', () => {
    expect(MODELS.map((each) => each.file).sort()).toEqual(Object.values(MODEL_FILES).sort());
    for (const each of MODELS) {
      const shared = path.join(ROOT, '../shared/models', each.file);
      if (!existsSync(shared)) continue;
      const data = readFileSync(shared);
      expect([data.length, hashOf(data)]).toEqual([each.bytes, each.sha256]);
    }
  });
});
