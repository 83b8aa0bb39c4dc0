import { randomBytes } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import type { Queryable } from '../../database/database.ts';
import type { CredentialCipher } from '../credential/credential-cipher.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { newIdentityId } from '../identity-id.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import { type ConsumerRecord, consumers } from './oauth.tables.ts';

/** Who may ask users for access by OAuth 1. */
export class Consumers extends KeystoneResource<ConsumerRecord> {
  readonly #cipher: CredentialCipher;

  constructor({ tokens, cipher, ...parts }: Pick<IdentityParts, 'database' | 'events' | 'tokens' | 'cipher'>) {
    super(
      {
        table: consumers,
        thing: 'consumer',
        defaults: { description: null } as Omit<ConsumerRecord, 'id' | 'extra'>,
        extra: { known: ['secret'] },
        filters: [],
        // The database ends its access tokens, and what was signed in for with them.
        checkDelete: async (trx) => parts.database.afterCommit(trx, () => tokens.changed()),
      },
      parts,
    );
    this.#cipher = cipher;
  }

  /** The secret is answered here and never again. */
  override async make(context: Context, sent: Sent): Promise<ConsumerRecord> {
    const [id, secret] = [newIdentityId(), randomBytes(32).toString('hex')];
    const consumer = await super.make(context, sent, id, { secret: this.#cipher.encrypt(secret, id) });
    return { ...consumer, secret };
  }

  /** 404 where there is no such consumer. */
  async secretOf(id: string, on?: Queryable): Promise<string> {
    return this.#cipher.decrypt((await this.get(id, on)).secret, id);
  }
}
