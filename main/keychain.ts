import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { safeStorage } from 'electron';
import { z } from 'zod';

const sessionSchema = z.object({ token: z.string() });

/**
 * The dashboard's sign-in, encrypted with a key from the platform's keychain. Where there is no keychain it is kept in
 * memory only, so that every window of this start has it and the disk never does.
 */
export class Keychain {
  readonly #file: string;
  #secret: string | null = null;
  /** Counts what was kept and forgotten: who waited for the platform looks whether what they know still holds. */
  #changes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async load(): Promise<string | null> {
    if (this.#secret !== null) return this.#secret;
    const encrypted = readOrNull(this.#file);
    const before = this.#changes;
    if (encrypted === null || !(await hasKeychain())) return this.#secret;
    const secret = await decryptedOrNull(encrypted);
    // Whoever signed in or out meanwhile knows better.
    if (this.#changes !== before) return this.#secret;
    // Written with a key that is gone, as after a restored backup: of no use to anyone.
    if (secret === null) this.clear();
    this.#secret = secret;
    return secret;
  }

  async save(secret: string): Promise<void> {
    this.#secret = secret;
    this.#changes += 1;
    const change = this.#changes;
    if (!(await hasKeychain())) return;
    const encrypted = await safeStorage.encryptStringAsync(secret);
    // Whoever signed out meanwhile leaves nothing behind.
    if (this.#changes === change) writeFileSync(this.#file, encrypted, { mode: 0o600 });
  }

  clear(): void {
    this.#secret = null;
    this.#changes += 1;
    rmSync(this.#file, { force: true });
  }

  /** The token of the person who is signed in, or null. */
  async token(): Promise<string | null> {
    const secret = await this.load();
    if (secret === null) return null;
    try {
      return sessionSchema.parse(JSON.parse(secret)).token;
    } catch {
      return null;
    }
  }
}

/** `basic_text` is a key that stands in Chromium's sources: no protection at all. */
async function hasKeychain(): Promise<boolean> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

async function decryptedOrNull(encrypted: Buffer): Promise<string | null> {
  try {
    return (await safeStorage.decryptStringAsync(encrypted)).result;
  } catch {
    return null;
  }
}

function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
