export function watchRequests(show: (elsewhere: number) => void): void {
  let elsewhere = 0;
  show(0);
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      if (!/^https?:/.test(name) || new URL(name).origin === location.origin) continue;
      elsewhere++;
    }
    show(elsewhere);
  }).observe({ type: 'resource', buffered: true });
}
