import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LogLevel, logLine, logStage, setLogLevel } from './log.ts';

const LINES = ['INFO: Created delegate', 'W1121 19:32:21.5 1 a.cc:2] slow', 'E1121 19:32:21.6 1 a.cc:3] broken'];

describe('log', () => {
  let written: string[];
  let measured: string[];

  beforeEach(() => {
    written = [];
    measured = [];
    vi.spyOn(console, 'error').mockImplementation((line) => void written.push(`error ${line[0]}`));
    vi.spyOn(console, 'debug').mockImplementation((line) => void written.push(`debug ${line[0]}`));
    const measure = performance.measure.bind(performance);
    vi.spyOn(performance, 'measure').mockImplementation((name, options) => {
      const entry = measure(name, options as PerformanceMeasureOptions);
      measured.push(`${name}: ${Math.round(entry.duration)}`);
      return entry;
    });
  });

  afterEach(() => {
    setLogLevel('errors');
    vi.restoreAllMocks();
  });

  it.each<[LogLevel, string[], string[]]>([
    ['silent', [], []],
    ['errors', ['error E'], []],
    ['debug', ['debug I', 'debug W', 'debug E'], ['clean-plate copy: 2']],
  ])('%s', (level, lines, stages) => {
    setLogLevel(level);
    for (const line of LINES) logLine(line);
    logStage('copy', 2);
    expect(written).toEqual(lines);
    expect(measured).toEqual(stages);
    expect(performance.getEntriesByType('measure')).toEqual([]);
  });
});
