import type { Database, Queryable } from '../database/database.ts';

export interface ServerOwner {
  readonly projectId: string;
  readonly userId: string;
}

/** Of an `in`: databases take only so many. */
const MOST_VARIABLES = 1000;

/** Whose servers are, for services that count what servers use. Deleted ones are nobody's. */
export class ServerOwners {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By the ids of those that are there. */
  async of(ids: readonly string[], on: Queryable = this.#database.query): Promise<Map<string, ServerOwner>> {
    const found = new Map<string, ServerOwner>();
    for (let at = 0; at < ids.length; at += MOST_VARIABLES) {
      const rows = await on
        .selectFrom('compute_server')
        .select(['id', 'project_id', 'user_id'])
        .where('id', 'in', ids.slice(at, at + MOST_VARIABLES))
        .where('deleted_at', 'is', null)
        .execute();
      for (const { id, project_id, user_id } of rows) found.set(id, { projectId: project_id, userId: user_id });
    }
    return found;
  }

  /** The ids of a project's servers, or of those that one user owns of it. */
  async idsOf(projectId: string, userId?: string): Promise<string[]> {
    let select = this.#database.query
      .selectFrom('compute_server')
      .select('id')
      .where('project_id', '=', projectId)
      .where('deleted_at', 'is', null);
    if (userId !== undefined) select = select.where('user_id', '=', userId);
    return (await select.execute()).map(({ id }) => id);
  }
}
