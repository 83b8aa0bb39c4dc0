import type { Logger } from 'pino';
import type { BusProgress } from '../contract/bus.ts';
import {
  CumuletError,
  fromWire,
  OperationalError,
  toWire,
  UnexpectedError,
  UserError,
  type WireError,
} from '../contract/errors.ts';
import type { TaskProgress } from '../contract/task.ts';
import type { Database, Transaction } from '../database/database.ts';
import { failPoint } from './fail-point.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { Committed, TaskDefinition, TaskRun, TaskStepDefinition } from './task.definition.ts';
import type { Memo, TaskRecord, TaskRepository } from './task.repository.ts';
import { currentStep, fitDefinition, freshSteps, memoOf, unknownSteps } from './task.steps.ts';

/** What is known of a task only while it runs. */
export interface RunningTask {
  readonly abort: AbortController;
  readonly meter: ProgressMeter;
}

export interface TaskRunnerParts {
  database: Database;
  repository: TaskRepository;
  log: Logger;
  closing: AbortSignal;
  /** A record was stored, or its progress measured. */
  onChange: (record: TaskRecord) => void;
  onProgress: (record: TaskRecord, progress: TaskProgress) => void;
}

/**
 * Takes one task from wherever its record stands to its end. Throws where the record cannot be brought further now
 * (the disk is full, a host that must undo is away): run it again from the stored record, as after a restart.
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
    fitDefinition(record, definition);
  }

  async toEnd(): Promise<void> {
    while (this.#record.finishedAt === null) {
      if (this.#record.state === 'undoing') await this.#takeBack();
      else await this.#goOn();
    }
  }

  async #goOn(): Promise<void> {
    try {
      const unknown = unknownSteps(this.#record, this.#definition);
      if (unknown.length > 0) throw otherVersionError(unknown);
      for (const step of this.#definition.steps) {
        const state = this.#record.steps.find(({ name }) => name === step.name)?.state;
        if (state === 'done') continue;
        if (state !== 'running') await this.#begin();
        await this.#perform(step);
      }
    } catch (error) {
      if (this.#parts.closing.aborted) throw error;
      if (!(error instanceof CumuletError)) {
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

  async #begin(): Promise<void> {
    await this.#save((next) => {
      next.state = 'running';
      Object.assign(currentStep(next) ?? {}, { state: 'running', startedAt: new Date().toISOString() });
    });
  }

  async #perform(step: TaskStepDefinition<unknown>): Promise<void> {
    const { kind } = this.#definition;
    const run = this.#run(this.#running.abort.signal);
    run.signal.throwIfAborted();
    failPoint(`${kind}.${step.name}.before`);
    const result = await step.run?.(run);
    failPoint(`${kind}.${step.name}.after`);
    if (this.#parts.closing.aborted) throw new UnexpectedError('The controller stops.');
    this.#running.meter.reset();
    await this.#save(
      (next) => {
        const now = new Date().toISOString();
        Object.assign(currentStep(next) ?? {}, { state: 'done', finishedAt: now });
        const following = currentStep(next);
        if (following) Object.assign(following, { state: 'running', startedAt: now });
        else Object.assign(next, { state: 'succeeded', finishedAt: now });
      },
      (trx) => step.commit?.(trx, run, result as never),
    );
  }

  async #takeBack(): Promise<void> {
    // What undoes must not be stopped by the wish to stop.
    const undoing = this.#run(new AbortController().signal);
    this.#running.meter.reset();
    for (const [index, { name, state }] of [...this.#record.steps.entries()].reverse()) {
      if (state === 'pending' || state === 'undone') continue;
      await this.#definition.steps.find((step) => step.name === name)?.undo?.(undoing);
      if (state !== 'failed') await this.#save((next) => Object.assign(next.steps[index] ?? {}, { state: 'undone' }));
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    const { onFailed } = this.#definition;
    const isAborted = () => this.#running.abort.signal.aborted;
    let error = fromWire(this.#record.error as WireError);
    const run = this.#run(this.#running.abort.signal);
    let outcome = await onFailed?.(run, error);
    if (isRetry(outcome) && isAborted()) {
      // Cancelled while it made up its mind: ask again, knowing that.
      error = abortedError();
      outcome = await onFailed?.(run, error);
    }
    if (isRetry(outcome) && !isAborted()) {
      const { retry } = outcome;
      await this.#save((next) => {
        Object.assign(next, { state: 'pending', steps: freshSteps(this.#definition), error: null });
        next.memo = { ...next.memo, ...retry };
      });
      return;
    }
    await this.#save(
      (next) => {
        next.error = toWire(error);
        next.state = error.code === 'aborted' ? 'cancelled' : 'failed';
        next.finishedAt = new Date().toISOString();
      },
      (trx) => (typeof outcome === 'function' ? outcome(trx) : undefined),
    );
  }

  /** The task as steps see it now. */
  #run(signal: AbortSignal): TaskRun<unknown> {
    const { meter } = this.#running;
    return {
      id: this.#record.id,
      context: this.#record.context,
      args: this.#record.args,
      memo: memoOf(this.#record, this.#definition),
      signal,
      closing: this.#parts.closing,
      progress: (progress: BusProgress) => {
        const shown = meter.update(progress);
        if (shown) this.#parts.onProgress(this.#record, shown);
      },
    };
  }

  /**
   * Stores a changed record in one transaction with `work`, which answers what is added to the memo; when that fails the
   * record stays as it was.
   */
  async #save(
    change: (next: TaskRecord) => void,
    work?: (trx: Transaction) => Committed<Memo> | undefined,
  ): Promise<void> {
    const { database, repository, onChange } = this.#parts;
    const changed = { ...this.#record, steps: structuredClone(this.#record.steps) };
    change(changed);
    changed.updatedAt = new Date().toISOString();
    this.#record = await database.transaction(async (trx) => {
      const added = await work?.(trx);
      const next = { ...changed, memo: { ...changed.memo, ...added } };
      await repository.update(trx, next);
      database.afterCommit(trx, () => onChange(next));
      return next;
    });
  }
}

type Outcome = Awaited<ReturnType<NonNullable<TaskDefinition<unknown>['onFailed']>>>;

function isRetry(outcome: Outcome | undefined): outcome is Extract<Outcome, { retry: unknown }> {
  return typeof outcome === 'object';
}

export function abortedError(): UserError {
  return new UserError('aborted', 'It was cancelled.');
}

/** Of a kind that no definition tries again, which would be done twice. */
function otherVersionError(steps: string[]): OperationalError {
  const named = steps.map((name) => `"${name}"`).join(', ');
  return new OperationalError(
    'conflict',
    'controller',
    `Another version of Cumulet began this work. This version does not know its steps ${named}.`,
    { hint: 'What could be taken back was. Look at the result, then do it again.' },
  );
}
