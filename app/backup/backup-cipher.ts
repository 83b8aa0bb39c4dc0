import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { UserError } from '../contract/errors.ts';
import { decryptPayload, encryptedPayloadSize, encryptPayload, HAS_NATIVE_CIPHER, split } from './age-payload.ts';
import type { Bytes } from './file-blocks.ts';

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

/** Bytes of a part's header: age's for one recipient of this kind always has as many. */
const HEADER_BYTES = 168;

/** Encrypts one part. Its size is known beforehand, as a tar wants it. */
export async function encryptPart(
  lock: BackupLock,
  size: number,
  bytes: Bytes,
): Promise<{ size: number; bytes: Bytes }> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(lock.recipient);
  if (!HAS_NATIVE_CIPHER) {
    const encrypted = await encrypter.encrypt(toWeb(bytes));
    return { size: encrypted.size(size), bytes: fromWeb(encrypted) };
  }
  // The library makes the header, and tells the file's key to whoever it is for.
  let fileKey = new Uint8Array();
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const header = Uint8Array.from((await encrypter.encrypt('')).subarray(0, HEADER_BYTES));
  return { size: HEADER_BYTES + encryptedPayloadSize(size), bytes: behind(header, encryptPayload(fileKey, bytes)) };
}

export async function decryptPart(identity: string, bytes: Bytes): Promise<Bytes> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  if (!HAS_NATIVE_CIPHER) return fromWeb(await decrypter.decrypt(toWeb(bytes)));
  const { first, rest } = await split(bytes, HEADER_BYTES);
  return decryptPayload(await decrypter.decryptHeader(first), rest);
}

async function* behind(first: Uint8Array<ArrayBuffer>, bytes: Bytes): Bytes {
  yield first;
  yield* bytes;
}

/** Node's streams are the web's, with types of their own. */
function toWeb(bytes: Bytes): ReadableStream<Uint8Array> {
  return NodeReadableStream.from(bytes) as unknown as ReadableStream<Uint8Array>;
}

function fromWeb(stream: ReadableStream<Uint8Array>): Bytes {
  return stream as unknown as Bytes;
}
