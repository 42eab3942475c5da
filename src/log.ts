/** What a worker logs; see {@link RemoverOptions.log}. */
export type LogLevel = 'silent' | 'errors' | 'debug';

/**
 * MediaPipe's lines begin as glog's do: the severity, month and day. E is an error, F ends the program. LiteRT's spell
 * it out.
 */
const ERROR = /^([EF]\d{4} |ERROR: |FATAL: )/;

let level: LogLevel = 'errors';

/** One level for a worker, as it works for one remover. */
export function setLogLevel(to: LogLevel): void {
  level = to;
}

/** A line of MediaPipe's or LiteRT's, which have no level of their own to set. */
export function logLine(line: string): void {
  if (level === 'debug') console.debug(line);
  else if (level === 'errors' && ERROR.test(line)) console.error(line);
}

/** Shows the profiler a stage that took `ms` milliseconds until now. */
export function logStage(stage: string, ms: number): void {
  if (level !== 'debug') return;
  const end = performance.now();
  const name = `clean-plate ${stage}`;
  performance.measure(name, { start: Math.max(0, end - ms), end });
  performance.clearMeasures(name); // profilers have noted it by then; what stays would grow with the call
}
