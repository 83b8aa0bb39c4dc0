import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { UserError } from '../../contract/errors.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { expressionsOf } from '../../database/dialects/dialect.ts';
import type { UserRecord } from '../directory/directory.tables.ts';
import type { Federated } from '../directory/user.schema.ts';
import type { FederatedUsers } from '../directory/user.service.ts';
import type { FederationService } from './federation.service.ts';

interface Link {
  idp_id: string;
  protocol_id: string;
  unique_id: string;
}

/** What identity providers call a user, as administrators see and set it (`federated` of users). */
export class FederatedLinkService implements FederatedUsers {
  readonly #database: Database;
  readonly #federation: FederationService;

  constructor(parts: { database: Database; federation: FederationService }) {
    this.#database = parts.database;
    this.#federation = parts.federation;
  }

  async of(userIds: readonly string[]): Promise<ReadonlyMap<string, Federated>> {
    const rows = await this.#database.query
      .selectFrom('identity_federated_user')
      .select(['user_id', 'idp_id', 'protocol_id', 'unique_id'])
      .where('user_id', 'in', userIds)
      .orderBy('idp_id')
      .orderBy('protocol_id')
      .orderBy('unique_id')
      .execute();
    const byUser = Map.groupBy(rows, ({ user_id }) => user_id);
    return new Map([...byUser].map(([userId, links]) => [userId, toFederated(links)]));
  }

  /** Who is no longer known to a provider loses the tokens and the memberships that came by it. */
  async replace(trx: Transaction, user: Pick<UserRecord, 'id' | 'name'>, federated: Federated): Promise<void> {
    const wanted = federated.flatMap(({ idp_id, protocols }) => protocols.map((each) => ({ idp_id, ...each })));
    const stored = await trx
      .selectFrom('identity_federated_user')
      .select(['idp_id', 'protocol_id', 'unique_id'])
      .where('user_id', '=', user.id)
      .execute();
    const gone = stored.filter((link) => !wanted.some((other) => isSame(link, other)));
    for (const link of gone) await deleteLink(trx, user.id, link);
    for (const link of wanted) {
      await this.#assertProtocol(trx, link);
      if (!stored.some((other) => isSame(link, other))) await this.#insert(trx, user, link);
    }
    const lost = gone.map(({ idp_id }) => idp_id).filter((id) => !wanted.some(({ idp_id }) => idp_id === id));
    if (lost.length === 0) return;
    await trx.deleteFrom('identity_group_member').where('user_id', '=', user.id).where('idp_id', 'in', lost).execute();
    await trx
      .deleteFrom('identity_token')
      .where('user_id', '=', user.id)
      .where(expressionsOf(trx).member(sql.ref('federation'), 'identityProviderId'), 'in', lost)
      .execute();
  }

  condition(filter: Partial<Link>): RawBuilder<SqlBool> {
    const conditions = Object.entries(filter).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
    const links = sql`SELECT user_id FROM identity_federated_user WHERE ${sql.join(conditions, sql` AND `)}`;
    return sql<SqlBool>`id IN (${links})`;
  }

  async #assertProtocol(trx: Transaction, { idp_id, protocol_id }: Link): Promise<void> {
    if (!(await this.#federation.providers.find(idp_id, trx)))
      throw refuse(`Could not find Identity Provider: ${idp_id}.`);
    if (await this.#federation.findProtocol(idp_id, protocol_id, trx)) return;
    throw refuse(`Could not find federated protocol ${protocol_id} for Identity Provider: ${idp_id}.`);
  }

  async #insert(trx: Transaction, user: Pick<UserRecord, 'id' | 'name'>, link: Link): Promise<void> {
    const { numInsertedOrUpdatedRows: inserted } = await trx
      .insertInto('identity_federated_user')
      .values({ ...link, user_id: user.id, display_name: user.name })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted) return;
    throw new UserError(
      'conflict',
      `Conflict occurred attempting to store federated_user - ${link.idp_id} knows somebody as ${link.unique_id} already.`,
      { field: 'user.federated' },
    );
  }
}

async function deleteLink(trx: Transaction, userId: string, { idp_id, protocol_id, unique_id }: Link): Promise<void> {
  await trx
    .deleteFrom('identity_federated_user')
    .where('user_id', '=', userId)
    .where('idp_id', '=', idp_id)
    .where('protocol_id', '=', protocol_id)
    .where('unique_id', '=', unique_id)
    .execute();
}

function isSame(one: Link, other: Link): boolean {
  return one.idp_id === other.idp_id && one.protocol_id === other.protocol_id && one.unique_id === other.unique_id;
}

/** Grouped by provider, as Keystone shows it. */
function toFederated(links: readonly Link[]): Federated {
  return [...Map.groupBy(links, ({ idp_id }) => idp_id)].map(([idp_id, ofProvider]) => ({
    idp_id,
    protocols: ofProvider.map(({ protocol_id, unique_id }) => ({ protocol_id, unique_id })),
  }));
}

function refuse(message: string): UserError {
  return new UserError('bad_request', message, { field: 'user.federated' });
}
