import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { TaskProgress } from '../contract/task.ts';
import { behindRequests, type Database, type Transaction } from '../database/database.ts';
import { ProgressMeter } from './progress-meter.ts';
import type { TaskDefinition } from './task.definition.ts';
import { abortedError, LeaseLost } from './task.errors.ts';
import { AT_ONCE, type Candidate, TaskLeases } from './task.leases.ts';
import type { TaskLines } from './task.lines.ts';
import { isHousekeeping, type TaskRepository } from './task.repository.ts';
import { type RunningTask, TaskRunner } from './task.runner.ts';
import type { TaskRecord } from './task.tables.ts';

/** Times of a controller's lease, milliseconds. What a dead controller did goes on elsewhere after `leaseMs`. */
export interface LeaseTimes {
  leaseMs: number;
  /** How often it is renewed, and looked whether another's has run out. */
  everyMs: number;
  /** How long after a start housekeeping waits: there are other things to do then. */
  quietMs: number;
  /** The wall clock; controllers on several computers must agree on it to some seconds. */
  now: () => number;
}
const USUAL_TIMES: LeaseTimes = { leaseMs: 30_000, everyMs: 5_000, quietMs: 60_000, now: Date.now };

/** How long to wait before a task that could not be brought further is tried again, milliseconds; doubles each time. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const DEFAULT_AT_ONCE = 64;

interface TaskDispatcherParts {
  database: Database;
  repository: TaskRepository;
  lines: TaskLines;
  log: Logger;
  definitions: ReadonlyMap<string, TaskDefinition<unknown>>;
  /** Id of this controller; that of its data folder, so that a restart takes up its own tasks at once. */
  owner: string;
  firstPause?: number | undefined;
  limits?: { tasks: number } | undefined;
  times?: Partial<LeaseTimes> | undefined;
  onChange: (record: TaskRecord) => void;
  onProgress: (record: TaskRecord, progress: TaskProgress) => void;
}

/**
 * Claims tasks for this controller, so many of a kind at a time, has each brought to its end, and keeps the lease
 * meanwhile. Several controllers may do so on one database.
 */
export class TaskDispatcher {
  readonly running = new Map<string, RunningTask>();
  readonly #parts: TaskDispatcherParts;
  readonly #leases: TaskLeases;
  readonly #times: LeaseTimes;
  readonly #closing = new AbortController();
  #isDue = false;
  #looking: Promise<void> | undefined;
  #leaseUntil = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #watching: Promise<void> = Promise.resolve();
  #isStarted = false;
  #quietUntil = 0;

  constructor(parts: TaskDispatcherParts) {
    this.#parts = parts;
    this.#times = { ...USUAL_TIMES, ...parts.times };
    this.#leases = new TaskLeases({ database: parts.database, owner: parts.owner, now: this.#times.now });
  }

  /** Takes up what an earlier run of this controller left, and what others let go of. */
  async start(): Promise<void> {
    await this.#leases.giveBack();
    await this.#parts.database.transaction((trx) => this.#parts.lines.rebuild(trx));
    this.#quietUntil = performance.now() + this.#times.quietMs;
    this.#isStarted = true;
    this.look();
    this.#watch();
  }

