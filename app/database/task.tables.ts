import type { Generated } from 'kysely';

/** Tables of long work; see tables.ts. */
type json = string;
type flag = number;

export interface TaskTables {
  task: TaskTable;
  task_owner: TaskOwnerTable;
  task_subject: TaskSubjectTable;
  task_hold: TaskHoldTable;
}

export interface TaskTable {
  id: string;
  kind: string;
  subject_type: string;
  subject_id: string;
  subject_name: string | null;
  project_id: string | null;
  context: json;
  args: json;
  state: string;
  /** Of the definition that made the steps. */
  version: number;
  steps: json;
  /** What steps hand to later ones. */
  memo: json;
  parent_id: string | null;
  abort_requested: flag;
  error: json | null;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
  /** The controller that does it; null where nobody does. */
  owner: string | null;
  /** How often it was claimed: what is recorded with an earlier number is refused. */
  epoch: Generated<number>;
  /** Not to be claimed earlier; empty where it is to be done at once. */
  not_before: Generated<string>;
  /** How many of its subjects another task holds. */
  waits_for: Generated<number>;
}

/** A controller that does tasks. When its lease has run out, others may take them. */
export interface TaskOwnerTable {
  id: string;
  lease_until: string;
}

/** What a task is about; see app/tasks/task.lines.ts. */
export interface TaskSubjectTable {
  task_id: string;
  type: string;
  id: string;
}

/** The first in line for a subject: the one task that may do something with it. */
export interface TaskHoldTable {
  type: string;
  id: string;
  task_id: string;
}
