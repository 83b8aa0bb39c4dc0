import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Transaction } from '../database/database.ts';
import { expressionsOf } from '../database/dialects/dialect.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import { type ServerRecord, servers } from './server.tables.ts';
import type { VmState } from './server.values.ts';
import { type PastServerRecord, pastServers } from './tenant-usage.tables.ts';

/** A server as far as usage is counted from it. */
export interface BilledServer {
  id: string;
  projectId: string;
  name: string;
  flavorName: string;
  vcpus: number;
  memoryMib: number;
  localGib: number;
  launchedAt: string;
  /** Null while it is there. */
  terminatedAt: string | null;
  vmState: VmState;
}

interface Window {
  /** Null: of all. */
  projectId: string | null;
  start: string;
  end: string;
  limit: number;
  /** The page begins behind this one. */
  after?: { projectId: string; id: string };
}

/** Which servers there were when, in the order of projects and ids: those of today, and what is kept of the others. */
export class TenantUsageRepository {
  readonly #database: Database;
  readonly #present: ResourceStore<ServerRecord>;
  readonly #past: ResourceStore<PastServerRecord>;

  constructor(database: Database) {
    this.#database = database;
    this.#present = new ResourceStore({ database, table: servers });
    this.#past = new ResourceStore({ database, table: pastServers });
  }

  /** Of the whole window, however many pages that is. */
  async listAll(window: Omit<Window, 'after'>): Promise<BilledServer[]> {
    const all: BilledServer[] = [];
    for (let after: BilledServer | undefined; ; ) {
      const page = await this.list({ ...window, ...(after && { after }) });
      all.push(...page);
      after = page.at(-1);
      if (!after || page.length < window.limit) return all;
    }
  }

  async list({ projectId, start, end, limit, after }: Window): Promise<BilledServer[]> {
    const query = {
      ...(projectId !== null && { is: { projectId } }),
      where: [{ attribute: 'launchedAt', is: '<=' as const, value: end }],
      also: [
        sql<SqlBool>`(terminated_at IS NULL OR terminated_at >= ${start})`,
        ...(after
          ? [sql<SqlBool>`(project_id > ${after.projectId} OR (project_id = ${after.projectId} AND id > ${after.id}))`]
          : []),
      ],
      sort: [{ attribute: 'projectId' as const, direction: 'asc' as const }],
      limit,
    };
    const present = (await this.#present.list(query)).map((server) => ({
      ...server,
      flavorName: server.flavor.name,
      localGib: server.flavor.disk + server.flavor.ephemeral,
      launchedAt: server.launchedAt ?? '',
    }));
    const past = (await this.#past.list(query)).map((server) => ({ ...server, vmState: 'deleted' as const }));
    const key = (server: BilledServer) => `${server.projectId} ${server.id}`;
    return [...present, ...past].sort((one, other) => (key(one) < key(other) ? -1 : 1)).slice(0, limit);
  }

  /** Where a page begins that begins behind this server, which is one of the project's; null: of any. */
  async place(id: string, projectId: string | null): Promise<{ projectId: string; id: string } | undefined> {
    for (const name of ['compute_server', 'compute_past_server'] as const) {
      const row = await this.#database.query
        .selectFrom(name)
        .select('project_id')
        .where('id', '=', id)
        .$if(projectId !== null, (rows) => rows.where('project_id', '=', projectId ?? ''))
        .limit(1)
        .executeTakeFirst();
      if (row) return { projectId: row.project_id, id };
    }
    return undefined;
  }

  /** Keeps what usage needs of servers that are forgotten now. */
  async keep(trx: Transaction, deletedBefore: string): Promise<void> {
    const member = (name: string): RawBuilder<string> => sql`${expressionsOf(trx).member(sql.ref('flavor'), name)}`;
    const number = (name: string) => sql<number>`cast(${member(name)} as integer)`;
    await trx
      .insertInto('compute_past_server')
      .columns([
        'id',
        'project_id',
        'name',
        'flavor_name',
        'vcpus',
        'memory_mib',
        'local_gib',
        'launched_at',
        'terminated_at',
      ])
      .expression((e) =>
        e
          .selectFrom('compute_server')
          .select([
            'id',
            'project_id',
            'name',
            member('name').as('flavor_name'),
            'vcpus',
            'memory_mib',
            sql<number>`${number('disk')} + ${number('ephemeral')}`.as('local_gib'),
            sql<string>`launched_at`.as('launched_at'),
            sql<string>`coalesce(terminated_at, deleted_at)`.as('terminated_at'),
          ])
          .where('deleted_at', '<', deletedBefore)
          .where('launched_at', 'is not', null),
      )
      // One life of a server is kept once.
      .onConflict((known) => known.doNothing())
      .execute();
  }

  async prune(trx: Transaction, endedBefore: string): Promise<void> {
    await trx.deleteFrom('compute_past_server').where('terminated_at', '<', endedBefore).execute();
  }
}
