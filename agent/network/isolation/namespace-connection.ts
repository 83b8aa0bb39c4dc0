import { spawn } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { findExecutable } from '../../host-programs.ts';

/** Whether that process is in a network namespace of its own. */
export async function isApart(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const [own, its] = await Promise.all([readlink('/proc/self/ns/net'), readlink(`/proc/${pid}/ns/net`)]);
  return own !== its;
}

/**
 * A connection to a port of the loopback of that process's namespace, or of the host's where it has none. It may not be
 * one yet when this resolves: what does not listen shows by its end. Null where the programs for it are missing.
 */
export async function connectWithin(pid: number, port: number, signal: AbortSignal): Promise<Duplex | null> {
  if (!(await isApart(pid))) return connect({ host: '127.0.0.1', port, signal }).on('error', () => undefined);
  const [nsenter, socat] = await Promise.all([findExecutable('nsenter'), findExecutable('socat')]);
  if (nsenter === null || socat === null) return null;
  const into = ['--target', String(pid), '--user', '--net', '--preserve-credentials', '--'];
  const child = spawn(nsenter, [...into, socat, '-', `TCP4:127.0.0.1:${port}`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH },
    signal,
    killSignal: 'SIGKILL',
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on('error', () => undefined);
  stream.on('close', () => child.kill('SIGKILL'));
  return stream;
}
