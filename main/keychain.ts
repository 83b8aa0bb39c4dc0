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

  constructor(file: string) {
    this.#file = file;
  }

  async load(): Promise<string | null> {
    if (this.#secret !== null) return this.#secret;
    const encrypted = readOrNull(this.#file);
    if (encrypted === null || !(await hasKeychain())) return null;
    try {
      this.#secret = (await safeStorage.decryptStringAsync(encrypted)).result;
    } catch {
      // Written with a key that is gone, as after a restored backup: of no use to anyone.
      this.clear();
    }
    return this.#secret;
  }

  async save(secret: string): Promise<void> {
    this.#secret = secret;
    if (!(await hasKeychain())) return;
    const encrypted = await safeStorage.encryptStringAsync(secret);
    // Whoever signed out meanwhile leaves nothing behind.
    if (this.#secret === secret) writeFileSync(this.#file, encrypted, { mode: 0o600 });
  }

  clear(): void {
    this.#secret = null;
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

function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
