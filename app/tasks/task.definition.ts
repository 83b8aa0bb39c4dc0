import type { z } from 'zod';
import type { BusProgress } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import type { CumuletError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import type { Memo, TaskRecord } from './task.repository.ts';

/** A task as its steps see it. */
export interface TaskRun<A> {
  readonly id: string;
  readonly context: Context;
  readonly args: A;
  readonly memo: Memo;
  /** Fires on cancel; effects on hosts pass it down. */
  readonly signal: AbortSignal;
  /** Fires when the controller stops. What runs in its own process (a download) ends then; hosts go on with theirs. */
  readonly closing: AbortSignal;
  /** Tells people how far the running step is; cheap, may be called often. */
  progress(progress: BusProgress): void;
}

/**
 * One step of long work. `run` may have effects outside the database and must be idempotent: after a crash it runs
 * again. `commit` runs in the transaction that also records the step as done, with what `run` gave.
 */
export interface TaskStepDefinition<A> {
  readonly name: string;
  /** Effects outside the database; its result goes to `commit`. */
  readonly run?: (task: TaskRun<A>) => Promise<unknown>;
  readonly commit?: (trx: Transaction, task: TaskRun<A>, result: never) => Promise<void>;
  /** Takes the step back (also one that was only begun); must be idempotent and must not need the step's success. */
  readonly undo?: (task: TaskRun<A>) => Promise<void>;
}

export interface TaskDefinition<A> {
  /** `<resource>.<verb>`. */
  readonly kind: string;
  readonly args: z.ZodType<A>;
  readonly cancellable: boolean;
  /** Steps are known by their names: one may be put anywhere, and waiting tasks do it too. */
  readonly steps: readonly TaskStepDefinition<A>[];
  /** Of steps, arguments and memo, 1 where none is given; raise it when `migrate` has to tell old tasks from new ones. */
  readonly version?: number;
  /**
   * Changes a record of another version into one of this: its steps, arguments and memo. Without it, a task one of whose
   * steps was renamed or removed fails, and what can be undone of it is.
   */
  readonly migrate?: (record: TaskRecord) => void;
  /**
   * After the steps were undone. Returning `retry` starts again at the first step (another host, for example);
   * otherwise the returned hook runs in the transaction that ends the task.
   */
  readonly onFailed?: (
    task: TaskRun<A>,
    error: CumuletError,
  ) => Promise<'retry' | ((trx: Transaction) => Promise<void>)>;
}

/** Gives a step its result type, so that `commit` is typed by `run`. */
export function step<A, R>(definition: {
  name: string;
  run?: (task: TaskRun<A>) => Promise<R>;
  commit?: (trx: Transaction, task: TaskRun<A>, result: R) => Promise<void>;
  undo?: (task: TaskRun<A>) => Promise<void>;
}): TaskStepDefinition<A> {
  return definition as TaskStepDefinition<A>;
}
