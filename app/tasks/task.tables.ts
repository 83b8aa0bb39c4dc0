import type { Context } from '../contract/context.ts';
import type { TaskStep, TaskView } from '../contract/task.ts';
import {
  flag,
  generated,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  smallTable,
  table,
  text,
  textOf,
  time,
} from '../database/table.ts';
import type * as declared from './task.tables.ts';

/** What steps hand to later ones: JSON values only. */
export type Memo = Record<string, unknown>;

export const tasks = table('task', {
  id: text,
  kind: text,
  subjectType: text,
  subjectId: text,
  subjectName: nullable(text),
  projectId: nullable(text),
  context: json<Context>(),
  args: json<unknown>(),
  state: textOf<TaskView['state']>(),
  /** Of the definition that made the steps. */
  version: integer,
  steps: json<TaskStep[]>(),
  memo: json<Memo>(),
  parentId: nullable(text),
  abortRequested: flag,
  error: nullable(json<NonNullable<TaskView['error']>>()),
  createdAt: time,
  updatedAt: time,
  finishedAt: nullable(time),
  /** The controller that does it; null where nobody does. */
  owner: nullable(text),
  /** How often it was claimed: what is recorded with an earlier number is refused. */
  epoch: generated(integer),
  /** Not to be claimed earlier; empty: at once. */
  notBefore: generated(text),
  /** How many of its subjects another task holds. */
  waitsFor: generated(integer),
});
export type TaskRow = RowOf<typeof tasks>;

/** A task without its place in the lines of its subjects; see task.lines.ts. */
export type TaskRecord = Omit<RecordOf<typeof tasks>, 'subjectType' | 'subjectId' | 'subjectName' | 'waitsFor'> & {
  subject: { type: string; id: string; name: string | null };
};

/** A controller that does tasks. When its lease has run out, others may take them. */
export const taskOwners = smallTable(
  'task_owner',
  {
    id: text,
    leaseUntil: time,
  },
  'as many as there are controllers',
);

/** What a task is about; see app/tasks/task.lines.ts. */
export const taskSubjects = table('task_subject', {
  taskId: text,
  type: text,
  id: text,
});

/** The first in line for a subject: the one task that may do something with it. */
export const taskHolds = smallTable(
  'task_hold',
  {
    type: text,
    id: text,
    taskId: text,
  },
  'one for each thing that a task is working on or waits to',
);

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
