import type { Selectable } from 'kysely';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import { change, type Database, type Queryable, type Transaction } from '../database/database.ts';
import { flag } from '../database/table.ts';
import { type TaskRecord, type TaskRow, tasks } from './task.tables.ts';

export interface TaskFilter {
  state?: 'active' | 'finished' | undefined;
  subjectId?: string | undefined;
  kinds?: readonly string[];
  states?: readonly TaskRecord['state'][];
  isOldestFirst?: boolean;
  /** Project whose tasks are meant, or `all`. */
  visibleTo: string | null | 'all';
  limit: number;
  /** Id of the last task of the page before. */
  marker?: string | undefined;
}

/** Housekeeping has one task for ever, which bears the name of its kind; nobody is shown it. */
export function isHousekeeping({ id, kind }: Pick<TaskRecord, 'id' | 'kind'>): boolean {
  return id === kind;
}

/** Rows of the task table. */
export class TaskRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, record: TaskRecord): Promise<void> {
    await change(trx, trx.insertInto('task').values(newRow(record)));
  }

  /** By whoever does the task, as it was claimed: answers whether that still is so, and whether it is to stop. */
  async update(
    trx: Transaction,
    record: TaskRecord,
    { owner, epoch }: Pick<TaskRecord, 'owner' | 'epoch'>,
  ): Promise<{ isOwn: boolean; isToStop: boolean }> {
    const stored = await trx
      .updateTable('task')
      .set(toProgress(record))
      .where('id', '=', record.id)
      .where('owner', '=', owner)
      .where('epoch', '=', epoch)
      .returning('abort_requested')
      .executeTakeFirst();
    return { isOwn: stored !== undefined, isToStop: stored !== undefined && flag.read(stored.abort_requested) };
  }

  /** Apart from {@link update}, so that the running task cannot overwrite the wish to stop it. */
  async requestAbort(trx: Transaction, id: string): Promise<void> {
    await trx
      .updateTable('task')
      .set(tasks.toChanges({ abortRequested: true }))
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .execute();
  }

  /** Unless it is there. One that a restored database ended begins anew. */
  async keep(trx: Transaction, record: TaskRecord): Promise<void> {
    await trx.deleteFrom('task').where('id', '=', record.id).where('finished_at', 'is not', null).execute();
    await trx
      .insertInto('task')
      .values(newRow(record))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<TaskRecord | undefined> {
    const row = await query.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toTaskRecord(row);
  }

  async list(filter: TaskFilter): Promise<TaskRecord[]> {
    let select = this.#database.query.selectFrom('task').selectAll().whereRef('id', '!=', 'kind').limit(filter.limit);
    if (filter.state === 'active') select = select.where('finished_at', 'is', null);
    if (filter.state === 'finished') select = select.where('finished_at', 'is not', null);
    const { subjectId, kinds, states, isOldestFirst = false } = filter;
    if (kinds !== undefined) select = select.where('kind', 'in', kinds);
    if (states !== undefined) select = select.where('state', 'in', states);
    if (subjectId !== undefined) {
      select = select.where('id', 'in', (e) =>
        e.selectFrom('task_subject').select('task_id').where('task_subject.id', '=', subjectId),
      );
    }
    if (filter.visibleTo !== 'all') select = select.where('project_id', '=', filter.visibleTo);
    if (filter.marker !== undefined) {
      const marker = await this.find(filter.marker);
      if (marker) {
        const beyond = isOldestFirst ? '>' : '<';
        select = select.where((e) =>
          e.or([
            e('created_at', beyond, marker.createdAt),
            e.and([e('created_at', '=', marker.createdAt), e('id', beyond, marker.id)]),
          ]),
        );
      }
    }
    const direction = isOldestFirst ? 'asc' : 'desc';
    const rows = await select.orderBy('created_at', direction).orderBy('id', direction).execute();
    return rows.map(toTaskRecord);
  }

  /** Tasks that ended before that time, and controllers that have not been there since. */
  async prune(before: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await trx.deleteFrom('task').where('finished_at', '<', before).execute();
      await trx.deleteFrom('task_owner').where('lease_until', '<', before).execute();
    });
  }
}

function newRow({ subject, ...record }: TaskRecord) {
  return tasks.toRow({ ...record, subjectType: subject.type, subjectId: subject.id, subjectName: subject.name });
}

/** What changes of a task while it is done. */
export function toProgress(record: TaskRecord) {
  const { owner, epoch, state, version, steps, args, memo, error, updatedAt, finishedAt, notBefore } = record;
  return tasks.toChanges({
    ...{ owner, epoch, state, version, steps, args, memo, error },
    ...{ updatedAt, finishedAt, notBefore },
  });
}

export function toTaskRecord(row: Selectable<TaskRow>): TaskRecord {
  const { subjectType: type, subjectId: id, subjectName: name, waitsFor: _, ...record } = tasks.toRecord(row);
  return { ...record, subject: { type, id, name } };
}

export function toTaskView(record: TaskRecord, cancellable: boolean, progress: TaskProgress | null): TaskView {
  return {
    id: record.id,
    kind: record.kind,
    subject: record.subject,
    projectId: record.projectId,
    userId: record.context.userId,
    requestId: record.context.requestId,
    parentId: record.parentId,
    state: record.state,
    steps: record.steps,
    progress,
    cancellable,
    abortRequested: record.abortRequested,
    error: record.error,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    finishedAt: record.finishedAt,
  };
}
