import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bytes the guest sees of its disk. */
export const GUEST_VIRTUAL_SIZE = 64 * 1024 * 1024;

/** Path of the built-in small Linux, which is built if need be. */
export async function findGuestImage(): Promise<string> {
  await promisify(execFile)('bash', ['guest/build.sh', '.cache/guest'], { cwd: root });
  return `${root}.cache/guest/cumulet-linux.qcow2`;
}
