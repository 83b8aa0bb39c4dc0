import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { flag } from '../../database/table.ts';
import type { Scope } from '../token/token.ts';
import type { AssignmentRow } from './assignment.tables.ts';

/** Who has the role: a user, or every member of a group. */
export type Actor = { user_id: string } | { group_id: string };
/** What it is had on; without either it is the system. */
export type Target = { project_id: string } | { domain_id: string } | Record<string, never>;
/** One role assignment as it was made. */
export interface Grant {
  actor: Actor;
  target: Target;
  inherited: boolean;
}

interface Side {
  id: string;
  name: string;
  /** Null of a domain. */
  domain_id: string | null;
}
type Sides = Partial<Record<'user' | 'group' | 'project' | 'domain', Side | undefined>>;

/** Rows of who has which role on what, and what follows from them for one user. */
export class AssignmentRepository {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** Making the same assignment twice is no fault; false where it was there already. */
  async insert(trx: Transaction, grant: Grant, roleId: string): Promise<boolean> {
    const rows = trx
      .insertInto('identity_assignment')
      .values({ ...columnsOf(grant), role_id: roleId })
      .onConflict((conflict) => conflict.doNothing());
    return ((await rows.executeTakeFirst()).numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** False where there was none. */
  async delete(trx: Transaction, grant: Grant, roleId: string): Promise<boolean> {
    const rows = trx.deleteFrom('identity_assignment').where(isOf(grant)).where('role_id', '=', roleId);
    return (await rows.executeTakeFirst()).numDeletedRows > 0n;
  }

  /** Ids of the roles assigned there, as they were assigned: without what follows from them. */
  async rolesIn(grant: Grant): Promise<string[]> {
    const rows = this.#query.selectFrom('identity_assignment').select('role_id').where(isOf(grant)).orderBy('role_id');
    return (await rows.execute()).map((row) => row.role_id);
  }

  /**
   * The roles a token of this user on this scope carries, in one query: assigned directly, by groups whose membership
   * has not expired, inherited from the domain and from projects above, and all that those imply. Roles of one domain
   * count only by what they imply.
   */
  async rolesOf(userId: string, scope: Scope, query: Queryable = this.#query): Promise<{ id: string; name: string }[]> {
    if (scope.type === 'unscoped') return [];
    const { rows } = await sql<{ id: string; name: string }>`
      WITH RECURSIVE ${scope.type === 'project' ? sql`${lineage(scope.id)},` : sql``}
      ${this.#heldBy(userId)},
      reached (role_id) AS (
        SELECT a.role_id FROM held a WHERE ${onScope(scope)}
        UNION
        SELECT i.implied_role_id FROM reached JOIN identity_implied_role i ON i.prior_role_id = reached.role_id)
      SELECT r.id, r.name FROM reached JOIN identity_role r ON r.id = reached.role_id
      WHERE r.domain_id IS NULL ORDER BY r.name`.execute(query);
    return rows;
  }

  /**
   * Ids of the projects or domains on which a token of this user would have a role, whether enabled or not; for
   * `system` it is one when there is any.
   */
  async targetsOf(userId: string, targetType: 'project' | 'domain' | 'system'): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      WITH RECURSIVE effective (role_id, from_id) AS (
        SELECT id, id FROM identity_role WHERE domain_id IS NULL
        UNION
        SELECT effective.role_id, i.prior_role_id
        FROM effective JOIN identity_implied_role i ON i.implied_role_id = effective.from_id),
      ${this.#heldBy(userId)},
      counting AS (SELECT * FROM held WHERE role_id IN (SELECT from_id FROM effective)),
      below (id) AS (
        SELECT p.id FROM identity_project p
        WHERE p.parent_id IN (SELECT project_id FROM counting WHERE inherited = 1)
        UNION
        SELECT p.id FROM below JOIN identity_project p ON p.parent_id = below.id)
      ${TARGETS[targetType]}`.execute(this.#query);
    return rows.map((row) => row.id);
  }

  /** Both sides of a grant, as far as they are there, as the policy's rules look at them. */
  async sidesOf({ actor, target }: Grant, on: Queryable = this.#query): Promise<Sides> {
    const sides: Sides = {};
    if ('user_id' in actor) sides.user = await find(on, 'identity_user', actor.user_id);
    else sides.group = await find(on, 'identity_group', actor.group_id);
    if ('project_id' in target) sides.project = await find(on, 'identity_project', target.project_id);
    if ('domain_id' in target) {
      const domain = await find(on, 'identity_project', target.domain_id);
      if (domain?.domain_id === null) sides.domain = domain;
    }
    return sides;
  }

  get #query(): Queryable {
    return this.#database.query;
  }

  /** `held`: the assignments of a user and of the groups the user is in. A union, because PostgreSQL finds one by an index. */
  #heldBy(userId: string): RawBuilder<unknown> {
    const now = new Date(this.#now()).toISOString();
    return sql`held AS MATERIALIZED (
      SELECT * FROM identity_assignment WHERE user_id = ${userId}
      UNION ALL
      SELECT * FROM identity_assignment WHERE group_id IN (
        SELECT m.group_id FROM identity_group_member m
        WHERE m.user_id = ${userId} AND (m.expires_at IS NULL OR m.expires_at > ${now})))`;
  }
}

type SideTable = 'identity_user' | 'identity_group' | 'identity_project';

async function find(on: Queryable, table: SideTable, id: string): Promise<Side | undefined> {
  return await on.selectFrom(table).select(['id', 'name', 'domain_id']).where('id', '=', id).executeTakeFirst();
}

const TARGETS = {
  project: sql`
    SELECT project_id AS id FROM counting WHERE inherited = 0 AND project_id IS NOT NULL
    UNION SELECT id FROM below
    UNION SELECT p.id FROM identity_project p
    WHERE p.domain_id IN (SELECT domain_id FROM counting WHERE inherited = 1)`,
  domain: sql`SELECT DISTINCT domain_id AS id FROM counting WHERE inherited = 0 AND domain_id IS NOT NULL`,
  system: sql`SELECT DISTINCT 'system' AS id FROM counting WHERE project_id IS NULL AND domain_id IS NULL`,
};

/** `lineage (id)`: the projects above one, and at the top its domain. */
function lineage(projectId: string): RawBuilder<unknown> {
  return sql`lineage (id) AS (
    SELECT parent_id FROM identity_project WHERE id = ${projectId}
    UNION
    SELECT p.parent_id FROM lineage JOIN identity_project p ON p.id = lineage.id)`;
}

function onScope(scope: Exclude<Scope, { type: 'unscoped' }>): RawBuilder<boolean> {
  if (scope.type === 'system') return sql`a.project_id IS NULL AND a.domain_id IS NULL`;
  if (scope.type === 'domain') return sql`a.domain_id = ${scope.id} AND a.inherited = 0`;
  return sql`(a.project_id = ${scope.id} AND a.inherited = 0) OR (a.inherited = 1 AND (
    a.project_id IN (SELECT id FROM lineage)
    OR a.domain_id = (SELECT domain_id FROM identity_project WHERE id = ${scope.id})))`;
}

function columnsOf({ actor, target, inherited }: Grant): Omit<AssignmentRow, 'role_id'> {
  return {
    user_id: null,
    group_id: null,
    project_id: null,
    domain_id: null,
    ...actor,
    ...target,
    inherited: flag.write(inherited),
  };
}

function isOf(grant: Grant): RawBuilder<SqlBool> {
  const checks = Object.entries(columnsOf(grant)).map(([column, value]) =>
    value === null ? sql`${sql.ref(column)} IS NULL` : sql`${sql.ref(column)} = ${value}`,
  );
  return sql`${sql.join(checks, sql` AND `)}`;
}
