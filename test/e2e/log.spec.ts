import { expect, test } from '../fixtures.ts';

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'harness' in window);
});

for (const log of ['errors', 'debug'] as const) {
  test(`log '${log}': ${log === 'debug' ? 'MediaPipe speaks, and stages are measured' : 'the console stays empty'}`, async ({
    cleanPage,
  }) => {
    const lines: string[] = [];
    cleanPage.on('console', (message) => lines.push(message.text()));
    const measured = await cleanPage.evaluate(async (log) => {
      const { MarkedSource, cleanPlate, until } = window.harness;
      // The worker itself is asked what its profiler saw.
      const script = `
        const seen = new Set();
        const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ name }) => seen.add(name)));
        observer.observe({ entryTypes: ['measure'] });
        const channel = new BroadcastChannel('measured');
        channel.onmessage = ({ data }) => data || channel.postMessage([...seen]);
        await import('${new URL('/clean-plate/worker.js', location.href).href}');`;
      // What comes before the script listens would be lost.
      const early = `const early = []; const keep = ({ data, ports }) => early.push([data, ports]);
        addEventListener('message', keep);`;
      const late = `removeEventListener('message', keep);
        for (const [data, ports] of early) self.onmessage(new MessageEvent('message', { data, ports }));`;
      const url = URL.createObjectURL(new Blob([early, script, late], { type: 'text/javascript' }));
      const source = await MarkedSource.create();
      const createWorker = () => new Worker(url, { type: 'module' });
      const remover = await cleanPlate.Remover.create({ log, createWorker, assets: '/clean-plate/assets/' });
      await remover.setSource(source.track);
      await remover.ready;
      await until('20 frames', () => (remover.stats()?.frames ?? 0) > 20);
      let answers = 0;
      const names = new Set<string>();
      const channel = new BroadcastChannel('measured');
      channel.onmessage = ({ data }) => {
        if (!data) return;
        answers++;
        for (const name of data) names.add(name);
      };
      // Every worker answers: the guardian, and the one that makes the frames.
      channel.postMessage(null);
      await until('two answers', () => answers === 2);
      channel.close();
      await remover.close();
      source.stop();
      return [...names];
    }, log);
    if (log === 'errors') {
      expect(lines).toEqual([]);
      expect(measured).toEqual([]);
    } else {
      expect(lines.join('\n')).toMatch(/TensorFlow|Graph|gl_context/);
      expect(measured).toContain('clean-plate total');
      expect(measured).toContain('clean-plate segment');
    }
  });
}
