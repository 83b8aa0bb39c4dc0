import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Queryable, Transaction } from '../../database/database.ts';

/** Who is in which group. A membership that has expired is as if it were not there. */
export class GroupRepository {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(parts: { database: Database; now: () => number }) {
    this.#database = parts.database;
    this.#now = parts.now;
  }

  /** As a condition on users: those in the group. */
  membersOf(groupId: string): RawBuilder<SqlBool> {
    return sql`id IN (SELECT user_id FROM identity_group_member WHERE group_id = ${groupId} AND ${this.#isValid()})`;
  }

  /** The groups a user is in, by id, and when that ends by itself: the latest end, null where it does not. */
  async membershipsOf(userId: string): Promise<Map<string, string | null>> {
    const rows = await this.#query
      .selectFrom('identity_group_member')
      .select(['group_id', 'expires_at'])
      .where('user_id', '=', userId)
      .where(this.#isValid())
      .orderBy(sql`expires_at IS NULL`)
      .orderBy('expires_at')
      .execute();
    return new Map(rows.map((row) => [row.group_id, row.expires_at]));
  }

  async isMember(groupId: string, userId: string, query: Queryable = this.#query): Promise<boolean> {
    const row = await query
      .selectFrom('identity_group_member')
      .select('user_id')
      .where('group_id', '=', groupId)
      .where('user_id', '=', userId)
      .where(this.#isValid())
      .executeTakeFirst();
    return row !== undefined;
  }

  /** For good, unlike those an identity provider's mapping makes. */
  async addMember(trx: Transaction, groupId: string, userId: string): Promise<void> {
    await trx
      .insertInto('identity_group_member')
      .values({ group_id: groupId, user_id: userId, idp_id: null, expires_at: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async removeMember(trx: Transaction, groupId: string, userId: string): Promise<void> {
    await trx
      .deleteFrom('identity_group_member')
      .where('group_id', '=', groupId)
      .where('user_id', '=', userId)
      .execute();
  }

  get #query(): Queryable {
    return this.#database.query;
  }

  #isValid(): RawBuilder<SqlBool> {
    return sql`(expires_at IS NULL OR expires_at > ${new Date(this.#now()).toISOString()})`;
  }
}
