import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The administrator's password, in `secrets/admin-password` (0600) so that `cumulet openrc` can print it. A given one
 * replaces what is there; the first start without one makes one.
 */
export async function adminPassword(dataDir: string, given: string | undefined): Promise<string> {
  const file = join(dataDir, 'secrets', 'admin-password');
  await mkdir(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim() !== '' && (given === undefined || given === kept.trim())) return kept.trim();
  const password = given ?? randomBytes(15).toString('base64url');
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}
