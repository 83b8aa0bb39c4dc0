import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { OperationalError } from '../../contract/errors.ts';
import type { ResourceTable } from '../../resource/collection-query.ts';
import { readSecret, secretFile, writeSecret } from '../../secret-file.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what credentials hold, under a key that lies in the data folder beside the database, not in it. */
export class CredentialCipher {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The key is `secrets/credentials` in the data folder, made at the first start. */
  static async open(dataDir: string): Promise<CredentialCipher> {
    const kept = await readSecret(dataDir, 'credentials');
    const text = kept ?? `${randomBytes(KEY_BYTES).toString('base64')}\n`;
    if (kept === undefined) await writeSecret(dataDir, 'credentials', text);
    const key = Buffer.from(text, 'base64');
    if (key.length !== KEY_BYTES) {
      const file = secretFile(dataDir, 'credentials');
      throw new OperationalError('unavailable', 'controller', `${file} holds no key.`, {
        hint: 'Put back the file from the backup of the data folder: stored credentials cannot be read without it.',
      });
    }
    return new CredentialCipher(key);
  }

  /** `id` is bound to it: what was stored for one credential cannot be put into another. */
  encrypt(text: string, id: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(id));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  decrypt(stored: string, id: string): string {
    const bytes = Buffer.from(stored, 'base64');
    const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new OperationalError('unavailable', 'controller', 'A stored credential cannot be read.', {
        hint: 'secrets/credentials in the data folder is not the key it was stored with.',
        cause,
      });
    }
  }
}

/** The table with `attribute` encrypted in its rows and readable in its records. */
export function encrypted<R extends { id: string }>(
  table: ResourceTable<R>,
  attribute: keyof R & string,
  cipher: CredentialCipher,
): ResourceTable<R> {
  const toRow = (record: R) =>
    table.toRow({ ...record, [attribute]: cipher.encrypt(String(record[attribute]), record.id) });
  return {
    name: table.name,
    columns: table.columns,
    columnOf: (name) => table.columnOf(name),
    toRow,
    toRecord: (row) => {
      const record = table.toRecord(row);
      return { ...record, [attribute]: cipher.decrypt(String(record[attribute]), record.id) };
    },
    toDifference: (before, after) => {
      const changed = Object.keys(table.toDifference(before, after));
      return Object.fromEntries(Object.entries(toRow(after)).filter(([name]) => changed.includes(name)));
    },
  };
}
