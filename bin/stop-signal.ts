/** Ctrl-C reaches a process twice when a launcher passes it on; what comes within this time is the same request. */
const SAME_REQUEST_MS = 1_000;

/**
 * Resolves with the first signal that asks this process to stop. A later one means "now": it ends the process at once
 * with the code a shell expects.
 */
export function waitForStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    const onSignal = (signal: NodeJS.Signals, number: number) => {
      if (askedAt === null) {
        askedAt = performance.now();
        resolve(signal);
      } else if (performance.now() - askedAt > SAME_REQUEST_MS) {
        process.exit(128 + number);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
