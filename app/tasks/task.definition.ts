import { z } from 'zod';
import type { BusProgress } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import type { CumuletError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import type { Memo, TaskRecord } from './task.tables.ts';

/** What a step or an attempt adds to the memo; what is given as undefined is taken out of it. */
type MemoChange<M> = { readonly [K in keyof M]?: M[K] | undefined };

export type Committed<M> = Promise<void> | Promise<MemoChange<M>>;

/** A task as its steps see it. */
export interface TaskRun<A, M = Memo> {
  readonly id: string;
  readonly context: Context;
  readonly args: A;
  /** What steps that are done have added. */
  readonly memo: Readonly<M>;
  /** Fires on cancel; effects on hosts pass it down. */
  readonly signal: AbortSignal;
  /**
   * Fires when this controller goes on with the task no more: it stops, or another has taken the task over. What runs in
   * its own process (a download) ends then; hosts go on with theirs.
   */
  readonly closing: AbortSignal;
  /** Whether this controller still does the task; hosts ask before they carry out an order of it. */
  isOwned(): Promise<boolean>;
  /**
   * Throws where this controller does not do the task any more, else keeps it from others until `trx` has ended: for what
   * `run` and `undo` write, as a commit is kept from a controller that stood still for a while.
   */
  requireOwned(trx: Transaction): Promise<void>;
  /** Tells people how far the running step is; cheap, may be called often. */
  progress(progress: BusProgress): void;
}

/**
 * One step of long work. `run` may have effects outside the database and must be idempotent: after a crash it runs
 * again. `commit` runs in the transaction that also records the step as done, with what `run` gave. Transactions may run
 * again, so it changes nothing but through `trx`, and answers what it adds to the memo.
 */
export interface TaskStepDefinition<A, M = Memo> {
  readonly name: string;
  /** Whether tasks with these arguments have the step; all have it where nothing is said. */
  readonly when?: (args: A) => boolean;
  /** Effects outside the database; its result goes to `commit`. */
  readonly run?: (task: TaskRun<A, M>) => Promise<unknown>;
  readonly commit?: (trx: Transaction, task: TaskRun<A, M>, result: never) => Committed<M>;
  /** Takes the step back (also one that was only begun); must be idempotent and must not need the step's success. */
  readonly undo?: (task: TaskRun<A, M>) => Promise<void>;
}

export interface TaskDefinition<A, M = Memo> {
  /** `<resource>.<verb>`. */
  readonly kind: string;
  readonly args: z.ZodType<A>;
  /** What steps hand to later ones: every field is optional or has a default, for the memo is empty at first. */
  readonly memo?: z.ZodType<M>;
  readonly cancellable: boolean;
  /**
   * Begun by itself, for the first time when it is new and then so long after its last end. It is nobody's wish: no list
   * shows it, and where it fails that is in the log and it is done again within the hour. See {@link housekeeping}.
   */
  readonly every?: Period;
  /** Steps are known by their names: one may be put anywhere, and waiting tasks do it too. */
  readonly steps: readonly TaskStepDefinition<A, M>[];
  /** Of steps, arguments and memo, 1 where none is given; raise it when `migrate` has to tell old tasks from new ones. */
  readonly version?: number;
  /**
   * Changes a record of another version into one of this: its steps, arguments and memo. Without it, a task one of whose
   * steps was renamed or removed fails, and what can be undone of it is.
   */
  readonly migrate?: (record: TaskRecord) => void;
  /**
   * After the steps were undone. Answering `retry` starts again at the first step (with another host, for example) and
   * what it says added to the memo; otherwise the answered hook runs in the transaction that ends the task.
   */
  readonly onFailed?: (
    task: TaskRun<A, M>,
    error: CumuletError,
  ) => Promise<{ retry: MemoChange<M> } | ((trx: Transaction) => Promise<void>)>;
}

/** `10 min`, `1 h`, `1 d`. */
type Period = `${number} ${keyof typeof UNITS}`;
const UNITS = { min: 60_000, h: 3_600_000, d: 86_400_000 };

export function milliseconds(period: Period): number {
  const [count, unit] = period.split(' ') as [string, keyof typeof UNITS];
  return Number(count) * UNITS[unit];
}

/** Work that comes again and again, such as forgetting what is old, at one of the controllers each time. */
export function housekeeping(
  kind: string,
  every: Period,
  run: (task: TaskRun<unknown>) => Promise<unknown>,
): TaskDefinition<unknown> {
  return { kind, every, args: z.unknown(), cancellable: false, steps: [{ name: 'run', run }] };
}

/** Gives a step its result type, so that `commit` is typed by `run`. */
export function step<A, M = Memo, R = void>(definition: {
  name: string;
  when?: (args: A) => boolean;
  run?: (task: TaskRun<A, M>) => Promise<R>;
  commit?: (trx: Transaction, task: TaskRun<A, M>, result: R) => Committed<M>;
  undo?: (task: TaskRun<A, M>) => Promise<void>;
}): TaskStepDefinition<A, M> {
  return definition as TaskStepDefinition<A, M>;
}
