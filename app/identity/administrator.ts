import { randomPassword } from '../random-password.ts';
import { readSecret, secretFile, writeSecret } from '../secret-file.ts';
import type { IdentityService } from './identity.service.ts';

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

/** The administrator's password as a start finds it: given to it, kept in the file, known to the database as a hash. */
export class Administrator {
  readonly #identity: Pick<IdentityService, 'start' | 'isNew' | 'isAdminPassword'>;
  readonly #file: AdminPasswordFile;
  readonly #given: string | undefined;
  #password: string | null = null;
  #isOfNewCloud = false;

  constructor(parts: {
    identity: Pick<IdentityService, 'start' | 'isNew' | 'isAdminPassword'>;
    dataDir: string;
    /** To this start. */
    given: string | undefined;
  }) {
    this.#identity = parts.identity;
    this.#file = new AdminPasswordFile(parts.dataDir);
    this.#given = parts.given;
  }

  /** Starts identity with the password that was given, or the one that is kept, or for a new cloud with a new one. */
  async start(): Promise<void> {
    this.#isOfNewCloud = await this.#identity.isNew();
    const kept = await this.#file.read();
    // Of a cloud that is there already, only the administrator or its owner gives another one.
    const password = this.#given ?? kept ?? (this.#isOfNewCloud ? newAdminPassword() : null);
    if (password !== null && password !== kept) await this.#file.write(password);
    await this.#identity.start({ adminPassword: password, resetAdminPassword: this.#given !== undefined });
    this.#password = password;
  }

  /** This start made the cloud. */
  get isOfNewCloud(): boolean {
    return this.#isOfNewCloud;
  }

  /**
   * Which file does not hold the administrator's password (any more), null for none. It takes as long as a sign-in, so no
   * start waits for it.
   */
  async lostPasswordFile(): Promise<string | null> {
    const password = this.#password;
    const isKnown =
      password !== null && (this.#given !== undefined || (await this.#identity.isAdminPassword(password)));
    return isKnown ? null : this.#file.path;
  }
}
