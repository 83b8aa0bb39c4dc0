import type { Insertable, Selectable } from 'kysely';
import type { Context } from '../contract/context.ts';
import type { TaskProgress, TaskStep, TaskView } from '../contract/task.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { TaskTable } from '../database/task.tables.ts';

/** What steps hand to later ones, stored with the task: JSON values only. */
export type Memo = Record<string, unknown>;

export interface TaskRecord {
  id: string;
  kind: string;
  subject: { type: string; id: string; name: string | null };
  projectId: string | null;
  context: Context;
  args: unknown;
  state: TaskView['state'];
  /** Of the definition that made the steps. */
  version: number;
  steps: TaskStep[];
  memo: Memo;
  parentId: string | null;
  abortRequested: boolean;
  error: TaskView['error'];
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
  /** The controller that does it, and how often it was claimed. */
  owner: string | null;
  epoch: number;
  /** Not to be done earlier; empty: at once. */
  notBefore: string;
}

export interface TaskFilter {
  state?: 'active' | 'finished' | undefined;
  subjectId?: string | undefined;
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
    await trx.insertInto('task').values(toRow(record)).execute();
  }

  /** By whoever does the task, as it was claimed: answers whether that still is so, and whether it is to stop. */
  async update(
    trx: Transaction,
    record: TaskRecord,
    { owner, epoch }: Pick<TaskRecord, 'owner' | 'epoch'>,
  ): Promise<{ isOwn: boolean; isToStop: boolean }> {
    const { id, abort_requested: _asked, ...row } = toRow(record);
    const updated = await trx
      .updateTable('task')
      .set(row)
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    const asked = await trx.selectFrom('task').select('abort_requested').where('id', '=', id).executeTakeFirst();
    return { isOwn: updated.numUpdatedRows === 1n, isToStop: asked?.abort_requested === 1 };
  }

  /** Apart from {@link update}, so that the running task cannot overwrite the wish to stop it. */
  async requestAbort(trx: Transaction, id: string): Promise<void> {
    await trx
      .updateTable('task')
      .set({ abort_requested: 1 })
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .execute();
  }

  /** Unless it is there. One that a restored database ended begins anew. */
  async keep(trx: Transaction, record: TaskRecord): Promise<void> {
    await trx.deleteFrom('task').where('id', '=', record.id).where('finished_at', 'is not', null).execute();
    await trx
      .insertInto('task')
      .values(toRow(record))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async find(id: string, query: Queryable = this.#database.query): Promise<TaskRecord | undefined> {
    const row = await query.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
    return row && fromTaskRow(row);
  }

  async list(filter: TaskFilter): Promise<TaskRecord[]> {
    let select = this.#database.query.selectFrom('task').selectAll().whereRef('id', '!=', 'kind').limit(filter.limit);
    if (filter.state === 'active') select = select.where('finished_at', 'is', null);
    if (filter.state === 'finished') select = select.where('finished_at', 'is not', null);
    const { subjectId } = filter;
    if (subjectId !== undefined) {
      select = select.where('id', 'in', (e) =>
        e.selectFrom('task_subject').select('task_id').where('task_subject.id', '=', subjectId),
      );
    }
    if (filter.visibleTo !== 'all') select = select.where('project_id', '=', filter.visibleTo);
    if (filter.marker !== undefined) {
      const marker = await this.find(filter.marker);
      if (marker) {
        select = select.where((e) =>
          e.or([
            e('created_at', '<', marker.createdAt),
            e.and([e('created_at', '=', marker.createdAt), e('id', '<', marker.id)]),
          ]),
        );
      }
    }
    const rows = await select.orderBy('created_at', 'desc').orderBy('id', 'desc').execute();
    return rows.map(fromTaskRow);
  }

  /** Tasks that ended before that time, and controllers that have not been there since. */
  async prune(before: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await trx.deleteFrom('task').where('finished_at', '<', before).execute();
      await trx.deleteFrom('task_owner').where('lease_until', '<', before).execute();
    });
  }
}

function toRow(record: TaskRecord): Insertable<TaskTable> {
  return {
    id: record.id,
    kind: record.kind,
    subject_type: record.subject.type,
    subject_id: record.subject.id,
    subject_name: record.subject.name,
    project_id: record.projectId,
    context: JSON.stringify(record.context),
    args: JSON.stringify(record.args),
    state: record.state,
    version: record.version,
    steps: JSON.stringify(record.steps),
    memo: JSON.stringify(record.memo),
    parent_id: record.parentId,
    abort_requested: record.abortRequested ? 1 : 0,
    error: record.error && JSON.stringify(record.error),
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    finished_at: record.finishedAt,
    owner: record.owner,
    epoch: record.epoch,
    not_before: record.notBefore,
  };
}

export function fromTaskRow(row: Selectable<TaskTable>): TaskRecord {
  return {
    id: row.id,
    kind: row.kind,
    subject: { type: row.subject_type, id: row.subject_id, name: row.subject_name },
    projectId: row.project_id,
    context: JSON.parse(row.context),
    args: JSON.parse(row.args),
    state: row.state as TaskView['state'],
    version: row.version,
    steps: JSON.parse(row.steps),
    memo: JSON.parse(row.memo),
    parentId: row.parent_id,
    abortRequested: row.abort_requested === 1,
    error: row.error === null ? null : JSON.parse(row.error),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
    owner: row.owner,
    epoch: row.epoch,
    notBefore: row.not_before,
  };
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
