import type { Context } from '../contract/context.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { ComputeServerActionEventTable, ComputeServerActionTable } from '../database/tables.ts';

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
    await trx
      .insertInto('compute_server_action')
      .values({
        request_id: context.requestId,
        server_id: serverId,
        action,
        user_id: context.userId,
        project_id: context.projectId,
        message: null,
        started_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** An effect of the action begins; beginning it again after a crash keeps the first start. */
  async beginEvent(trx: Transaction, requestId: string, serverId: string, event: string): Promise<void> {
    await trx
      .insertInto('compute_server_action_event')
      .values({
        request_id: requestId,
        server_id: serverId,
        event,
        started_at: new Date().toISOString(),
        finished_at: null,
        result: null,
        details: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Ends whatever has begun under that request; `failure` is the sentence for people, null after success. */
  async finish(trx: Transaction, requestId: string, serverId: string, failure: string | null): Promise<void> {
    const now = new Date().toISOString();
    await trx
      .updateTable('compute_server_action_event')
      .set({ finished_at: now, result: failure === null ? 'Success' : 'Error', details: failure })
      .where('server_id', '=', serverId)
      .where('request_id', '=', requestId)
      .where('finished_at', 'is', null)
      .execute();
    await trx
      .updateTable('compute_server_action')
      .set({ updated_at: now, ...(failure === null ? {} : { message: 'Error' }) })
      .where('server_id', '=', serverId)
      .where('request_id', '=', requestId)
      .execute();
  }

  /** Newest first. Undefined when `marker` is not one of them. */
  async list(serverId: string, page: ActionPage): Promise<ComputeServerActionTable[] | undefined> {
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
      const { started_at, request_id } = marker;
      select = select.where((e) =>
        e.or([
          e('started_at', '<', started_at),
          e.and([e('started_at', '=', started_at), e('request_id', '<', request_id)]),
        ]),
      );
    }
    return await select.execute();
  }

  async find(serverId: string, requestId: string): Promise<ComputeServerActionTable | undefined> {
    return await this.#database.query
      .selectFrom('compute_server_action')
      .selectAll()
      .where('server_id', '=', serverId)
      .where('request_id', '=', requestId)
      .executeTakeFirst();
  }

  async events(
    serverId: string,
    requestId: string,
    query: Queryable = this.#database.query,
  ): Promise<ComputeServerActionEventTable[]> {
    return await query
      .selectFrom('compute_server_action_event')
      .selectAll()
      .where('server_id', '=', serverId)
      .where('request_id', '=', requestId)
      .orderBy('started_at', 'desc')
      .execute();
  }
}
