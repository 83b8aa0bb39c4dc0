import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../../database/database.ts';
import { flag } from '../../database/table.ts';

/** What a list of assignments is narrowed by: all that are given must hold. */
export interface AssignmentFilter {
  roleId?: string | undefined;
  userId?: string | undefined;
  groupId?: string | undefined;
  projectId?: string | undefined;
  /** With `projectId`: the projects below it too. */
  withSubtree?: boolean | undefined;
  domainId?: string | undefined;
  system?: boolean | undefined;
  inherited?: boolean | undefined;
  /** Only what is on this domain and its projects. */
  within?: string | undefined;
}

/** One assignment, or in an effective list one that follows from others: `via_` is where it comes from. */
export interface AssignmentRow {
  user_id: string | null;
  group_id: string | null;
  project_id: string | null;
  domain_id: string | null;
  role_id: string;
  inherited: number;
  /** The group whose member the user is. */
  via_group_id: string | null;
  /** Where it was made, to be inherited: a project above, or the domain. */
  via_project_id: string | null;
  via_domain_id: string | null;
  /** The role that implies this one. */
  via_role_id: string | null;
}

/** With names, of both sides and the role, and of the domains those are in. */
type Named = 'user' | 'group' | 'project' | 'role';
type Names = Record<`${Named}_${'name' | 'domain_id' | 'domain_name'}` | 'domain_name', string | null>;
export type NamedAssignmentRow = AssignmentRow & Names & { role_name: string };

const NOTHING = sql`CAST(NULL AS TEXT)`;
const ALWAYS = sql`1 = 1`;

/** As a condition on a column: some users, or of groups all. */
type Actors = (column: RawBuilder<unknown>) => RawBuilder<SqlBool>;

/** So many users are looked at at once, on all or on one project, domain or the system: a fraction of a second's work. */
const USERS_AT_ONCE = { everywhere: 50, onOne: 2500 };

/**
 * Lists of who has which role on what, in parts: SQLite answers while all else waits, so after each part others have
 * their turn. A part is one query of some users; what narrows it stands where its rows come from.
 */
export class RoleAssignmentRepository {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #usersAtOnce: typeof USERS_AT_ONCE;

  constructor(database: Database, now: () => number = Date.now, usersAtOnce = USERS_AT_ONCE) {
    this.#database = database;
    this.#now = now;
    this.#usersAtOnce = usersAtOnce;
  }

  /** As they were made. */
  async *listDirect(filter: AssignmentFilter, withNames: boolean): AsyncGenerator<AssignmentRow[]> {
    const { userId, groupId } = filter;
    if (groupId === undefined) {
      for await (const users of this.#users(filter)) {
        yield await this.#direct(filter, users(sql`a.user_id`), withNames);
      }
    }
    if (userId !== undefined) return;
    const groups = groupId === undefined ? sql<SqlBool>`a.group_id IS NOT NULL` : sql<SqlBool>`a.group_id = ${groupId}`;
    yield await this.#direct(filter, groups, withNames);
  }

  /**
   * What users have in the end: groups become their members (whose membership has not expired), what is inherited comes
   * to stand on the projects below, implied roles are beside those that imply them. Roles of one domain are not among
   * them, only what they imply. As in Keystone those on the system are in no other list than the system's.
   */
  async *listEffective(filter: AssignmentFilter, withNames: boolean): AsyncGenerator<AssignmentRow[]> {
    for await (const users of this.#users(filter)) yield await this.#effective(filter, users, withNames);
  }

  /** The users asked for, some at a time. */
  async *#users({ userId, projectId, domainId, system }: AssignmentFilter): AsyncGenerator<Actors> {
    if (userId !== undefined) {
      yield (column) => sql`${column} = ${userId}`;
      return;
    }
    const isOnOne = projectId !== undefined || domainId !== undefined || system === true;
    const atOnce = isOnOne ? this.#usersAtOnce.onOne : this.#usersAtOnce.everywhere;
    const users = this.#database.query.selectFrom('identity_user').select('id').orderBy('id').limit(1);
    for (let after = ''; ; ) {
      const from = after;
      const last = await users
        .where('id', '>', from)
        .offset(atOnce - 1)
        .executeTakeFirst();
      if (!last) {
        yield (column) => sql`${column} > ${from}`;
        return;
      }
      yield (column) => sql`${column} > ${from} AND ${column} <= ${last.id}`;
      after = last.id;
      await setImmediate();
    }
  }

