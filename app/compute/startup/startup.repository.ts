import { change, type Database, type Queryable, type Transaction } from '../../database/database.ts';
import { type ServerRecord, servers } from '../server.tables.ts';
import { hostBoots, type StartupRecord, startups, type TurnRecord, turns } from './startup.tables.ts';

/** What is read of the servers of a project to put them in order. */
export type ProjectServer = Pick<
  ServerRecord,
  'id' | 'name' | 'hostId' | 'vmState' | 'taskState' | 'generation' | 'tags'
>;

/** Of an `in`: databases take only so many. */
const MOST_VARIABLES = 1000;

/** Rows of how servers start, and of tasks that start several. */
export class StartupRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(serverId: string, query: Queryable = this.#database.query): Promise<StartupRecord | undefined> {
    const row = await query
      .selectFrom('compute_server_startup')
      .selectAll()
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    return row && startups.toRecord(row);
  }

  /** Also of servers that are deleted by now. */
  async ofProject(projectId: string, query: Queryable = this.#database.query): Promise<Map<string, StartupRecord>> {
    const rows = await query
      .selectFrom('compute_server_startup')
      .selectAll()
      .where('project_id', '=', projectId)
      .execute();
    return new Map(rows.map((row) => [row.server_id, startups.toRecord(row)]));
  }

  async put(trx: Transaction, record: StartupRecord): Promise<void> {
    const row = startups.toRow(record);
    const { server_id, ...set } = row;
    const statement = trx
      .insertInto('compute_server_startup')
      .values(row)
      .onConflict((known) => known.column('server_id').doUpdateSet(set));
    await change(trx, statement);
  }

  /** By id, those that are not deleted; `alsoKept`: those too that are, and can be restored. */
  async serversOf(
    projectId: string,
    query: Queryable = this.#database.query,
    { alsoKept = false } = {},
  ): Promise<Map<string, ProjectServer>> {
    const rows = await query
      .selectFrom('compute_server')
      .select(['id', 'name', 'host_id', 'vm_state', 'task_state', 'generation', 'tags'])
      .where('project_id', '=', projectId)
      .where('deleted_at', 'is', null)
      .$if(!alsoKept, (shown) => shown.where('vm_state', '!=', 'soft-delete'))
      .orderBy('name')
      .orderBy('id')
      .execute();
    return new Map(
      rows.map((row) => [
        row.id,
        {
          ...{ id: row.id, name: row.name, hostId: row.host_id, generation: row.generation },
          vmState: row.vm_state as ProjectServer['vmState'],
          taskState: row.task_state as ProjectServer['taskState'],
          tags: servers.columns.tags.read(row.tags),
        },
      ]),
    );
  }

  /** What of a server says how it starts is forgotten with it. */
  async prune(trx: Transaction, deletedBefore: string): Promise<void> {
    const gone = trx.selectFrom('compute_server').select('id').where('deleted_at', '<', deletedBefore);
    await trx.deleteFrom('compute_server_startup').where('server_id', 'in', gone).execute();
  }

  /** Notes the boot that a host tells of; whether it is another than the last one. */
  async isNewBoot(trx: Transaction, hostId: string, bootId: string): Promise<boolean> {
    const known = await trx
      .selectFrom('compute_host_boot')
      .select('boot_id')
      .where('host_id', '=', hostId)
      .executeTakeFirst();
    if (known?.boot_id === bootId) return false;
    await trx
      .insertInto('compute_host_boot')
      .values(hostBoots.toRow({ hostId, bootId }))
      .onConflict((conflict) => conflict.column('host_id').doUpdateSet({ boot_id: bootId }))
      .execute();
    return true;
  }

  async addTurns(
    trx: Transaction,
    taskId: string,
    added: readonly Pick<ServerRecord, 'id' | 'hostId' | 'generation'>[],
  ): Promise<void> {
    for (const { id: serverId, hostId, generation } of added) {
      const turn: TurnRecord = {
        ...{ taskId, serverId, hostId: hostId ?? '', generation, state: 'waiting' },
        ...{ orderTaskId: null, settlesAt: null, notBefore: null, waits: {}, note: null },
      };
      await change(trx, trx.insertInto('compute_turn').values(turns.toRow(turn)));
    }
  }

  async turnsOf(taskId: string, query: Queryable = this.#database.query): Promise<TurnRecord[]> {
    const rows = await query.selectFrom('compute_turn').selectAll().where('task_id', '=', taskId).execute();
    return rows.map(turns.toRecord);
  }

  async turn(trx: Transaction, taskId: string, serverId: string): Promise<TurnRecord | undefined> {
    const row = await trx
      .selectFrom('compute_turn')
      .selectAll()
      .where('task_id', '=', taskId)
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    return row && turns.toRecord(row);
  }

  async changeTurn(
    trx: Transaction,
    { taskId, serverId }: Pick<TurnRecord, 'taskId' | 'serverId'>,
    changes: Partial<Omit<TurnRecord, 'taskId' | 'serverId'>>,
  ): Promise<void> {
    const update = trx.updateTable('compute_turn').set(turns.toChanges(changes));
    await change(trx, update.where('task_id', '=', taskId).where('server_id', '=', serverId));
  }

  /** How many of a host are being started, by all tasks. */
  async countWorking(trx: Transaction, hostId: string): Promise<number> {
    const { count } = await trx
      .selectFrom('compute_turn')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('host_id', '=', hostId)
      .where('state', '=', 'working')
      .where('settles_at', 'is not', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Whatever else was to start them later leaves them alone. */
  async withdraw(trx: Transaction, serverIds: readonly string[], note: string): Promise<void> {
    for (let at = 0; at < serverIds.length; at += MOST_VARIABLES) {
      await trx
        .updateTable('compute_turn')
        .set(turns.toChanges({ state: 'left', note }))
        .where('server_id', 'in', serverIds.slice(at, at + MOST_VARIABLES))
        .where('state', '=', 'waiting')
        .execute();
    }
  }

  /** The tasks that any is of. */
  async tasksWithTurns(): Promise<string[]> {
    const rows = await this.#database.query.selectFrom('compute_turn').select('task_id').distinct().execute();
    return rows.map(({ task_id }) => task_id);
  }

  /** The task has ended. */
  async forgetTurns(trx: Transaction, taskId: string): Promise<void> {
    await change(trx, trx.deleteFrom('compute_turn').where('task_id', '=', taskId));
  }
}
