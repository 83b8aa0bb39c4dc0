import type { Logger } from 'pino';
import type { BusProgress } from '../contract/bus.ts';
import { CumuletError, fromWire, toWire, UnexpectedError, type WireError } from '../contract/errors.ts';
import type { TaskProgress, TaskStep } from '../contract/task.ts';
import { DatabaseUnavailable } from '../database/database.errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import { failPoint } from './fail-point.ts';
import type { ProgressMeter } from './progress-meter.ts';
import { milliseconds, type TaskDefinition, type TaskRun, type TaskStepDefinition } from './task.definition.ts';
import { abortedError, LeaseLost, otherVersionError } from './task.errors.ts';
import type { TaskLines } from './task.lines.ts';
import type { TaskRepository } from './task.repository.ts';
import { begin, currentStep, freshSteps, memoOf, unknownSteps } from './task.steps.ts';
import type { TaskRecord } from './task.tables.ts';

/** Housekeeping that failed is done again after this long, milliseconds. */
const AGAIN_MS = 3_600_000;

/** What is known of a task only while it runs. */
export interface RunningTask {
  readonly kind: string;
  epoch: number;
  readonly abort: AbortController;
  /** Another controller has taken the task over. */
  readonly lost: AbortController;
  readonly meter: ProgressMeter;
}

export interface TaskRunnerParts {
  database: Database;
  repository: TaskRepository;
  lines: TaskLines;
  isOwned: () => Promise<boolean>;
  /** The same in a transaction, until the end of which it stays so. */
  keepOwn: (trx: Transaction) => Promise<boolean>;
  /** Milliseconds since 1970. */
  now: () => number;
  log: Logger;
  /** See {@link TaskRun.closing}. */
  closing: AbortSignal;
  /** A record was stored, or its progress measured. */
  onChange: (record: TaskRecord) => void;
  onProgress: (record: TaskRecord, progress: TaskProgress) => void;
}

/**
 * Takes one task that was claimed from wherever its record stands to its end. Throws where the record cannot be brought
 * further now (the disk is full, a host that must undo is away): run it again from the stored record, as after a restart.
 */
export class TaskRunner {
  readonly #parts: TaskRunnerParts;
  #record: TaskRecord;
  readonly #definition: TaskDefinition<unknown>;
  readonly #running: RunningTask;

  constructor(parts: TaskRunnerParts, record: TaskRecord, definition: TaskDefinition<unknown>, running: RunningTask) {
    this.#parts = parts;
    this.#record = record;
    this.#definition = definition;
    this.#running = running;
  }

  async toEnd(): Promise<void> {
    while (this.#record.owner !== null) {
      if (this.#record.state === 'undoing') await this.#takeBack();
      else await this.#goOn();
    }
  }

  async #goOn(): Promise<void> {
    try {
      const unknown = unknownSteps(this.#record, this.#definition);
      if (unknown.length > 0) throw otherVersionError(unknown);
      for (const step of this.#definition.steps) {
        const state = this.#stateOf(step);
        if (state !== undefined && state !== 'done') await this.#perform(step);
      }
    } catch (error) {
      if (this.#parts.closing.aborted || error instanceof DatabaseUnavailable) throw error;
      if (!(error instanceof CumuletError) || this.#definition.every !== undefined) {
        this.#parts.log.error({ err: error, taskId: this.#record.id }, 'a task step failed');
      }
      const cause = this.#running.abort.signal.aborted ? abortedError() : error;
      await this.#save((next) => {
        next.state = 'undoing';
        next.error = toWire(cause);
        Object.assign(currentStep(next) ?? {}, { state: 'failed', finishedAt: new Date().toISOString() });
      });
    }
  }

  async #perform(step: TaskStepDefinition<unknown>): Promise<void> {
    const { kind } = this.#definition;
    const run = this.#run();
    run.signal.throwIfAborted();
    run.closing.throwIfAborted();
    failPoint(`${kind}.${step.name}.before`);
    const result = await step.run?.(run);
    failPoint(`${kind}.${step.name}.after`);
    if (this.#parts.closing.aborted) throw new UnexpectedError('This controller does the task no more.');
    this.#running.meter.reset();
    const followers = this.#followersOf(step);
    if (followers.length > 0) {
      try {
        await this.#complete(step, result, followers);
        return;
      } catch (error) {
        if (error instanceof LeaseLost || error instanceof DatabaseUnavailable) throw error;
        // Each by itself then: what is done stays done, and the one that fails is the one that people are told of.
      }
    }
    await this.#complete(step, result, []);
  }

  /** Steps right behind it that have no effects outside of the database. */
  #followersOf(step: TaskStepDefinition<unknown>): TaskStepDefinition<unknown>[] {
    const { steps } = this.#definition;
    const behind = steps.slice(steps.indexOf(step) + 1).filter((one) => this.#stateOf(one) !== undefined);
    const next = behind.findIndex((one) => one.run !== undefined || this.#stateOf(one) === 'done');
    return next === -1 ? behind : behind.slice(0, next);
  }

  #stateOf({ name }: TaskStepDefinition<unknown>): TaskStep['state'] | undefined {
    return this.#record.steps.find((step) => step.name === name)?.state;
  }