  async #direct(filter: AssignmentFilter, actors: RawBuilder<SqlBool>, withNames: boolean): Promise<AssignmentRow[]> {
    const { roleId, domainId, projectId, inherited } = filter;
    const where = every([
      actors,
      roleId !== undefined && sql`a.role_id = ${roleId}`,
      domainId !== undefined && sql`a.domain_id = ${domainId}`,
      projectId !== undefined && sql`a.project_id IN (SELECT id FROM wanted)`,
      filter.system === true && sql`a.project_id IS NULL AND a.domain_id IS NULL`,
      inherited !== undefined && sql`a.inherited = ${flag.write(inherited)}`,
    ]);
    return await this.#run(
      sql`${wanted(filter)} found AS (
        SELECT a.user_id, a.group_id, a.project_id, a.domain_id, a.role_id, a.inherited,
          ${NOTHING} AS via_group_id, ${NOTHING} AS via_project_id, ${NOTHING} AS via_domain_id,
          ${NOTHING} AS via_role_id
        FROM identity_assignment a WHERE ${where})`,
      filter,
      withNames,
    );
  }

  async #effective(filter: AssignmentFilter, users: Actors, withNames: boolean): Promise<AssignmentRow[]> {
    const { roleId } = filter;
    const held = sql`mattering AS MATERIALIZED (${mattering(filter, users)}),
      held AS MATERIALIZED (${this.#held(users)}),`;
    const parts = filter.projectId === undefined ? [held, above(filter)] : [above(filter), held];
    return await this.#run(
      sql`${wanted(filter)} ${sql.join(parts, sql` `)}
      reached AS MATERIALIZED (${reached(filter)}),
      implied (from_id, role_id, via_role_id) AS (
        SELECT id, id, NULLIF(id, id) FROM identity_role WHERE id IN (SELECT role_id FROM reached)
        UNION
        SELECT implied.from_id, i.implied_role_id, i.prior_role_id
        FROM implied JOIN identity_implied_role i ON i.prior_role_id = implied.role_id),
      found AS (
        SELECT DISTINCT reached.user_id, ${NOTHING} AS group_id, reached.project_id, reached.domain_id,
          implied.role_id, 0 AS inherited, reached.via_group_id, reached.via_project_id, reached.via_domain_id,
          implied.via_role_id
        FROM reached JOIN implied ON implied.from_id = reached.role_id
        JOIN identity_role r ON r.id = implied.role_id
        WHERE r.domain_id IS NULL AND ${roleId === undefined ? ALWAYS : sql`implied.role_id = ${roleId}`})`,
      filter,
      withNames,
    );
  }

  /** Assignments that can matter, those of groups as one for each member. */
  #held(users: Actors): RawBuilder<unknown> {
    const now = new Date(this.#now()).toISOString();
    return sql`
      SELECT a.user_id, ${NOTHING} AS via_group_id, a.project_id, a.domain_id, a.role_id, a.inherited
      FROM mattering a
      WHERE ${users(sql`a.user_id`)}
      UNION ALL
      SELECT m.user_id, a.group_id, a.project_id, a.domain_id, a.role_id, a.inherited
      FROM mattering a JOIN identity_group_member m ON m.group_id = a.group_id
      WHERE a.group_id IS NOT NULL AND (m.expires_at IS NULL OR m.expires_at > ${now})
        AND ${users(sql`m.user_id`)}`;
  }

  async #run(found: RawBuilder<unknown>, { within }: AssignmentFilter, withNames: boolean): Promise<AssignmentRow[]> {
    const names = withNames ? NAMES : { columns: sql``, joins: sql`` };
    const limit =
      within === undefined
        ? ALWAYS
        : sql`(f.domain_id = ${within} OR f.project_id IN (SELECT id FROM identity_project WHERE domain_id = ${within}))`;
    const { rows } = await sql<AssignmentRow>`
      WITH RECURSIVE ${found} SELECT f.* ${names.columns} FROM found f ${names.joins} WHERE ${limit}`.execute(
      this.#database.query,
    );
    return rows;
  }
}

/** `wanted (id)`: the projects asked for, where some are. */
function wanted({ projectId, withSubtree }: AssignmentFilter): RawBuilder<unknown> {
  if (projectId === undefined) return sql``;
  const below = sql`UNION SELECT p.id FROM wanted JOIN identity_project p ON p.parent_id = wanted.id`;
  return sql`wanted (id) AS (
    SELECT id FROM identity_project WHERE id = ${projectId} ${withSubtree ? below : sql``}),`;
}

/**
 * `above (project_id, from_id)`: each project with those above it. Upwards from the projects asked for, else downwards
 * from where something is inherited.
 */
function above({ projectId }: AssignmentFilter): RawBuilder<unknown> {
  if (projectId !== undefined) {
    return sql`above (project_id, from_id) AS (
      SELECT wanted.id, p.parent_id FROM wanted JOIN identity_project p ON p.id = wanted.id
      UNION ALL
      SELECT above.project_id, p.parent_id FROM above JOIN identity_project p ON p.id = above.from_id),`;
  }
  return sql`above (project_id, from_id) AS (
    SELECT p.id, p.parent_id FROM identity_project p
    WHERE p.parent_id IN (SELECT project_id FROM held WHERE inherited = 1)
    UNION ALL
    SELECT p.id, above.from_id FROM above JOIN identity_project p ON p.parent_id = above.project_id),`;
}

