import type { Context } from '../contract/context.ts';
import { change, type Database, type Queryable, type Transaction } from '../database/database.ts';
import {
  type ServerActionEventRecord,
  type ServerActionRecord,
  serverActionEvents,
  serverActions,
} from './server.tables.ts';

export interface ActionPage {
  limit?: number | undefined;
  marker?: string | undefined;
  changesSince?: string | undefined;
  changesBefore?: string | undefined;
}

/** Who did what to a server when, kept also after its deletion: `os-instance-actions`. */
export class ServerActionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The request that asked for it; a request that asks twice for the same server is one action. */
  async begin(trx: Transaction, context: Context, serverId: string, action: string): Promise<void> {
    const now = new Date().toISOString();
    const row = serverActions.toRow({
      requestId: context.requestId,
      serverId,
      action,
      userId: context.userId,
      projectId: context.projectId,
      message: null,
      startedAt: now,
      updatedAt: now,
    });
    await change(
      trx,
      trx
        .insertInto('compute_server_action')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    );
  }

  /** An effect of the action begins; beginning it again after a crash keeps the first start. */
  async beginEvent(trx: Transaction, requestId: string, serverId: string, event: string): Promise<void> {
    const row = serverActionEvents.toRow({
      requestId,
      serverId,
      event,
      startedAt: new Date().toISOString(),
      finishedAt: null,
      result: null,
      details: null,
    });
    await change(
      trx,
      trx
        .insertInto('compute_server_action_event')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    );
  }

  /** Ends whatever has begun under that request; `failure` is the sentence for people, null after success. */
  async finish(trx: Transaction, requestId: string, serverId: string, failure: string | null): Promise<void> {
    const now = new Date().toISOString();
    const events = trx
      .updateTable('compute_server_action_event')
      .set({ finished_at: now, result: failure === null ? 'Success' : 'Error', details: failure });
    await change(
      trx,
      events.where('server_id', '=', serverId).where('request_id', '=', requestId).where('finished_at', 'is', null),
    );
    const action = trx
      .updateTable('compute_server_action')
      .set({ updated_at: now, ...(failure === null ? {} : { message: 'Error' }) });
    await change(trx, action.where('server_id', '=', serverId).where('request_id', '=', requestId));
  }

  /** Newest first. Undefined when `marker` is not one of them. */
  async list(serverId: string, page: ActionPage): Promise<ServerActionRecord[] | undefined> {
    let select = this.#database.query
      .selectFrom('compute_server_action')
      .selectAll()
      .where('server_id', '=', serverId)
      .orderBy('started_at', 'desc')
      .orderBy('request_id', 'desc');
    if (page.changesSince !== undefined) select = select.where('updated_at', '>=', page.changesSince);
    if (page.changesBefore !== undefined) select = select.where('updated_at', '<=', page.changesBefore);
    if (page.limit !== undefined) select = select.limit(page.limit);
    if (page.marker !== undefined) {
      const marker = await this.find(serverId, page.marker);
      if (!marker) return undefined;
      const { startedAt, requestId } = marker;
      select = select.where((e) =>
        e.or([
          e('started_at', '<', startedAt),
          e.and([e('started_at', '=', startedAt), e('request_id', '<', requestId)]),
        ]),
      );
    }
    return (await select.execute()).map(serverActions.toRecord);
  }

  async find(serverId: string, requestId: string): Promise<ServerActionRecord | undefined> {
    const row = await this.#database.query
      .selectFrom('compute_server_action')
      .selectAll()
      .where('server_id', '=', serverId)
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    return row && serverActions.toRecord(row);
  }

  async events(
    serverId: string,
    requestId: string,
    query: Queryable = this.#database.query,
  ): Promise<ServerActionEventRecord[]> {
    const rows = await query
      .selectFrom('compute_server_action_event')
      .selectAll()
      .where('server_id', '=', serverId)
      .where('request_id', '=', requestId)
      .orderBy('started_at', 'desc')
      .execute();
    return rows.map(serverActionEvents.toRecord);
  }
}