  /** Records the step as done with what it commits, and with it `followers`, unless the task is to stop. */
  async #complete(
    step: TaskStepDefinition<unknown>,
    result: unknown,
    followers: readonly TaskStepDefinition<unknown>[],
  ): Promise<void> {
    const { database, onChange } = this.#parts;
    const { kind } = this.#definition;
    const { signal } = this.#running.abort;
    const work = async (next: TaskRecord, trx: Transaction) => {
      await this.#commit(step, result, next, trx);
      for (const follower of followers) {
        signal.throwIfAborted();
        // People see each step begin.
        const stage = copyOf(next);
        database.afterCommit(trx, () => onChange(stage));
        failPoint(`${kind}.${follower.name}.before`);
        failPoint(`${kind}.${follower.name}.after`);
        await this.#commit(follower, undefined, next, trx);
      }
    };
    await this.#save(work, { unlessToStop: followers.length > 0 });
  }

  async #commit(step: TaskStepDefinition<unknown>, result: unknown, next: TaskRecord, trx: Transaction): Promise<void> {
    const added = await step.commit?.(trx, this.#run(next), result as never);
    next.memo = { ...next.memo, ...added };
    Object.assign(currentStep(next) ?? {}, { state: 'done', finishedAt: new Date().toISOString() });
    if (currentStep(next)) begin(next);
    else this.#finish(next, 'succeeded');
  }

  async #takeBack(): Promise<void> {
    // What undoes must not be stopped by the wish to stop.
    const undoing = this.#run(this.#record, new AbortController().signal);
    this.#running.meter.reset();
    for (const [index, { name, state }] of [...this.#record.steps.entries()].reverse()) {
      if (state === 'pending' || state === 'undone') continue;
      await this.#definition.steps.find((step) => step.name === name)?.undo?.(undoing);
      if (state !== 'failed') {
        await this.#save((next) => {
          Object.assign(next.steps[index] ?? {}, { state: 'undone' });
        });
      }
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    const { onFailed } = this.#definition;
    const isAborted = () => this.#running.abort.signal.aborted;
    let error = fromWire(this.#record.error as WireError);
    const run = this.#run();
    let outcome = await onFailed?.(run, error);
    if (isRetry(outcome) && isAborted()) {
      // Cancelled while it made up its mind: ask again, knowing that.
      error = abortedError();
      outcome = await onFailed?.(run, error);
    }
    if (isRetry(outcome) && !isAborted()) {
      const { retry } = outcome;
      await this.#save((next) => {
        Object.assign(next, { state: 'pending', steps: freshSteps(this.#definition, next.args), error: null });
        begin(next);
        next.memo = { ...next.memo, ...retry };
      });
      return;
    }
    await this.#save(async (next, trx) => {
      if (typeof outcome === 'function') await outcome(trx);
      next.error = toWire(error);
      this.#finish(next, error.code === 'aborted' ? 'cancelled' : 'failed');
    });
  }

  /** Housekeeping does not end but waits for its next time. */
  #finish(record: TaskRecord, state: 'succeeded' | 'failed' | 'cancelled'): void {
    const { every } = this.#definition;
    record.owner = null;
    if (every === undefined) {
      Object.assign(record, { state, finishedAt: new Date().toISOString() });
      return;
    }
    const pause = state === 'succeeded' ? milliseconds(every) : Math.min(milliseconds(every), AGAIN_MS);
    Object.assign(record, {
      state: 'pending',
      steps: freshSteps(this.#definition, record.args),
      memo: {},
      error: null,
    });
    record.notBefore = new Date(this.#parts.now() + pause).toISOString();
  }

  /** The task as steps see it now, or as it will be once more is stored. */
  #run(record = this.#record, signal: AbortSignal = this.#running.abort.signal): TaskRun<unknown> {
    const { meter } = this.#running;
    return {
      id: record.id,
      context: record.context,
      args: record.args,
      memo: memoOf(record, this.#definition),
      signal,
      closing: this.#parts.closing,
      isOwned: this.#parts.isOwned,
      requireOwned: async (trx) => {
        if (!(await this.#parts.keepOwn(trx))) throw new LeaseLost();
      },
      progress: (progress: BusProgress) => {
        const shown = meter.update(progress);
        if (shown) this.#parts.onProgress(this.#record, shown);
      },
    };
  }

  /**
   * Stores the record as `work` changes it, in one transaction with what else `work` does; when that fails, or when another
   * controller has the task by now, the record stays as it was. `unlessToStop`: also where the task is to stop.
   */
  async #save(
    work: (next: TaskRecord, trx: Transaction) => Promise<void> | void,
    { unlessToStop = false } = {},
  ): Promise<void> {
    const { database, repository, lines, onChange } = this.#parts;
    const claimed = this.#record;
    const { next, isToStop } = await database
      .transaction(async (trx) => {
        const next = copyOf(claimed);
        await work(next, trx);
        next.updatedAt = new Date().toISOString();
        const { isOwn, isToStop } = await repository.update(trx, next, claimed);
        if (!isOwn) throw new LeaseLost();
        if (isToStop && unlessToStop) throw abortedError();
        if (next.finishedAt !== null) await lines.leave(trx, next.id);
        database.afterCommit(trx, () => onChange(next));
        return { next, isToStop };
      })
      .catch((error: unknown) => {
        if (error instanceof LeaseLost) this.#running.lost.abort(error);
        throw error;
      });
    this.#record = next;
    // Asked for at another controller.
    if (isToStop) this.#running.abort.abort(abortedError());
  }
}

/** Which may be changed without the other. */
function copyOf(record: TaskRecord): TaskRecord {
  return { ...record, steps: record.steps.map((step) => ({ ...step })) };
}

type Outcome = Awaited<ReturnType<NonNullable<TaskDefinition<unknown>['onFailed']>>>;

function isRetry(outcome: Outcome | undefined): outcome is Extract<Outcome, { retry: unknown }> {
  return typeof outcome === 'object';
}
