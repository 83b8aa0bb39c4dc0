import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import { OperationalError } from '../contract/errors.ts';
import type { TaskView } from '../contract/task.ts';
import { within } from '../contract/testing/waiting.ts';
import type { Database, Transaction } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import type { TaskDefinition, TaskStepDefinition } from './task.definition.ts';
import type { LeaseTimes } from './task.dispatcher.ts';
import type { TaskSubject } from './task.lines.ts';
import { TaskRepository } from './task.repository.ts';
import { TaskService } from './task.service.ts';

export type AnyStep = TaskStepDefinition<unknown>;

interface Ingredients {
  folder: string;
  database: Database;
  owner: string;
  times?: Partial<LeaseTimes> | undefined;
  diary: string[];
}

/** A task service on a database of its own, whose steps write down what they do. */
export class TaskFixture {
  /** What steps did, in order. */
  readonly diary: string[];
  readonly context = systemContext();
  readonly folder: string;
  readonly database: Database;
  readonly events: EventService;
  tasks: TaskService;
  readonly #owner: string;
  readonly #times: Partial<LeaseTimes>;

  private constructor({ folder, database, owner, times = {}, diary }: Ingredients) {
    this.folder = folder;
    this.database = database;
    this.diary = diary;
    this.#owner = owner;
    this.#times = times;
    this.events = new EventService(database);
    this.tasks = this.#newService();
  }

  static async open({ times }: { times?: Partial<LeaseTimes> } = {}): Promise<TaskFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'cumulet-tasks-'));
    return new TaskFixture({ folder, database: await openMigrated(folder), owner: 'one', times, diary: [] });
  }

  /** Another controller on the same database, over a connection of its own; its steps write into the same diary. */
  async another(owner: string, times?: Partial<LeaseTimes>): Promise<TaskFixture> {
    const { folder, diary } = this;
    return new TaskFixture({ folder, database: await openMigrated(folder), owner, times, diary });
  }

  /** `keep` where others go on with the folder. */
  async close({ keep = false } = {}): Promise<void> {
    await this.tasks.close();
    await this.database.close();
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }

  /** A new service on the same database, as after a restart; steps of the old one record nothing any more. */
  async restart(): Promise<void> {
    await this.tasks.close();
    this.tasks = this.#newService();
  }

  /** A step that notes when it is run and undone. */
  note(name: string, more: Partial<AnyStep> = {}): AnyStep {
    return {
      name,
      run: async () => this.diary.push(`run ${name}`),
      undo: async () => void this.diary.push(`undo ${name}`),
      ...more,
    };
  }

  /** What was committed; a transaction may have run more than once. */
  noteCommit(trx: Transaction, text: string): void {
    this.database.afterCommit(trx, () => this.diary.push(text));
  }

  define(steps: AnyStep[], more: Partial<TaskDefinition<unknown>> = {}): void {
    this.tasks.define({ kind: 'thing.make', args: z.unknown(), cancellable: true, steps, ...more });
  }

  async enqueue(subjectId = 's', args: unknown = {}, alsoAbout: TaskSubject[] = []): Promise<TaskView> {
    const subject = { type: 'thing', id: subjectId, name: null };
    return await this.database.transaction((trx) =>
      this.tasks.enqueue(trx, this.context, { kind: 'thing.make', subject, alsoAbout, projectId: 'p', args }),
    );
  }

  /** The record the task ends with. */
  async end(id: string): Promise<TaskView> {
    const told = Promise.withResolvers<TaskView>();
    const stop = this.events.onTask((task) => {
      if (task.id === id && task.finishedAt !== null) told.resolve(task);
    });
    const now = await this.tasks.find(id);
    if (now?.finishedAt) told.resolve(now);
    return await within(`the end of task ${id}`, told.promise).finally(stop);
  }

  /** Starts the service, and one task from its beginning to its end. */
  async runOne(args?: unknown): Promise<TaskView> {
    await this.tasks.start();
    return await this.end((await this.enqueue('s', args)).id);
  }

  #newService(): TaskService {
    const { database, events } = this;
    const repository = new TaskRepository(database);
    const log = pino({ level: 'silent' });
    return new TaskService({
      database,
      events,
      repository,
      log,
      owner: this.#owner,
      times: this.#times,
      firstPause: 1,
    });
  }
}

export function states(task: TaskView): string[] {
  return task.steps.map(({ name, state }) => `${name} ${state}`);
}

export function fails(message = 'no'): () => Promise<never> {
  return async () => {
    throw new OperationalError('disk_full', 'agent', message);
  };
}
