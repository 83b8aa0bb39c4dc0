/** Ctrl-C reaches a process twice when a launcher passes it on; what comes within this time is the same request. */
const SAME_REQUEST_MS = 1_000;

/**
 * Resolves when this process is asked to stop: by a signal, or by the desktop app that it is a utility process of. A
 * later signal means "now": it ends the process at once with the code a shell expects.
 */
export function waitForStopRequest(): Promise<string> {
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
    desktopPort()?.on('message', ({ data }) => {
      if (data === 'stop') resolve('stop');
    });
  });
}

/** The channel to the desktop app where this is one of its utility processes; null in a plain Node. */
export function desktopPort(): typeof process.parentPort | null {
  return process.parentPort ?? null;
}
