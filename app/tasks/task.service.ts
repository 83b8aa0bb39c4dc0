import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { fromWire, OperationalError, UnexpectedError, UserError, type WireError } from '../contract/errors.ts';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import { housekeeping, type TaskDefinition } from './task.definition.ts';
import { type LeaseTimes, TaskDispatcher } from './task.dispatcher.ts';
import { newTaskId } from './task.id.ts';
import { TaskLines, type TaskSubject } from './task.lines.ts';
import { isHousekeeping, type TaskFilter, type TaskRepository, toTaskView } from './task.repository.ts';
import { FIRST_VERSION, freshSteps } from './task.steps.ts';
import type { TaskRecord } from './task.tables.ts';

export interface NewTask {
  kind: string;
  subject: { type: string; id: string; name: string | null };
  /** What it is about as well: one task at a time is about each of them. */
  alsoAbout?: readonly TaskSubject[];
  projectId: string | null;
  args: unknown;
  parentId?: string;
}

/** Finished tasks are kept this long, milliseconds. */
const KEPT_MS = 30 * 86_400_000;
/** How often a task that is waited for is looked at, milliseconds. */
const ENDED_LOOK_MS = 1000;
const NOBODYS = { projectId: null, args: {} };

/**
 * Long work that survives a restart. A task is stored by the transaction that decides on it, runs its steps one after
 * the other (one task at a time per subject), records each with the state it produced, and on failure takes the done
 * steps back in reverse. On start, unfinished tasks go on where they were; those of a controller that died go on at
 * another one of the same database.
 */
export class TaskService {
  readonly #database: Database;
  readonly #events: EventService;
  readonly #repository: TaskRepository;
  readonly #definitions = new Map<string, TaskDefinition<unknown>>();
  readonly #lines: TaskLines;
  readonly #dispatcher: TaskDispatcher;

