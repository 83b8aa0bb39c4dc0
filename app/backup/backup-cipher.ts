import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { UserError } from '../contract/errors.ts';

export type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/**
 * What a backup is encrypted for: a key of its own, which lies in the backup under the passphrase. It closes and does not
 * open, so that a task may store it. All of it is age's format (age-encryption.org/v1).
 */
export interface BackupLock {
  recipient: string;
  /** The private half, encrypted with the passphrase: base64. */
  keyFile: string;
}

/** `workFactor`: base 2 logarithm of scrypt's cost; age's own where none is given. */
export async function makeLock(passphrase: string, workFactor?: number): Promise<BackupLock> {
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor);
  const keyFile = Buffer.from(await encrypter.encrypt(`${identity}\n`)).toString('base64');
  return { recipient: await identityToRecipient(identity), keyFile };
}

/** The private key in `keyFile`. */
export async function openKeyFile(keyFile: Uint8Array, passphrase: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return (await decrypter.decrypt(keyFile, 'text')).trim();
  } catch (cause) {
    throw new UserError('forbidden', 'The passphrase is not the one of this backup, or its key is damaged.', { cause });
  }
}

/** Encrypts a part, whose size beforehand says what it has after. */
export class PartEncrypter {
  readonly #encrypter = new Encrypter();

  constructor(lock: BackupLock) {
    this.#encrypter.addRecipient(lock.recipient);
  }

  async open(size: number, bytes: Bytes): Promise<{ size: number; bytes: Bytes }> {
    const encrypted = await this.#encrypter.encrypt(toWeb(bytes));
    return { size: encrypted.size(size), bytes: fromWeb(encrypted) };
  }
}

export async function decryptPart(identity: string, bytes: Bytes): Promise<Bytes> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return fromWeb(await decrypter.decrypt(toWeb(bytes)));
}

/** Node's streams are the web's, with types of their own. */
function toWeb(bytes: Bytes): ReadableStream<Uint8Array> {
  return NodeReadableStream.from(bytes) as unknown as ReadableStream<Uint8Array>;
}

function fromWeb(stream: ReadableStream<Uint8Array>): Bytes {
  return stream as unknown as Bytes;
}