/** Assignments that can matter to what is asked for, by ways that each have an index. */
function mattering(filter: AssignmentFilter, users: Actors): RawBuilder<unknown> {
  const { projectId, domainId, system, inherited, userId, within } = filter;
  const which = every([
    system === true && sql`a.project_id IS NULL AND a.domain_id IS NULL`,
    !system && sql`(a.project_id IS NOT NULL OR a.domain_id IS NOT NULL)`,
    domainId !== undefined && sql`a.domain_id = ${domainId} AND a.inherited = 0`,
    inherited !== undefined && sql`a.inherited = ${flag.write(inherited)}`,
    within !== undefined &&
      sql`(a.domain_id = ${within} OR a.project_id IN (
        SELECT id FROM identity_project WHERE domain_id = ${within} OR id = ${within}))`,
  ]);
  if (projectId !== undefined && userId === undefined) {
    return sql.join(
      WAYS_TO_PROJECTS.map((way) => sql`SELECT a.* FROM identity_assignment a WHERE ${way} AND ${which}`),
      sql` UNION ALL `,
    );
  }
  return sql`
    SELECT a.* FROM identity_assignment a WHERE ${users(sql`a.user_id`)} AND ${which} AND ${onProjects(filter)}
    UNION ALL
    SELECT a.* FROM identity_assignment a
    WHERE a.group_id IN (SELECT group_id FROM identity_group_member WHERE ${users(sql`user_id`)})
      AND ${which} AND ${onProjects(filter)}`;
}

/** How an assignment comes to hold for the projects asked for: made on them, above them, or on their domain. */
const WAYS_TO_PROJECTS = [
  sql`(a.inherited = 0 AND a.project_id IN (SELECT id FROM wanted))`,
  sql`(a.inherited = 1 AND a.project_id IN (SELECT from_id FROM above))`,
  sql`(a.inherited = 1 AND a.domain_id IN (
    SELECT p.domain_id FROM wanted JOIN identity_project p ON p.id = wanted.id))`,
];

function onProjects({ projectId }: AssignmentFilter): RawBuilder<unknown> {
  return projectId === undefined ? ALWAYS : sql`(${sql.join(WAYS_TO_PROJECTS, sql` OR `)})`;
}

/** The assignments of `held` on what they hold for. */
function reached({ projectId }: AssignmentFilter): RawBuilder<unknown> {
  const inWanted = projectId === undefined ? ALWAYS : sql`p.id IN (SELECT id FROM wanted)`;
  return sql`
    SELECT user_id, via_group_id, project_id, domain_id, ${NOTHING} AS via_project_id, ${NOTHING} AS via_domain_id,
      role_id
    FROM held WHERE inherited = 0
    UNION ALL
    SELECT held.user_id, held.via_group_id, above.project_id, ${NOTHING}, held.project_id, ${NOTHING}, held.role_id
    FROM held JOIN above ON above.from_id = held.project_id WHERE held.inherited = 1
    UNION ALL
    SELECT held.user_id, held.via_group_id, p.id, ${NOTHING}, ${NOTHING}, held.domain_id, held.role_id
    FROM held JOIN identity_project p ON p.domain_id = held.domain_id WHERE held.inherited = 1 AND ${inWanted}`;
}

function every(conditions: readonly (RawBuilder<unknown> | false)[]): RawBuilder<unknown> {
  return sql.join(conditions.filter((condition) => condition !== false).concat(ALWAYS), sql` AND `);
}

const NAMES = {
  columns: sql`, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain_name,
    g.name AS group_name, g.domain_id AS group_domain_id, gd.name AS group_domain_name,
    p.name AS project_name, p.domain_id AS project_domain_id, pd.name AS project_domain_name,
    d.name AS domain_name, r.name AS role_name, r.domain_id AS role_domain_id, rd.name AS role_domain_name`,
  joins: sql`
    LEFT JOIN identity_user u ON u.id = f.user_id LEFT JOIN identity_project ud ON ud.id = u.domain_id
    LEFT JOIN identity_group g ON g.id = f.group_id LEFT JOIN identity_project gd ON gd.id = g.domain_id
    LEFT JOIN identity_project p ON p.id = f.project_id LEFT JOIN identity_project pd ON pd.id = p.domain_id
    LEFT JOIN identity_project d ON d.id = f.domain_id
    JOIN identity_role r ON r.id = f.role_id LEFT JOIN identity_project rd ON rd.id = r.domain_id`,
};
