import type { Queryable } from '../../database/database.ts';

/** Ids of these roles and of all that they imply. */
export async function withImplied(query: Queryable, roleIds: readonly string[]): Promise<Set<string>> {
  if (roleIds.length === 0) return new Set();
  const rows = await query
    .withRecursive('reached(role_id)', (reached) =>
      reached
        .selectFrom('identity_role')
        .select('id as role_id')
        .where('id', 'in', roleIds)
        .union(
          reached
            .selectFrom('identity_implied_role')
            .innerJoin('reached', 'reached.role_id', 'identity_implied_role.prior_role_id')
            .select('identity_implied_role.implied_role_id as role_id'),
        ),
    )
    .selectFrom('reached')
    .select('role_id')
    .execute();
  return new Set(rows.map((row) => row.role_id));
}
