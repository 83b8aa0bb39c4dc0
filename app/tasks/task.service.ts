import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { UnexpectedError, UserError } from '../contract/errors.ts';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import { behindRequests, type Database, type Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { ProgressMeter } from './progress-meter.ts';
import type { TaskDefinition } from './task.definition.ts';
import { type TaskFilter, type TaskRecord, type TaskRepository, toTaskView } from './task.repository.ts';
import { abortedError, type RunningTask, TaskRunner } from './task.runner.ts';
import { FIRST_VERSION, freshSteps } from './task.steps.ts';
import { TaskTurns } from './task.turns.ts';

export interface NewTask {
  kind: string;
  subject: { type: string; id: string; name: string | null };
  projectId: string | null;
  args: unknown;
  parentId?: string;
}

/** What is known of a task that waits: its record is read when its turn has come. */
interface QueuedTask {
  readonly id: string;
  readonly kind: string;
  /** It need not wait for a turn. */
  isToStop: boolean;
}

/** Finished tasks are kept this long. */
const KEPT_DAYS = 30;
/** How long to wait before a task that could not be brought further is tried again, milliseconds; doubles each time. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const DEFAULT_AT_ONCE = 64;

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
  readonly #queues = new Map<string, QueuedTask[]>();
  readonly #running = new Map<string, RunningTask>();
  readonly #closing = new AbortController();
  readonly #firstPause: number;
  readonly #turns: TaskTurns;
  #isStarted = false;

  constructor(parts: {
    database: Database;
    events: EventService;
    repository: TaskRepository;
    log: Logger;
    /** Milliseconds; for tests. */
    firstPause?: number;
    /** How many of one kind run at a time. */
    limits?: { tasks: number };
  }) {
    this.#turns = new TaskTurns(parts.limits?.tasks ?? DEFAULT_AT_ONCE);
    this.#firstPause = parts.firstPause ?? FIRST_PAUSE;
    this.#database = parts.database;
    this.#events = parts.events;
    this.#repository = parts.repository;
    this.#log = parts.log;
  }

  define<A, M>(definition: TaskDefinition<A, M>): void {
    const names = new Set(definition.steps.map(({ name }) => name));
    if (names.size === 0 || names.size < definition.steps.length || this.#definitions.has(definition.kind)) {
      throw new UnexpectedError(`The task ${definition.kind} needs steps with names of their own, and one definition`);
    }
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
      version: definition.version ?? FIRST_VERSION,
      steps: freshSteps(definition),
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
    this.#isStarted = true;
    for (const record of await this.#repository.unfinished()) this.#append(record);
    const horizon = new Date(Date.now() - KEPT_DAYS * 86_400_000).toISOString();
    await this.#repository.prune(horizon);
  }

  /** Lets go of running tasks where they are; the next start takes them up. */
  close(): void {
    this.#closing.abort();
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
    const record = await this.#repository.find(id, trx);
    if (!record || record.finishedAt !== null) return;
    this.#database.afterCommit(trx, () => {
      this.#running.get(id)?.abort.abort(abortedError());
      this.#turns.hurry(id);
      const queued = this.#queues.get(record.subject.id)?.find((task) => task.id === id);
      if (queued) queued.isToStop = true;
      this.#tell(record);
    });
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
    if (!this.#isStarted) return;
    const queue = this.#queues.get(record.subject.id) ?? [];
    this.#queues.set(record.subject.id, queue);
    queue.push({ id: record.id, kind: record.kind, isToStop: record.abortRequested });
    if (queue.length === 1) void behindRequests.run(true, () => this.#drain(record.subject.id, queue));
  }

  async #drain(subjectId: string, queue: QueuedTask[]): Promise<void> {
    for (let task = queue[0]; task !== undefined; task = queue[0]) {
      await this.#bringToEnd(task);
      if (this.#closing.signal.aborted) return;
      queue.shift();
    }
    this.#queues.delete(subjectId);
  }

  /** What cannot be recorded (disk full) or undone (host away) now is tried again: leaving it half-way is not an end. */
  async #bringToEnd(task: QueuedTask): Promise<void> {
    const { signal } = this.#closing;
    for (let pause = this.#firstPause; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        return await this.#execute(task);
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ err: error, taskId: task.id }, 'a task cannot go on or be undone now; trying again');
        await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async #execute({ id, kind, isToStop }: QueuedTask): Promise<void> {
    const definition = this.#definitions.get(kind);
    if (!definition) {
      this.#log.error({ taskId: id, kind }, 'a task of an unknown kind is left alone');
      return;
    }
    const running: RunningTask = { abort: new AbortController(), meter: new ProgressMeter() };
    // Known before its record is read: a wish to stop that comes now is in one or the other.
    this.#running.set(id, running);
    try {
      if (!isToStop) await this.#turns.enter(kind, id);
      const record = await this.#repository.find(id);
      if (!record || record.finishedAt !== null) return;
      if (record.abortRequested) running.abort.abort(abortedError());
      const parts = {
        database: this.#database,
        repository: this.#repository,
        log: this.#log,
        closing: this.#closing.signal,
        onChange: (changed: TaskRecord) => this.#tell(changed),
        onProgress: (changed: TaskRecord, progress: TaskProgress) =>
          this.#events.tick(changed.id, changed.projectId, progress),
      };
      await new TaskRunner(parts, record, definition, running).toEnd();
    } finally {
      if (!isToStop) this.#turns.leave(kind);
      this.#running.delete(id);
    }
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
    const running = this.#running.get(record.id);
    const canStop = record.finishedAt === null && record.state !== 'undoing';
    const cancellable = canStop && (this.#definitions.get(record.kind)?.cancellable ?? false);
    const abortRequested = record.abortRequested || (running?.abort.signal.aborted ?? false);
    return toTaskView({ ...structuredClone(record), abortRequested }, cancellable, running?.meter.current ?? null);
  }
}