  constructor(parts: {
    database: Database;
    events: EventService;
    repository: TaskRepository;
    log: Logger;
    /** Id of this controller; that of its data folder, so that a restart takes up its own tasks at once. */
    owner: string;
    /** Milliseconds; for tests. */
    firstPause?: number;
    /** For tests. */
    times?: Partial<LeaseTimes>;
    /** How many of one kind run at a time. */
    limits?: { tasks: number };
  }) {
    this.#database = parts.database;
    this.#events = parts.events;
    this.#repository = parts.repository;
    this.#lines = new TaskLines(() => [...this.#definitions.keys()]);
    this.#dispatcher = new TaskDispatcher({
      ...parts,
      lines: this.#lines,
      definitions: this.#definitions,
      onChange: (record) => this.#tell(record),
      onProgress: (record: TaskRecord, progress: TaskProgress) =>
        this.#events.tick(record.id, record.projectId, progress),
    });
    this.define(
      housekeeping('task.prune', '1 d', () => this.#repository.prune(new Date(Date.now() - KEPT_MS).toISOString())),
    );
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
    const definitions = [...this.#definitions.values()].filter(({ every }) => every === undefined);
    return definitions.flatMap((definition) =>
      definition.steps.flatMap(({ name }) => [`${definition.kind}.${name}.before`, `${definition.kind}.${name}.after`]),
    );
  }

  /** Stores the task in `trx`; it starts once that is committed and earlier tasks about the same have ended. */
  async enqueue(trx: Transaction, context: Context, task: NewTask): Promise<TaskView> {
    const definition = this.#definition(task.kind);
    const record = newRecord(definition, context, task, newTaskId());
    await this.#repository.insert(trx, record);
    await this.#lines.join(trx, record.id, [task.subject, ...(task.alsoAbout ?? [])]);
    this.#database.afterCommit(trx, () => {
      this.#tell(record);
      this.#dispatcher.look(record.kind);
    });
    return this.#view(record);
  }

  /** Takes up what an earlier controller left unfinished. Call once, when all definitions are in. */
  async start(): Promise<void> {
    await this.#database.transaction(async (trx) => {
      for (const definition of this.#definitions.values()) {
        if (definition.every === undefined) continue;
        const { kind } = definition;
        const subject = { type: 'housekeeping', id: kind, name: null };
        await this.#repository.keep(trx, newRecord(definition, systemContext(), { kind, subject, ...NOBODYS }, kind));
      }
    });
    await this.#dispatcher.start();
  }

  /** Lets go of running tasks where they are; the next start, or another controller, takes them up. */
  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  async find(id: string): Promise<TaskView | undefined> {
    const record = await this.#repository.find(id);
    return record && !isHousekeeping(record) ? this.#view(record) : undefined;
  }

  async list(filter: TaskFilter): Promise<TaskView[]> {
    const records = await this.#repository.list(filter);
    return records.map((record) => this.#view(record));
  }

  /** Asks a task to stop; its steps are taken back. 409 where that is not safe or it has ended. */
  async cancel(id: string): Promise<TaskView> {
    const record = await this.#repository.find(id);
    if (!record || isHousekeeping(record)) throw new UserError('not_found', `Task ${id} could not be found.`);
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
      this.#dispatcher.abort(id);
      this.#tell(record);
    });
  }

  /** Unfinished tasks about a thing, oldest first. */
  async unfinishedOf(query: Queryable, subjectId: string): Promise<{ id: string; kind: string }[]> {
    return await this.#lines.unfinishedOf(query, subjectId);
  }

  /** Whether people may call off what is of that kind. */
  isCancellable(kind: string): boolean {
    return this.#definition(kind).cancellable;
  }

  /**
   * Resolves when the task has ended well, whichever controller does it; throws what it failed with. Where that takes
   * longer it goes on all the same.
   */
  async ended(id: string, withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    for (;;) {
      const changed = Promise.withResolvers<void>();
      const stop = this.#events.onTask((task) => task.id === id && task.finishedAt !== null && changed.resolve());
      // Of a task that another controller does nothing is heard here.
      const timer = setTimeout(changed.resolve, ENDED_LOOK_MS);
      try {
        const task = await this.find(id);
        if (task === undefined || task.state === 'succeeded') return;
        if (task.finishedAt !== null) throw task.error ? fromWire(task.error as WireError) : calledOff();
        if (performance.now() > until) throw goesOn(withinMs);
        await changed.promise;
      } finally {
        clearTimeout(timer);
        stop();
      }
    }
  }

  #definition(kind: string): TaskDefinition<unknown> {
    const definition = this.#definitions.get(kind);
    if (!definition) throw new UnexpectedError(`No task of the kind ${kind} is defined`);
    return definition;
  }

  #tell(record: TaskRecord): void {
    if (!isHousekeeping(record)) this.#events.taskChanged(this.#view(record));
  }

  #view(record: TaskRecord): TaskView {
    const running = this.#dispatcher.running.get(record.id);
    const canStop = record.finishedAt === null && record.state !== 'undoing';
    const cancellable = canStop && (this.#definitions.get(record.kind)?.cancellable ?? false);
    const abortRequested = record.abortRequested || (running?.abort.signal.aborted ?? false);
    return toTaskView({ ...record, abortRequested }, cancellable, running?.meter.current ?? null);
  }
}

function calledOff(): OperationalError {
  return new OperationalError('aborted', 'controller', 'It was called off.');
}

function goesOn(withinMs: number): OperationalError {
  const message = `It was not done within ${Math.round(withinMs / 1000)} s, and goes on.`;
  return new OperationalError('timeout', 'controller', message, { hint: 'Look later whether it is done.' });
}

function newRecord(definition: TaskDefinition<unknown>, context: Context, task: NewTask, id: string): TaskRecord {
  const now = new Date().toISOString();
  const args = definition.args.parse(task.args);
  return {
    id,
    kind: task.kind,
    subject: task.subject,
    projectId: task.projectId,
    context,
    args,
    state: 'pending',
    version: definition.version ?? FIRST_VERSION,
    steps: freshSteps(definition, args),
    memo: {},
    parentId: task.parentId ?? null,
    abortRequested: false,
    error: null,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
    owner: null,
    epoch: 0,
    notBefore: '',
  };
}
