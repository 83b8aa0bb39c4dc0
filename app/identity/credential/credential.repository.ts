import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { type CredentialRecord, credentials } from './credential.tables.ts';
import type { CredentialCipher } from './credential-cipher.ts';

/** Rows of credentials: blobs are encrypted in the table only. */
export class CredentialRepository {
  readonly #database: Database;
  readonly #cipher: CredentialCipher;

  constructor(parts: { database: Database; cipher: CredentialCipher }) {
    this.#database = parts.database;
    this.#cipher = parts.cipher;
  }

  async find(id: string, on: Queryable = this.#database.query): Promise<CredentialRecord | undefined> {
    const rows = on.selectFrom('identity_credential').selectAll();
    const row = await rows.where('id', '=', id).executeTakeFirst();
    return row && this.#decrypted(credentials.toRecord(row));
  }

  async list(filter: { user_id?: string | undefined; type?: string | undefined }): Promise<CredentialRecord[]> {
    let rows = this.#database.query.selectFrom('identity_credential').selectAll();
    for (const column of ['user_id', 'type'] as const) {
      const value = filter[column];
      if (value !== undefined) rows = rows.where(column, '=', value);
    }
    return (await rows.orderBy('created_at').orderBy('id').execute()).map((row) =>
      this.#decrypted(credentials.toRecord(row)),
    );
  }

  async exists(trx: Transaction, id: string): Promise<boolean> {
    const row = await trx.selectFrom('identity_credential').select('id').where('id', '=', id).executeTakeFirst();
    return row !== undefined;
  }

  async insert(trx: Transaction, record: CredentialRecord): Promise<void> {
    await trx
      .insertInto('identity_credential')
      .values(credentials.toRow(this.#encrypted(record)))
      .execute();
  }

  /** What `change` makes of the credential as it is in this transaction; undefined where there is none. */
  async update(
    trx: Transaction,
    id: string,
    change: (record: CredentialRecord) => Promise<CredentialRecord>,
  ): Promise<CredentialRecord | undefined> {
    const stored = await this.find(id, trx);
    if (!stored) return undefined;
    const record = await change(stored);
    await trx
      .updateTable('identity_credential')
      .set(credentials.toChanges(this.#encrypted(record)))
      .where('id', '=', id)
      .execute();
    return record;
  }

  /** And with it the tokens it was signed for with. */
  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_credential').where('id', '=', id).execute();
  }

  /** False where the step's code was used before. */
  async useTotpStep(trx: Transaction, credential_id: string, step: number): Promise<boolean> {
    const done = await trx
      .insertInto('identity_totp_use')
      .values({ credential_id, step })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async forgetTotpSteps(trx: Transaction, credentialId: string, before: number): Promise<void> {
    await trx
      .deleteFrom('identity_totp_use')
      .where('credential_id', '=', credentialId)
      .where('step', '<', before)
      .execute();
  }

  #decrypted(record: CredentialRecord): CredentialRecord {
    return { ...record, blob: this.#cipher.decrypt(record.blob, record.id) };
  }

  #encrypted(record: CredentialRecord): CredentialRecord {
    return { ...record, blob: this.#cipher.encrypt(record.blob, record.id) };
  }
}
