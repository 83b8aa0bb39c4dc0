import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import type { Sent } from '../keystone.resource.ts';
import { type ProjectRecord, projects } from './directory.tables.ts';
import { TAG_FILTERS } from './project.schema.ts';

export type TaggedProject = ProjectRecord & { tags: string[] };

/** Less than a statement can have parameters. */
const AT_ONCE = 1000;

/** Projects, domains among them: where they stand, and their tags. */
export class ProjectRepository extends ResourceStore<ProjectRecord> {
  readonly #database: Database;

  constructor(database: Database) {
    super({ database, table: projects });
    this.#database = database;
  }

  /** The same with their tags. */
  async tagged(found: readonly ProjectRecord[]): Promise<TaggedProject[]> {
    const shown: TaggedProject[] = [];
    for (let start = 0; start < found.length; start += AT_ONCE) {
      const part = found.slice(start, start + AT_ONCE);
      const ids = part.map(({ id }) => id);
      const rows = this.#query.selectFrom('identity_project_tag').selectAll().where('project_id', 'in', ids);
      const tags = Map.groupBy(await rows.orderBy('name').execute(), ({ project_id }) => project_id);
      shown.push(
        ...part.map((project) => ({ ...project, tags: (tags.get(project.id) ?? []).map(({ name }) => name) })),
      );
    }
    return shown;
  }

  /** From the parent up to the domain. */
  async parentsOf(project: ProjectRecord, query: Queryable = this.#query): Promise<ProjectRecord[]> {
    const parents: ProjectRecord[] = [];
    for (let next = project.parent_id; next !== null; ) {
      const parent = await this.find(next, query);
      if (!parent) break;
      parents.push(parent);
      next = parent.parent_id;
    }
    return parents;
  }

  /** All below, those nearer first. */
  async subtreeOf(id: string, query: Queryable = this.#query): Promise<ProjectRecord[]> {
    const rows = await query
      .withRecursive('below(id, depth)', (db) =>
        db
          .selectFrom('identity_project')
          .select(['id', sql<number>`1`.as('depth')])
          .where('parent_id', '=', id)
          .unionAll(
            db
              .selectFrom('identity_project')
              .innerJoin('below', 'below.id', 'identity_project.parent_id')
              .select(['identity_project.id', sql<number>`below.depth + 1`.as('depth')]),
          ),
      )
      .selectFrom('below')
      // SQLite reads what stands first of such a join first: all projects are many, those below are few.
      .crossJoin('identity_project')
      .whereRef('identity_project.id', '=', 'below.id')
      .selectAll('identity_project')
      .orderBy('below.depth')
      .orderBy('identity_project.id')
      .execute();
    return rows.map(projects.toRecord);
  }

  async tagsOf(id: string, query: Queryable = this.#query): Promise<string[]> {
    const rows = query.selectFrom('identity_project_tag').select('name').where('project_id', '=', id).orderBy('name');
    return (await rows.execute()).map(({ name }) => name);
  }

  async setEnabled(trx: Transaction, ids: readonly string[], enabled: boolean): Promise<void> {
    if (ids.length === 0) return;
    await trx.updateTable('identity_project').set(projects.toChanges({ enabled })).where('id', 'in', ids).execute();
  }

  /** Nobody's default is the project, or one of the domain, any more. */
  async forgetAsDefault(trx: Transaction, id: string): Promise<void> {
    const gone = trx
      .selectFrom('identity_project')
      .select('id')
      .where((e) => e.or([e('id', '=', id), e('domain_id', '=', id)]));
    await trx
      .updateTable('identity_user')
      .set({ default_project_id: null })
      .where('default_project_id', 'in', gone)
      .execute();
  }

  async setTags(trx: Transaction, id: string, tags: readonly string[]): Promise<void> {
    await trx.deleteFrom('identity_project_tag').where('project_id', '=', id).execute();
    if (tags.length === 0) return;
    await trx
      .insertInto('identity_project_tag')
      .values(tags.map((name) => ({ project_id: id, name })))
      .execute();
  }

  get #query(): Queryable {
    return this.#database.query;
  }
}

/** What no request makes: at the first start, for a provider, by a mapping. */
export async function insertProject(
  trx: Transaction,
  project: Omit<ProjectRecord, 'enabled' | 'options' | 'extra' | 'created_at'>,
): Promise<void> {
  const row = projects.toRow({ ...project, enabled: true, created_at: new Date().toISOString() });
  await trx.insertInto('identity_project').values(row).execute();
}

/** Named by the API's working group's guideline on tags, which Keystone follows. */
export function tagConditions(query: Sent): RawBuilder<SqlBool>[] {
  return TAG_FILTERS.flatMap((filter) => {
    const value = query[filter];
    if (typeof value !== 'string') return [];
    const names = value.split(',');
    const one = (name: string) =>
      sql`EXISTS (SELECT 1 FROM identity_project_tag t WHERE t.project_id = identity_project.id AND t.name = ${name})`;
    const all = sql<SqlBool>`(${sql.join(names.map(one), filter.endsWith('-any') ? sql` OR ` : sql` AND `)})`;
    return [filter.startsWith('not-') ? sql<SqlBool>`NOT ${all}` : all];
  });
}
