import { EventEmitter } from 'node:events';
import type { Selectable } from 'kysely';
import type { Context } from '../contract/context.ts';
import type { EventView } from '../contract/event.ts';
import { EVENTS, type EventName, ROUTINE_EVENTS } from '../contract/events.ts';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import type { Database, Transaction } from '../database/database.ts';
import { type EventRow, events } from './event.tables.ts';
import { EventFeed, type News, type Subscription } from './event-feed.ts';

/** Events kept for `/v1/event-log` and for resuming streams; older ones are dropped by {@link EventService.prune}. */
const KEPT_EVENTS = 200_000;

export interface NewEvent {
  type: EventName;
  /** Of the thing it is about; what kind of thing that is, the catalogue says. */
  resourceId: string;
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
  upTo?: number | undefined;
  /** Without what comes by itself again and again, unless one thing is asked about. */
  withoutRoutine?: boolean | undefined;
  limit: number;
  /** The project whose events the caller may see, or `all`. */
  visibleTo: string | null | 'all';
}

/** Written in the transaction that causes them, told to subscribers from the log once it is committed. */
export class EventService {
  readonly #database: Database;
  readonly #feed: EventFeed;
  /** For what is done in this controller only. */
  readonly #here = new EventEmitter();
  /** Transactions that have said from where on their ids are. */
  readonly #announced = new WeakSet<Transaction>();

  constructor(database: Database) {
    this.#database = database;
    this.#feed = new EventFeed({
      settled: () => database.idOrder.readable(database.query, 'event'),
      read: (range) => this.list({ ...range, visibleTo: 'all' }),
    });
    this.#here.setMaxListeners(0);
  }

  /** Records what `trx` does; nobody hears of it when `trx` is rolled back. */
  async record(trx: Transaction, context: Context | null, event: NewEvent): Promise<void> {
    if (!this.#announced.has(trx)) {
      this.#announced.add(trx);
      await this.#database.idOrder.announce(trx, 'event');
    }
    const { id } = await trx
      .insertInto('event')
      .values(
        events.toRow({
          type: event.type,
          resourceType: EVENTS[event.type].resource,
          resourceId: event.resourceId,
          projectId: event.projectId,
          userId: context?.userId ?? null,
          requestId: context?.requestId ?? null,
          payload: event.payload ?? {},
          createdAt: new Date().toISOString(),
        }),
      )
      .returning('id')
      .executeTakeFirstOrThrow();
    this.#database.afterCommit(trx, () => {
      this.#here.emit('written', id);
      this.#feed.look();
    });
  }

  /** Tells of all that happens from {@link Subscription.position} on. */
  async subscribe(listener: (news: News) => void): Promise<Subscription> {
    return await this.#feed.subscribe(listener);
  }

  /** Task progress too frequent to store; see contract/event.ts `tick`. */
  tick(taskId: string, projectId: string | null, progress: TaskProgress): void {
    this.#feed.tell({ op: 'tick', taskId, projectId, progress });
  }

  /** A task's record changed. Not stored: the task itself is. */
  taskChanged(task: TaskView): void {
    this.#here.emit('task', task);
    this.#feed.tell({ op: 'task', task });
  }

  /** Hears of the id of what this controller wrote, after the commit and before whoever asked for it is answered. */
  onWritten(listener: (id: number) => void): () => void {
    this.#here.on('written', listener);
    return () => this.#here.off('written', listener);
  }

  /** For what goes on in this controller when a task changes here. */
  onTask(listener: (task: TaskView) => void): () => void {
    this.#here.on('task', listener);
    return () => this.#here.off('task', listener);
  }

  async list(query: EventQuery): Promise<EventView[]> {
    let select = this.#database.query.selectFrom('event').selectAll().limit(query.limit);
    if (query.resourceType !== undefined) select = select.where('resource_type', '=', query.resourceType);
    if (query.resourceId !== undefined) select = select.where('resource_id', '=', query.resourceId);
    if (query.before !== undefined) select = select.where('id', '<', query.before);
    if (query.after !== undefined) select = select.where('id', '>', query.after);
    if (query.upTo !== undefined) select = select.where('id', '<=', query.upTo);
    if (query.withoutRoutine && query.resourceId === undefined) select = select.where('type', 'not in', ROUTINE_EVENTS);
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

function toView(row: Selectable<EventRow>): EventView {
  const { id, type, resourceType, resourceId, ...rest } = events.toRecord(row);
  return { id, type, resource: { type: resourceType, id: resourceId }, ...rest };
}
