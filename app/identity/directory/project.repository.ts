import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { conditionsOf, type Filters, type ListQuery, rowsToRead } from '../list-query.ts';
import { type ProjectRecord, projects } from './directory.tables.ts';
import { TAG_FILTERS } from './project.schema.ts';

export type TaggedProject = ProjectRecord & { tags: string[] };

/** Rows of projects, domains among them, with their tags. */
export class ProjectRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(query: ListQuery, filters: Filters, further: RawBuilder<SqlBool>[] = []): Promise<TaggedProject[]> {
    let select = this.#query.selectFrom('identity_project').orderBy('id');
    for (const condition of [...conditionsOf(query, filters), ...tagConditions(query), ...further]) {
      select = select.where(condition);
    }
    const limit = rowsToRead(query);
    if (limit !== undefined) select = select.limit(limit);
    const rows = await select.selectAll().execute();
    const tags = await this.#query
      .selectFrom('identity_project_tag')
      .selectAll()
      .where('project_id', 'in', select.select('id'))
      .orderBy('name')
      .execute();
    return withTags(rows.map(projects.toRecord), tags);
  }

  /** From the parent up to the domain. */
  async parentsOf(project: ProjectRecord, query: Queryable = this.#query): Promise<ProjectRecord[]> {
    const parents: ProjectRecord[] = [];
    let next = project.parent_id;
    while (next !== null) {
      const parent = await query
        .selectFrom('identity_project')
        .selectAll()
        .where('id', '=', next)
        .executeTakeFirstOrThrow();
      parents.push(projects.toRecord(parent));
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
      .innerJoin('identity_project', 'identity_project.id', 'below.id')
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

  async isNameTaken(trx: Transaction, { id, name, domain_id }: ProjectRecord): Promise<boolean> {
    const other = await trx
      .selectFrom('identity_project')
      .select('id')
      .where('name', '=', name)
      .where('domain_id', domain_id === null ? 'is' : '=', domain_id)
      .where('id', '<>', id)
      .executeTakeFirst();
    return other !== undefined;
  }

  async insert(trx: Transaction, { tags, ...project }: TaggedProject): Promise<void> {
    await trx.insertInto('identity_project').values(projects.toRow(project)).execute();
    await this.setTags(trx, project.id, tags);
  }

  /** What `change` makes of the project as it is in this transaction; undefined where there is none. */
  async update(
    trx: Transaction,
    id: string,
    change: (project: ProjectRecord) => Promise<ProjectRecord>,
  ): Promise<ProjectRecord | undefined> {
    const row = await trx.selectFrom('identity_project').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    const project = await change(projects.toRecord(row));
    await trx.updateTable('identity_project').set(projects.toChanges(project)).where('id', '=', id).execute();
    return project;
  }

  async setEnabled(trx: Transaction, ids: readonly string[], enabled: boolean): Promise<void> {
    if (ids.length === 0) return;
    await trx.updateTable('identity_project').set(projects.toChanges({ enabled })).where('id', 'in', ids).execute();
  }

  /** With all that stands on it: what is below, and of a domain its users and groups. */
  async delete(trx: Transaction, id: string): Promise<void> {
    const gone = trx
      .selectFrom('identity_project')
      .select('id')
      .where((e) => e.or([e('id', '=', id), e('domain_id', '=', id)]));
    await trx
      .updateTable('identity_user')
      .set({ default_project_id: null })
      .where('default_project_id', 'in', gone)
      .execute();
    await trx.deleteFrom('identity_project').where('id', '=', id).execute();
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

/** Named by the API's working group's guideline on tags, which Keystone follows. */
function tagConditions(query: ListQuery): RawBuilder<SqlBool>[] {
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

function withTags(records: ProjectRecord[], rows: { project_id: string; name: string }[]): TaggedProject[] {
  const tags = Map.groupBy(rows, ({ project_id }) => project_id);
  return records.map((project) => ({ ...project, tags: (tags.get(project.id) ?? []).map(({ name }) => name) }));
}
