import { EventEmitter } from 'node:events';
import type { Context } from '../contract/context.ts';
import type { EventView } from '../contract/event.ts';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventTable } from '../database/tables.ts';

/** Events kept for `/v1/event-log` and for resuming streams; older ones are dropped by {@link EventService.prune}. */
const KEPT_EVENTS = 200_000;

export interface NewEvent {
  /** OpenStack's notification name where there is one, such as `compute.instance.create.end`. */
  type: string;
  resource: { type: string; id: string };
  /** Null: seen by administrators only; `*`: by everyone. */
  projectId: string | null;
  payload?: Record<string, unknown>;
}

export interface EventQuery {
  resourceType?: string | undefined;
  resourceId?: string | undefined;
  /** Only events before this id (newest first) or after it (oldest first). */
  before?: number | undefined;
  after?: number | undefined;
  limit: number;
  /** The project whose events the caller may see, or `all`. */
  visibleTo: string | null | 'all';
}

/** Written in the transaction that causes them, told to subscribers once it is committed. */
export class EventService {
  readonly #database: Database;
  readonly #emitter = new EventEmitter();

  constructor(database: Database) {
    this.#database = database;
    this.#emitter.setMaxListeners(0);
  }

  /** Records what `trx` does; nobody hears of it when `trx` is rolled back. */
  async record(trx: Transaction, context: Context | null, event: NewEvent): Promise<void> {
    const createdAt = new Date().toISOString();
    const { id } = await trx
      .insertInto('event')
      .values({
        type: event.type,
        resource_type: event.resource.type,
        resource_id: event.resource.id,
        project_id: event.projectId,
        user_id: context?.userId ?? null,
        request_id: context?.requestId ?? null,
        payload: JSON.stringify(event.payload ?? {}),
        created_at: createdAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const view: EventView = {
      id,
      type: event.type,
      resource: event.resource,
      projectId: event.projectId,
      userId: context?.userId ?? null,
      requestId: context?.requestId ?? null,
      payload: event.payload ?? {},
      createdAt,
    };
    this.#database.afterCommit(trx, () => this.#emitter.emit('event', view));
  }

  /** Task progress too frequent to store; see contract/event.ts `tick`. */
  tick(taskId: string, projectId: string | null, progress: TaskProgress): void {
    this.#emitter.emit('tick', { taskId, projectId, progress });
  }

  /** A task's record changed. Not stored: the task itself is. */
  taskChanged(task: TaskView): void {
    this.#emitter.emit('task', task);
  }

  onTask(listener: (task: TaskView) => void): () => void {
    this.#emitter.on('task', listener);
    return () => this.#emitter.off('task', listener);
  }

  onEvent(listener: (event: EventView) => void): () => void {
    this.#emitter.on('event', listener);
    return () => this.#emitter.off('event', listener);
  }

  onTick(listener: (tick: { taskId: string; projectId: string | null; progress: TaskProgress }) => void): () => void {
    this.#emitter.on('tick', listener);
    return () => this.#emitter.off('tick', listener);
  }

  async list(query: EventQuery): Promise<EventView[]> {
    let select = this.#database.query.selectFrom('event').selectAll().limit(query.limit);
    if (query.resourceType !== undefined) select = select.where('resource_type', '=', query.resourceType);
    if (query.resourceId !== undefined) select = select.where('resource_id', '=', query.resourceId);
    if (query.before !== undefined) select = select.where('id', '<', query.before);
    if (query.after !== undefined) select = select.where('id', '>', query.after);
    if (query.visibleTo !== 'all') select = select.where('project_id', 'in', [query.visibleTo ?? '', '*']);
    const rows = await select.orderBy('id', query.after === undefined ? 'desc' : 'asc').execute();
    return rows.map(toView);
  }

  async lastId(): Promise<number> {
    const row = await this.#database.query
      .selectFrom('event')
      .select((e) => e.fn.max('id').as('id'))
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  /** The oldest id a stream can resume from. */
  async firstId(): Promise<number> {
    const row = await this.#database.query
      .selectFrom('event')
      .select((e) => e.fn.min('id').as('id'))
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  async prune(): Promise<void> {
    const last = await this.lastId();
    await this.#database.query
      .deleteFrom('event')
      .where('id', '<=', last - KEPT_EVENTS)
      .execute();
  }
}

function toView(row: EventTable | (Omit<EventTable, 'id'> & { id: number })): EventView {
  return {
    id: Number(row.id),
    type: row.type,
    resource: { type: row.resource_type, id: row.resource_id },
    projectId: row.project_id,
    userId: row.user_id,
    requestId: row.request_id,
    payload: JSON.parse(row.payload),
    createdAt: row.created_at,
  };
}