  /** Lets go of running tasks where they are, and gives them back: another controller, or the next start, goes on. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    if (!this.#isStarted) return;
    await Promise.all([this.#watching, this.#looking]);
    try {
      await this.#leases.giveBack();
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'tasks could not be given back; they go on when the lease has run out');
    }
  }

  /** Something may be there to be claimed; of this kind, where that is known. */
  look(kind?: string): void {
    if (!this.#isStarted || this.#closing.signal.aborted) return;
    if (kind !== undefined && this.#isFull(kind)) return;
    this.#isDue = true;
    this.#looking ??= behindRequests
      .run(true, () => this.#claimAll())
      .catch((error: unknown) => {
        // Tried again by the next look, at the latest by that of the timer.
        if (!this.#closing.signal.aborted) this.#parts.log.warn({ err: error }, 'no task could be claimed');
      })
      .finally(() => {
        this.#looking = undefined;
      });
  }

  /** Stops a task that is done here; one that waits for its turn, here or elsewhere, need not wait any more. */
  abort(id: string): void {
    const running = this.running.get(id);
    if (running) running.abort.abort(abortedError());
    else this.look();
  }

  async #claimAll(): Promise<void> {
    while (this.#isDue && !this.#closing.signal.aborted) {
      this.#isDue = false;
      const known = [...this.#parts.definitions.keys()];
      const isQuiet = performance.now() < this.#quietUntil;
      const waits = (kind: string) => isQuiet && this.#parts.definitions.get(kind)?.every !== undefined;
      const full = known.filter((kind) => waits(kind) || this.#isFull(kind));
      const candidates = await this.#leases.candidates({ known, full });
      for (const candidate of candidates) {
        if (this.#closing.signal.aborted) return;
        if (this.#isFull(candidate.kind) && !candidate.isToStop) continue;
        // Behind those that were looked at there may be more.
        if ((await this.#claim(candidate)) && candidates.length === AT_ONCE) this.#isDue = true;
      }
    }
  }

  /** Whether it is taken now, by this controller or by another that was quicker. */
  async #claim(candidate: Candidate): Promise<boolean> {
    const { id, kind } = candidate;
    const definition = this.#parts.definitions.get(kind);
    if (!definition) return false;
    const before = this.running.get(id);
    if (before) {
      // It was taken from this controller and given back, before its step could notice: that has to end first.
      before.lost.abort(new LeaseLost());
      return false;
    }
    await this.#keepLease();
    const abort = new AbortController();
    const running: RunningTask = { kind, epoch: 0, abort, lost: new AbortController(), meter: new ProgressMeter() };
    // Known before it is claimed: a wish to stop that comes now is in one or the other.
    this.running.set(id, running);
    try {
      const record = await this.#leases.claim(candidate, definition);
      if (!record) {
        this.running.delete(id);
        return true;
      }
      running.epoch = record.epoch;
      if (record.abortRequested) abort.abort(abortedError());
      this.#parts.onChange(record);
      void this.#bringToEnd(record, definition, running);
      return true;
    } catch (error) {
      this.running.delete(id);
      throw error;
    }
  }

  /** What cannot be recorded (disk full) or undone (host away) now is tried again: leaving it half-way is not an end. */
  async #bringToEnd(claimed: TaskRecord, definition: TaskDefinition<unknown>, running: RunningTask): Promise<void> {
    const { id, epoch } = claimed;
    const closing = AbortSignal.any([this.#closing.signal, running.lost.signal]);
    const { database, repository, lines, log, onChange, onProgress } = this.#parts;
    const isOwned = () => this.#leases.isOwn(id, epoch);
    const keepOwn = (trx: Transaction) => this.#leases.keepOwn(trx, id, epoch);
    const { now } = this.#times;
    const parts = { database, repository, lines, isOwned, keepOwn, now, log, closing, onChange, onProgress };
    let record: TaskRecord | undefined = claimed;
    for (let pause = this.#parts.firstPause ?? FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        // From the record as it is stored; what it was before would do again what is done.
        record ??= await this.#stored(id, running);
        if (record) await new TaskRunner(parts, record, definition, running).toEnd();
        break;
      } catch (error) {
        if (closing.aborted) break;
        log.warn({ err: error, taskId: id }, 'a task cannot go on or be undone now; trying again');
        await delay(pause, undefined, { signal: closing, ref: false }).catch(() => undefined);
        if (closing.aborted) break;
        record = undefined;
      }
    }
    if (running.lost.signal.aborted) log.warn({ taskId: id }, 'another controller goes on with a task');
    this.running.delete(id);
    this.look();
  }

  /** The record as it is stored now, while it is still this controller's. */
  async #stored(id: string, running: RunningTask): Promise<TaskRecord | undefined> {
    const record = await this.#parts.repository.find(id);
    return record?.epoch === running.epoch && record.owner === this.#parts.owner ? record : undefined;
  }

  #isFull(kind: string): boolean {
    let count = 0;
    for (const running of this.running.values()) if (running.kind === kind) count += 1;
    return count >= (this.#parts.limits?.tasks ?? DEFAULT_AT_ONCE);
  }

  #watch(): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#watching = behindRequests
        .run(true, () => this.#lookAfterLeases())
        .catch((error: unknown) => {
          if (!this.#closing.signal.aborted) this.#parts.log.warn({ err: error }, 'the lease could not be renewed');
        })
        .finally(() => this.#watch());
    }, this.#times.everyMs).unref();
  }

  /** Renews the own lease, hears what was cancelled elsewhere, and takes up what other controllers let go of. */
  async #lookAfterLeases(): Promise<void> {
    if (this.running.size > 0) {
      await this.#renew();
      const own = new Map((await this.#leases.own()).map((task) => [task.id, task]));
      for (const [id, running] of this.running) {
        const task = own.get(id);
        if (running.epoch === 0) continue;
        if (task?.epoch !== running.epoch) await this.#checkLost(id, running);
        else if (task.isToStop) running.abort.abort(abortedError());
      }
    }
    const lapsed = await this.#leases.freeLapsed();
    if (lapsed.length > 0) this.#parts.log.warn({ owners: lapsed }, 'took up tasks of controllers that are away');
    this.look();
  }

  /** It may just have ended. */
  async #checkLost(id: string, running: RunningTask): Promise<void> {
    const record = await this.#parts.repository.find(id);
    const isHere = record?.epoch === running.epoch && record.owner === this.#parts.owner;
    const hasEnded = record?.epoch === running.epoch && (record.finishedAt !== null || isHousekeeping(record));
    if (this.running.get(id) === running && !isHere && !hasEnded) running.lost.abort(new LeaseLost());
  }

  async #keepLease(): Promise<void> {
    const { leaseMs, now } = this.#times;
    if (this.#leaseUntil - now() < leaseMs / 2) await this.#renew();
  }

  async #renew(): Promise<void> {
    const { leaseMs, now } = this.#times;
    const until = now() + leaseMs;
    await this.#leases.renew(leaseMs);
    this.#leaseUntil = until;
  }
}
