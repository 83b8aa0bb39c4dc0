import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { BusProgress } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import { CumuletError, fromWire, toWire, UnexpectedError, UserError } from '../contract/errors.ts';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { failPoint } from './fail-point.ts';
import { ProgressMeter } from './progress-meter.ts';
import type { TaskDefinition, TaskRun, TaskStepDefinition } from './task.definition.ts';
import { type TaskFilter, type TaskRecord, type TaskRepository, toTaskView } from './task.repository.ts';

export interface NewTask {
  kind: string;
  subject: { type: string; id: string; name: string | null };
  projectId: string | null;
  args: unknown;
  parentId?: string;
}

interface RunningTask {
  abort: AbortController;
  meter: ProgressMeter;
}

/** Finished tasks are kept this long. */
const KEPT_DAYS = 30;

/**
 * Long work that survives a restart. A task is stored by the transaction that decides on it, runs its steps one after
 * the other (one task at a time per subject), records each with the state it produced, and on failure takes the done
 * steps back in reverse. On start, unfinished tasks go on where they were.
 */
export class TaskService {
  readonly #database: Database;
  readonly #events: EventService;
  readonly #repository: TaskRepository;
  readonly #log: Logger;
  readonly #definitions = new Map<string, TaskDefinition<unknown>>();
  /** Tasks by subject, the running one first. */
  readonly #queues = new Map<string, string[]>();
  readonly #running = new Map<string, RunningTask>();
  #state: 'new' | 'started' | 'closed' = 'new';

  constructor(parts: { database: Database; events: EventService; repository: TaskRepository; log: Logger }) {
    this.#database = parts.database;
    this.#events = parts.events;
    this.#repository = parts.repository;
    this.#log = parts.log;
  }

  define<A>(definition: TaskDefinition<A>): void {
    this.#definitions.set(definition.kind, definition as unknown as TaskDefinition<unknown>);
  }

  /** Every place where a crash can be provoked, from the definitions; see fail-point.ts. */
  failPoints(): string[] {
    return [...this.#definitions.values()].flatMap((definition) =>
      definition.steps.flatMap(({ name }) => [`${definition.kind}.${name}.before`, `${definition.kind}.${name}.after`]),
    );
  }

