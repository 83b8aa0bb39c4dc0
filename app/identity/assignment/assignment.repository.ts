import type { Database, Queryable } from '../../database/database.ts';
import type { Scope } from '../token/token.ts';

/** The target of an assignment that stands for the whole cloud. */
export const SYSTEM = 'system';

/** Rows of who has which role on what, and what follows from them. */
export class AssignmentRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get #query(): Queryable {
    return this.#database.query;
  }

  /** Roles a user has on the scope, with all that those imply. */
  async rolesOf(userId: string, scope: Scope): Promise<{ id: string; name: string }[]> {
    if (scope.type === 'unscoped') return [];
    return await this.#query
      .withRecursive('reached(role_id)', (query) =>
        query
          .selectFrom('identity_assignment')
          .select('role_id')
          .where('actor_type', '=', 'user')
          .where('actor_id', '=', userId)
          .where('target_type', '=', scope.type)
          .where('target_id', '=', scope.type === 'system' ? SYSTEM : scope.id)
          .where('inherited', '=', 0)
          .union(
            query
              .selectFrom('identity_implied_role')
              .innerJoin('reached', 'reached.role_id', 'identity_implied_role.prior_role_id')
              .select('identity_implied_role.implied_role_id as role_id'),
          ),
      )
      .selectFrom('reached')
      .innerJoin('identity_role', 'identity_role.id', 'reached.role_id')
      .select(['identity_role.id', 'identity_role.name'])
      .orderBy('identity_role.name')
      .execute();
  }

  /** Ids of the projects or domains on which the user has a role; for `system` it is one when there is any. */
  async targetsOf(userId: string, targetType: 'project' | 'domain' | 'system'): Promise<string[]> {
    const rows = await this.#query
      .selectFrom('identity_assignment')
      .select('target_id')
      .distinct()
      .where('actor_type', '=', 'user')
      .where('actor_id', '=', userId)
      .where('target_type', '=', targetType)
      .execute();
    return rows.map((row) => row.target_id);
  }
}
