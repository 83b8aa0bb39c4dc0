import { randomBytes } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import type { Database, Queryable } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { CredentialCipher } from '../credential/credential-cipher.ts';
import { newIdentityId } from '../identity-id.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import type { TokenService } from '../token/token.service.ts';
import { type ConsumerRecord, consumers } from './oauth.tables.ts';

/** Who may ask users for access by OAuth 1. */
export class ConsumerService {
  readonly records: KeystoneResource<ConsumerRecord>;
  readonly #cipher: CredentialCipher;

  constructor(parts: { database: Database; events: EventService; tokens: TokenService; cipher: CredentialCipher }) {
    const { database, events, tokens } = parts;
    this.#cipher = parts.cipher;
    this.records = new KeystoneResource<ConsumerRecord>(
      {
        table: consumers,
        thing: 'consumer',
        defaults: { description: null } as Omit<ConsumerRecord, 'id' | 'extra'>,
        extra: { known: ['secret'] },
        filters: [],
        // The database ends its access tokens, and what was signed in for with them.
        checkDelete: async (trx) => database.afterCommit(trx, () => tokens.changed()),
      },
      { database, events },
    );
  }

  /** The secret is answered here and never again. */
  async create(context: Context, sent: Sent): Promise<ConsumerRecord> {
    const [id, secret] = [newIdentityId(), randomBytes(32).toString('hex')];
    const consumer = await this.records.make(context, sent, id, { secret: this.#cipher.encrypt(secret, id) });
    return { ...consumer, secret };
  }

  /** 404 where there is no such consumer. */
  async secretOf(id: string, on?: Queryable): Promise<string> {
    return this.#cipher.decrypt((await this.records.get(id, on)).secret, id);
  }
}
