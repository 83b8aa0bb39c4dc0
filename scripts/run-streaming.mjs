import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from './setup/places.mjs';

/** How long a program may take to end by itself once it is asked to. */
const GRACE_MS = 15_000;

/**
 * Runs a program on our own output; with a `prefix` that stands before each line. After `limitMs` it is asked to end,
 * then its whole group is killed.
 */
export function runStreaming(program, args, { env = process.env, limitMs, prefix = '' }) {
  return new Promise((resolve, reject) => {
    const grouped = process.platform !== 'win32';
    const output = prefix === '' ? 'inherit' : 'pipe';
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', output, output], detached: grouped });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => console.log(prefix + line));
    }
    const signalAll = (signal) => {
      try {
        if (grouped) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It ended in between.
      }
    };
    let timedOut = false;
    let interrupted = false;
    let kill;
    const stop = () => {
      signalAll('SIGTERM');
      kill = setTimeout(() => signalAll('SIGKILL'), GRACE_MS);
    };
    const limit = setTimeout(() => {
      timedOut = true;
      stop();
    }, limitMs);
    // In a group of its own it does not get the terminal's Ctrl-C.
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const interrupt = () => {
      interrupted = true;
      stop();
    };
    for (const signal of signals) process.on(signal, interrupt);
    child.on('error', reject);
    // Not `close`: what a test left running may hold the output open for ever.
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      clearTimeout(kill);
      for (const name of signals) process.off(name, interrupt);
      resolve({ code: code ?? 1, signal, timedOut, interrupted });
    });
  });
}
