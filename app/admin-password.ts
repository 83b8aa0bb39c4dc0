import type { IdentityService } from './identity/identity.service.ts';
import { randomPassword } from './random-password.ts';
import { readSecret, secretFile, writeSecret } from './secret-file.ts';

/**
 * `secrets/admin-password` (0600), so that `cumulet openrc` can print it. The database knows the password's hash only;
 * what is in the file was the password when it was written.
 */
export class AdminPasswordFile {
  readonly path: string;
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.path = secretFile(dataDir, 'admin-password');
  }

  /** Null where the file is missing or empty. */
  async read(): Promise<string | null> {
    return (await readSecret(this.#dataDir, 'admin-password'))?.trim() || null;
  }

  async write(password: string): Promise<void> {
    await writeSecret(this.#dataDir, 'admin-password', `${password}\n`);
  }
}

export function newAdminPassword(): string {
  return randomPassword(20);
}

/**
 * Starts identity with the password that was given to this start, or the one that is kept, or for a new cloud with a new
 * one. Answers how to learn which file does not hold the administrator's password (any more), null for none: that takes
 * as long as a sign-in, so no start waits for it.
 */
export async function startIdentity(
  identity: Pick<IdentityService, 'isNew' | 'start' | 'isAdminPassword'>,
  dataDir: string,
  given: string | undefined,
): Promise<() => Promise<string | null>> {
  const file = new AdminPasswordFile(dataDir);
  const kept = await file.read();
  // Of a cloud that is there already, only the administrator or its owner gives another one.
  const password = given ?? kept ?? ((await identity.isNew()) ? newAdminPassword() : null);
  if (password !== null && password !== kept) await file.write(password);
  await identity.start({ adminPassword: password, resetAdminPassword: given !== undefined });
  return async () => {
    const isKnown = password !== null && (given !== undefined || (await identity.isAdminPassword(password)));
    return isKnown ? null : file.path;
  };
}
