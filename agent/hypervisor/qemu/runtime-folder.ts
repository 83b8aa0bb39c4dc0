import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationalError } from '../../../app/contract/errors.ts';

/** `sun_path` is 108 bytes on Linux and 104 on macOS and the BSDs, with the final zero. */
const SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;
/** `/<uuid>/<three letters>` */
const WITHIN = 1 + 36 + 1 + 3;

/** The folder for sockets: in the data folder where the path is short enough, else in the temporary folder. */
export function runtimeFolderPath(dataFolder: string, userId: number): string {
  const own = join(dataFolder, 'run');
  if (Buffer.byteLength(own) + WITHIN <= SOCKET_PATH_BYTES) return own;
  // Derived from the data folder only, so that the next agent finds the sockets of running machines.
  const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  return join(tmpdir(), `cumulet-${userId}-${hash}`);
}

/** Makes the folder, and refuses one that somebody else could have laid there to get at the machines' consoles. */
export async function openRuntimeFolder(dataFolder: string): Promise<string> {
  const userId = process.getuid?.() ?? 0;
  const path = runtimeFolderPath(dataFolder, userId);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const info = await lstat(path);
  const isOurs =
    info.isDirectory() && (process.getuid === undefined || (info.uid === userId && (info.mode & 0o077) === 0));
  if (!isOurs) {
    throw new OperationalError(
      'forbidden',
      'agent',
      `The folder ${path} belongs to someone else or is open to others.`,
      {
        hint: `Remove it, or run chmod 700 on it if it is yours.`,
      },
    );
  }
  return path;
}