  /** Stores the task in `trx`; it starts once that is committed and earlier tasks of its subject have ended. */
  async enqueue(trx: Transaction, context: Context, task: NewTask): Promise<TaskView> {
    const definition = this.#definition(task.kind);
    const now = new Date().toISOString();
    const record: TaskRecord = {
      id: randomUUID(),
      kind: task.kind,
      subject: task.subject,
      projectId: task.projectId,
      context,
      args: definition.args.parse(task.args),
      state: 'pending',
      steps: freshSteps(definition),
      stepIndex: 0,
      memo: {},
      parentId: task.parentId ?? null,
      abortRequested: false,
      error: null,
      createdAt: now,
      updatedAt: now,
      finishedAt: null,
    };
    await this.#repository.insert(trx, record);
    this.#database.afterCommit(trx, () => {
      this.#tell(record);
      this.#append(record);
    });
    return this.#view(record);
  }

  /** Takes up what an earlier controller left unfinished. Call once, when all definitions are in. */
  async start(): Promise<void> {
    this.#state = 'started';
    for (const record of await this.#repository.unfinished()) this.#append(record);
    const horizon = new Date(Date.now() - KEPT_DAYS * 86_400_000).toISOString();
    await this.#repository.prune(horizon);
  }

  /** Lets go of running tasks where they are; the next start takes them up. */
  close(): void {
    this.#state = 'closed';
  }

  async find(id: string): Promise<TaskView | undefined> {
    const record = await this.#repository.find(id);
    return record && this.#view(record);
  }

  async list(filter: TaskFilter): Promise<TaskView[]> {
    const records = await this.#repository.list(filter);
    return records.map((record) => this.#view(record));
  }

  /** Asks a task to stop; its steps are taken back. 409 where that is not safe or it has ended. */
  async cancel(id: string): Promise<TaskView> {
    const record = await this.#repository.find(id);
    if (!record) throw new UserError('not_found', `Task ${id} could not be found.`);
    if (record.finishedAt !== null) throw new UserError('conflict', 'The task has already ended.');
    if (!this.#definition(record.kind).cancellable) {
      throw new UserError('conflict', 'This work cannot be cancelled safely.', {
        hint: 'Wait until it has ended; then undo its result.',
      });
    }
    await this.#database.transaction((trx) => this.requestAbort(trx, id));
    return this.#view({ ...record, abortRequested: true });
  }

  /** As {@link cancel}, inside a decision of the caller (such as deleting a server that is being built). */
  async requestAbort(trx: Transaction, id: string): Promise<void> {
    await this.#repository.requestAbort(trx, id);
    this.#database.afterCommit(trx, () => this.#running.get(id)?.abort.abort(abortedError()));
  }

  /** Unfinished tasks of a subject, oldest first. */
  async unfinishedOf(trx: Transaction, subjectId: string): Promise<{ id: string; kind: string }[]> {
    return await trx
      .selectFrom('task')
      .select(['id', 'kind'])
      .where('subject_id', '=', subjectId)
      .where('finished_at', 'is', null)
      .orderBy('created_at')
      .execute();
  }

  #append(record: TaskRecord): void {
    if (this.#state !== 'started') return;
    const queue = this.#queues.get(record.subject.id) ?? [];
    this.#queues.set(record.subject.id, queue);
    queue.push(record.id);
    if (queue.length === 1) void this.#drain(record.subject.id, queue);
  }

  async #drain(subjectId: string, queue: string[]): Promise<void> {
    for (let id = queue[0]; id !== undefined; id = queue[0]) {
      try {
        await this.#execute(id);
      } catch (error) {
        if (this.#state === 'closed') return;
        this.#log.error({ err: error, taskId: id }, 'a task could not be recorded; it goes on at the next start');
      }
      queue.shift();
    }
    this.#queues.delete(subjectId);
  }

  async #execute(id: string): Promise<void> {
    const record = await this.#repository.find(id);
    if (!record || record.finishedAt !== null) return;
    const definition = this.#definition(record.kind);
    const running: RunningTask = { abort: new AbortController(), meter: new ProgressMeter() };
    this.#running.set(id, running);
    if (record.abortRequested) running.abort.abort(abortedError());
    try {
      let outcome = 'again';
      while (outcome === 'again') outcome = await this.#attempt(record, definition, running);
    } finally {
      this.#running.delete(id);
    }
  }

  /** Runs the steps from where the record stands to the end, or undoes them. */
  async #attempt(
    record: TaskRecord,
    definition: TaskDefinition<unknown>,
    running: RunningTask,
  ): Promise<'again' | 'ended'> {
    const run = this.#run(record, running);
    if (record.state !== 'undoing') {
      try {
        while (record.stepIndex < definition.steps.length) {
          const step = definition.steps[record.stepIndex];
          if (!step) break;
          if (record.steps[record.stepIndex]?.state !== 'running') await this.#begin(record);
          await this.#perform(record, step, run);
        }
        return 'ended';
      } catch (error) {
        if (this.#state === 'closed') throw error;
        const cause = running.abort.signal.aborted ? abortedError() : error;
        if (!(error instanceof CumuletError)) this.#log.error({ err: error, taskId: record.id }, 'a task step failed');
        record.error = toWire(cause);
        await this.#recordFailure(record);
      }
    }
    for (let index = record.stepIndex; index >= 0; index--) {
      const step = definition.steps[index];
      const shown = record.steps[index];
      if (!step || !shown || shown.state === 'pending' || shown.state === 'undone') continue;
      await this.#undo(step, run, record);
      if (shown.state === 'done') shown.state = 'undone';
    }
    return await this.#end(record, definition, run, running);
  }

  /** An undo that fails is tried again (a host may be away) until it works: leaving something behind is not an end. */
  async #undo(step: TaskStepDefinition<unknown>, run: TaskRun<unknown>, record: TaskRecord): Promise<void> {
    if (!step.undo) return;
    for (let pause = 500; ; pause = Math.min(pause * 2, 30_000)) {
      try {
        await step.undo({ ...run, signal: new AbortController().signal });
        return;
      } catch (error) {
        if (this.#state === 'closed') throw error;
        this.#log.warn({ err: error, taskId: record.id, step: step.name }, 'undoing a step failed; trying again');
        await new Promise((resolve) => setTimeout(resolve, pause).unref());
      }
    }
  }

  async #perform(record: TaskRecord, step: TaskStepDefinition<unknown>, run: TaskRun<unknown>): Promise<void> {
    run.signal.throwIfAborted();
    failPoint(`${record.kind}.${step.name}.before`);
    const result = await step.run?.(run);
    failPoint(`${record.kind}.${step.name}.after`);
    if (this.#state === 'closed') throw abortedError();
    await this.#database.transaction(async (trx) => {
      await step.commit?.(trx, run, result as never);
      const now = new Date().toISOString();
      const shown = record.steps[record.stepIndex];
      if (shown) Object.assign(shown, { state: 'done', finishedAt: now });
      record.stepIndex += 1;
      const next = record.steps[record.stepIndex];
      if (next) Object.assign(next, { state: 'running', startedAt: now });
      else Object.assign(record, { state: 'succeeded', finishedAt: now });
      await this.#repository.update(trx, record);
      this.#database.afterCommit(trx, () => this.#tell(record));
    });
    this.#running.get(record.id)?.meter.reset();
  }

  async #begin(record: TaskRecord): Promise<void> {
    record.state = 'running';
    const shown = record.steps[record.stepIndex];
    if (shown) Object.assign(shown, { state: 'running', startedAt: new Date().toISOString() });
    await this.#save(record);
  }

  async #recordFailure(record: TaskRecord): Promise<void> {
    record.state = 'undoing';
    const shown = record.steps[record.stepIndex];
    if (shown) Object.assign(shown, { state: 'failed', finishedAt: new Date().toISOString() });
    await this.#save(record);
  }

  async #end(
    record: TaskRecord,
    definition: TaskDefinition<unknown>,
    run: TaskRun<unknown>,
    running: RunningTask,
  ): Promise<'again' | 'ended'> {
    const error = record.error
      ? fromWire(record.error as ReturnType<typeof toWire>)
      : new UnexpectedError('A task was undone without a reason');
    const outcome = await definition.onFailed?.(run, error);
    if (outcome === 'retry' && !running.abort.signal.aborted) {
      record.steps = freshSteps(definition);
      Object.assign(record, { state: 'pending', stepIndex: 0, error: null });
      await this.#save(record);
      return 'again';
    }
    await this.#database.transaction(async (trx) => {
      if (typeof outcome === 'function') await outcome(trx);
      record.state = error.code === 'aborted' ? 'cancelled' : 'failed';
      record.finishedAt = new Date().toISOString();
      await this.#repository.update(trx, record);
      this.#database.afterCommit(trx, () => this.#tell(record));
    });
    return 'ended';
  }

  async #save(record: TaskRecord): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#repository.update(trx, record);
      this.#database.afterCommit(trx, () => this.#tell(record));
    });
  }

  #run(record: TaskRecord, running: RunningTask): TaskRun<unknown> {
    return {
      id: record.id,
      context: record.context,
      args: record.args,
      memo: record.memo,
      signal: running.abort.signal,
      progress: (progress: BusProgress) => {
        const shown = running.meter.update(progress);
        if (shown) this.#events.tick(record.id, record.projectId, shown);
      },
    };
  }

  #definition(kind: string): TaskDefinition<unknown> {
    const definition = this.#definitions.get(kind);
    if (!definition) throw new UnexpectedError(`No task of the kind ${kind} is defined`);
    return definition;
  }

  #tell(record: TaskRecord): void {
    this.#events.taskChanged(this.#view(record));
  }

  #view(record: TaskRecord): TaskView {
    const progress: TaskProgress | null = this.#running.get(record.id)?.meter.current ?? null;
    const cancellable = record.finishedAt === null && this.#definition(record.kind).cancellable;
    return toTaskView(structuredClone(record), cancellable && record.state !== 'undoing', progress);
  }
}

function freshSteps(definition: TaskDefinition<unknown>): TaskRecord['steps'] {
  return definition.steps.map(({ name }) => ({ name, state: 'pending', startedAt: null, finishedAt: null }));
}

function abortedError(): UserError {
  return new UserError('aborted', 'It was cancelled.');
}
