import type { Queryable } from '../database.ts';

export async function setLimit(query: Queryable, resource: string, limit: number): Promise<void> {
  await query
    .insertInto('quota_limit')
    .values({ project_id: 'p', resource, hard_limit: limit })
    .onConflict((conflict) => conflict.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: limit }))
    .execute();
}

export async function limitOf(query: Queryable, resource: string): Promise<number | undefined> {
  const row = await query.selectFrom('quota_limit').where('resource', '=', resource).selectAll().executeTakeFirst();
  return row?.hard_limit;
}
