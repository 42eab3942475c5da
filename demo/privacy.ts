/** Counts what this page asked of hosts that are neither its own nor, by `expected`, those it was asked to talk to. */
export function watchRequests(
  show: (elsewhere: number) => void,
  expected: (url: URL) => boolean = ({ origin }) => origin === location.origin,
): void {
  let elsewhere = 0;
  show(0);
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      if (/^https?:/.test(name) && !expected(new URL(name))) elsewhere++;
    }
    show(elsewhere);
  }).observe({ type: 'resource', buffered: true });
}
