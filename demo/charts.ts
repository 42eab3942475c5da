import type { RemoverStats } from '../src/processor/index.ts';

/** Samples that a chart shows; there are two a second. */
const SAMPLES = 60;
const [WIDTH, HIGH] = [120, 28];
const SVG = 'http://www.w3.org/2000/svg';

interface Chart {
  readonly name: string;
  /** Top of the scale; a larger value raises it. */
  readonly top: number;
  readonly of: (stats: RemoverStats) => number;
  readonly words: (value: number) => string;
}

const CHARTS: readonly Chart[] = [
  { name: 'Frames a second', top: 30, of: ({ fps }) => fps, words: (value) => value.toFixed(1) },
  { name: 'Milliseconds a frame', top: 33, of: ({ ms }) => ms.total ?? 0, words: (value) => `${value.toFixed(1)} ms` },
  { name: 'Room known', top: 1, of: ({ coverage }) => coverage, words: (value) => `${(value * 100).toFixed(0)} %` },
  { name: 'Hole', top: 1, of: ({ hole }) => hole, words: (value) => `${(value * 100).toFixed(0)} %` },
];

/**
 * The last half minute of some figures, as lines. The newest value stands beside each in words, which is what is read
 * out.
 */
export class Charts {
  readonly #rows: readonly { chart: Chart; line: SVGPolylineElement; value: HTMLElement; samples: number[] }[];

  constructor(list: HTMLElement) {
    this.#rows = CHARTS.map((chart) => {
      const item = document.createElement('li');
      const name = document.createElement('span');
      name.textContent = chart.name;
      const svg = document.createElementNS(SVG, 'svg');
      svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HIGH}`);
      svg.setAttribute('preserveAspectRatio', 'none');
      svg.setAttribute('aria-hidden', 'true');
      const line = document.createElementNS(SVG, 'polyline');
      svg.append(line);
      const value = document.createElement('span');
      item.append(name, svg, value);
      list.append(item);
      return { chart, line, value, samples: [] };
    });
  }

  /** Called twice a second, also while nobody looks, so that the past is there when somebody does. */
  add(stats: RemoverStats | undefined): void {
    if (!stats) return;
    for (const { chart, line, value, samples } of this.#rows) {
      const newest = chart.of(stats);
      samples.push(newest);
      if (samples.length > SAMPLES) samples.shift();
      const top = Math.max(chart.top, ...samples);
      const step = WIDTH / (SAMPLES - 1);
      const first = SAMPLES - samples.length;
      const points = samples.map(
        (each, i) => `${((first + i) * step).toFixed(1)},${(HIGH - 1 - (each / top) * (HIGH - 2)).toFixed(1)}`,
      );
      line.setAttribute('points', points.join(' '));
      value.textContent = chart.words(newest);
    }
  }
}
