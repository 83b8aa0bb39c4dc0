import { UserError } from '../../contract/errors.ts';
import type { Database } from '../../database/database.ts';
import { notFound } from '../identity.errors.ts';
import type { KeystoneResource } from '../keystone.resource.ts';
import type { EndpointGroupRecord, EndpointRecord } from './catalog.tables.ts';

/** What is filtered, and by what. */
export interface Filtered {
  endpoints: KeystoneResource<EndpointRecord>;
  endpointGroups: KeystoneResource<EndpointGroupRecord>;
}
type Table = 'identity_project_endpoint' | 'identity_project_endpoint_group';

interface Parts {
  database: Database;
  catalog: Filtered;
  changed: () => void;
}

/** Which endpoints a project sees, singly or by groups (OS-EP-FILTER); a project with none of both sees all. */
export class EndpointFilterService {
  readonly #parts: Parts;

  /** `changed` is called after every commit that makes projects see other endpoints. */
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Ids of the endpoints the project is to see; null for all. */
  async wantedBy(projectId: string, endpoints: readonly EndpointRecord[]): Promise<Set<string> | null> {
    const single = await this.#endpointIds(projectId);
    const groups = await this.groupsOf(projectId);
    const grouped = endpoints.filter((endpoint) => groups.some((group) => isIn(group, endpoint)));
    const wanted = new Set([...single, ...grouped.map(({ id }) => id)]);
    return wanted.size === 0 ? null : wanted;
  }

  async endpointsOf(projectId: string): Promise<EndpointRecord[]> {
    await this.#assertProject(projectId);
    const endpoints = await this.#parts.catalog.endpoints.list();
    const wanted = await this.wantedBy(projectId, endpoints);
    return endpoints.filter(({ id }) => wanted?.has(id));
  }

  async groupsOf(projectId: string): Promise<EndpointGroupRecord[]> {
    const rows = await this.#parts.database.query
      .selectFrom('identity_project_endpoint_group')
      .select('endpoint_group_id')
      .where('project_id', '=', projectId)
      .execute();
    if (rows.length === 0) return [];
    const ids = new Set(rows.map(({ endpoint_group_id }) => endpoint_group_id));
    return (await this.#parts.catalog.endpointGroups.list()).filter(({ id }) => ids.has(id));
  }

  async endpointsIn(groupId: string): Promise<EndpointRecord[]> {
    const group = await this.#parts.catalog.endpointGroups.get(groupId);
    return (await this.#parts.catalog.endpoints.list()).filter((endpoint) => isIn(group, endpoint));
  }

  /** Ids of the projects that have the endpoint or group. */
  async projectsOf(table: Table, id: string): Promise<string[]> {
    await this.#assertThing(table, id);
    const column = columnOf(table);
    const rows = this.#parts.database.query
      .selectFrom(table)
      .select('project_id')
      .where(column as never, '=', id as never);
    return (await rows.execute()).map(({ project_id }) => project_id);
  }

  async add(table: Table, id: string, projectId: string): Promise<void> {
    await this.#assertThing(table, id);
    await this.#assertProject(projectId);
    await this.#parts.database.transaction(async (trx) => {
      this.#parts.database.afterCommit(trx, this.#parts.changed);
      const row = { project_id: projectId, [columnOf(table)]: id } as never;
      const done = await trx
        .insertInto(table)
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (table === 'identity_project_endpoint_group' && !done.numInsertedOrUpdatedRows) {
        throw new UserError(
          'conflict',
          'Conflict occurred attempting to store project_endpoint_group - Duplicate entry.',
        );
      }
    });
  }

  /** Throws 404 where the project does not have it. */
  async check(table: Table, id: string, projectId: string): Promise<void> {
    await this.#assertThing(table, id);
    await this.#assertProject(projectId);
    if (!(await this.projectsOf(table, id)).includes(projectId)) throw notAssociated(table, id, projectId);
  }

  async remove(table: Table, id: string, projectId: string): Promise<void> {
    await this.check(table, id, projectId);
    await this.#parts.database.transaction(async (trx) => {
      this.#parts.database.afterCommit(trx, this.#parts.changed);
      await trx
        .deleteFrom(table)
        .where('project_id', '=', projectId)
        .where(columnOf(table) as never, '=', id as never)
        .execute();
    });
  }

  async #endpointIds(projectId: string): Promise<string[]> {
    const rows = await this.#parts.database.query
      .selectFrom('identity_project_endpoint')
      .select('endpoint_id')
      .where('project_id', '=', projectId)
      .execute();
    return rows.map(({ endpoint_id }) => endpoint_id);
  }

  async #assertThing(table: Table, id: string): Promise<void> {
    if (table === 'identity_project_endpoint') await this.#parts.catalog.endpoints.get(id);
    else await this.#parts.catalog.endpointGroups.get(id);
  }

  async #assertProject(id: string): Promise<void> {
    const projects = this.#parts.database.query.selectFrom('identity_project').select('id').where('id', '=', id);
    if (!(await projects.executeTakeFirst())) throw notFound('project', id);
  }
}

function columnOf(table: Table): 'endpoint_id' | 'endpoint_group_id' {
  return table === 'identity_project_endpoint' ? 'endpoint_id' : 'endpoint_group_id';
}

function isIn({ filters }: EndpointGroupRecord, endpoint: EndpointRecord): boolean {
  return Object.entries(filters).every(([key, value]) => endpoint[key as keyof typeof filters] === value);
}

function notAssociated(table: Table, id: string, projectId: string): UserError {
  const what = table === 'identity_project_endpoint' ? 'Endpoint' : 'Endpoint Group';
  const joined = table === 'identity_project_endpoint' ? 'with' : 'to';
  return new UserError('not_found', `${what} ${id} not found associated ${joined} project ${projectId}.`);
}
