import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * True for the first process on this profile. A later one hands its arguments to the first and gets false. Electron
 * answers at once, so the second one's message is sent by a child process that is waited for.
 */
export function holdSingleInstance(profile: string, onSecond: (argv: string[]) => void): boolean {
  const socket = join(profile, 'instance.sock');
  const lock = join(profile, 'instance.lock');
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch {
    const send = `require('net').connect(process.argv[1]).end(process.argv[2])`;
    execFileSync(process.execPath, ['-e', send, socket, JSON.stringify(process.argv)], { timeout: 60_000 });
    return false;
  }
  const server = createServer(async (connection) => onSecond(JSON.parse(await text(connection))));
  server.listen(socket);
  server.unref();
  process.on('exit', () => {
    rmSync(lock, { force: true });
    rmSync(socket, { force: true });
  });
  return true;
}
