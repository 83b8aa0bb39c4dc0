import type { Context } from '../contract/context.ts';
import type { TaskProgress, TaskStep, TaskView } from '../contract/task.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { TaskTable } from '../database/tables.ts';

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

/** Rows of the task table. */
export class TaskRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, record: TaskRecord): Promise<void> {
    await trx.insertInto('task').values(toRow(record)).execute();
  }

  async update(trx: Transaction, record: TaskRecord): Promise<void> {
    const { id, abort_requested: _asked, ...row } = toRow(record);
    await trx.updateTable('task').set(row).where('id', '=', id).execute();
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

  async find(id: string, query: Queryable = this.#database.query): Promise<TaskRecord | undefined> {
    const row = await query.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
    return row && fromRow(row);
  }

  async unfinished(): Promise<TaskRecord[]> {
    const rows = await this.#database.query
      .selectFrom('task')
      .selectAll()
      .where('finished_at', 'is', null)
      .orderBy('created_at')
      .execute();
    return rows.map(fromRow);
  }

  async list(filter: TaskFilter): Promise<TaskRecord[]> {
    let select = this.#database.query.selectFrom('task').selectAll().limit(filter.limit);
    if (filter.state === 'active') select = select.where('finished_at', 'is', null);
    if (filter.state === 'finished') select = select.where('finished_at', 'is not', null);
    if (filter.subjectId !== undefined) select = select.where('subject_id', '=', filter.subjectId);
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
    return rows.map(fromRow);
  }

  async prune(finishedBefore: string): Promise<void> {
    await this.#database.query.deleteFrom('task').where('finished_at', '<', finishedBefore).execute();
  }
}

function toRow(record: TaskRecord): TaskTable {
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
  };
}

function fromRow(row: TaskTable): TaskRecord {
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
