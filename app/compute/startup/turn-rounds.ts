import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { StartAfter, WaitsFor } from '../../contract/startup.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { LeftoverService } from '../../leftover/leftover.service.ts';
import type { Bus } from '../../messaging/bus.ts';
import type { TaskRun } from '../../tasks/task.definition.ts';
import type { TaskService } from '../../tasks/task.service.ts';
import type { ComputeSettings } from '../compute.settings.ts';
import type { ServerJournal } from '../server.journal.ts';
import type { ServerRepository } from '../server.repository.ts';
import type { ServerRecord } from '../server.tables.ts';
import { start } from '../verbs/start.verb.ts';
import { askedToShutDown, SHUTDOWN_SECONDS, stop } from '../verbs/stop.verb.ts';
import type { VerbService } from '../verbs/verb.service.ts';
import { Health } from './health.ts';
import type { ProjectServer, StartupRepository } from './startup.repository.ts';
import type { StartupRecord, TurnRecord } from './startup.tables.ts';
import { ordersOf } from './startup-waves.ts';

export interface TurnRoundsParts {
  database: Database;
  tasks: TaskService;
  events: EventService;
  servers: ServerRepository;
  startups: StartupRepository;
  journal: ServerJournal;
  leftovers: LeftoverService;
  verbs: VerbService;
  bus: Pick<Bus, 'call'>;
  settings: ComputeSettings;
}

export const turnTaskArgsSchema = z.object({ projectId: z.string() });
export type TurnTaskArgs = z.infer<typeof turnTaskArgsSchema>;

interface How {
  way: 'start' | 'stop';
  /** Nobody has asked for it but that it is to be so: the machines' own words on it count. */
  isUnasked: boolean;
}

/** How often a machine that others wait for is asked how it is, milliseconds. */
const ASK_EVERY_MS = 1000;
/** How often it is looked what became of orders that another controller carries out, milliseconds. */
const LOOK_EVERY_MS = 2000;

/** What a round knows of all machines of the task. */
interface Round {
  readonly turns: readonly TurnRecord[];
  readonly servers: ReadonlyMap<string, ProjectServer>;
  readonly startups: ReadonlyMap<string, StartupRecord>;
  /** Later ones wait for earlier ones. */
  readonly orders: ReadonlyMap<string, number>;
}

/**
 * Takes the machines of one task through their turns, round after round: each looks at what has come of the orders that
 * were given, and orders those whose turn has come. All that a round decides is stored, so that whoever takes the task up
 * goes on with it; an order and the note that it was given are one transaction.
 */
export class TurnRounds {
  readonly #parts: TurnRoundsParts;
  readonly #task: TaskRun<TurnTaskArgs>;
  readonly #how: How;
  readonly #health: Health;
  /** The first that could not go on in this round, and why. */
  #waitsFor: WaitsFor | null = null;
  /** When there may be more to do, milliseconds since 1970. */
  #next = 0;

  constructor(parts: TurnRoundsParts, task: TaskRun<TurnTaskArgs>, how: How) {
    this.#parts = parts;
    this.#task = task;
    this.#how = how;
    this.#health = new Health(parts.bus, task.context, ASK_EVERY_MS);
  }

  async toEnd(): Promise<void> {
    const { signal, closing } = this.#task;
    const ended = AbortSignal.any([signal, closing]);
    let wake = Promise.withResolvers<void>();
    const forget = this.#parts.events.onTask((task) => {
      if (task.parentId === this.#task.id && task.finishedAt !== null) wake.resolve();
    });
    try {
      for (;;) {
        ended.throwIfAborted();
        wake = Promise.withResolvers<void>();
        this.#waitsFor = null;
        this.#next = Date.now() + LOOK_EVERY_MS;
        const isOver = await this.#round();
        if (isOver) return;
        const timer = new AbortController();
        const pause = delay(Math.max(0, this.#next - Date.now()), undefined, {
          signal: AbortSignal.any([ended, timer.signal]),
          ref: false,
        });
        await Promise.race([pause.catch(() => undefined), wake.promise]);
        timer.abort();
      }
    } finally {
      forget();
    }
  }

  /** Whether all have had their turn. */
  async #round(): Promise<boolean> {
    const { projectId } = this.#task.args;
    const { startups } = this.#parts;
    const servers = await startups.serversOf(projectId);
    const records = await startups.ofProject(projectId);
    const turns: TurnRecord[] = [];
    const before = await startups.turnsOf(this.#task.id);
    const isLast = before.every(({ state }) => state !== 'waiting');
    for (const turn of before) turns.push(turn.state === 'working' ? await this.#settle(turn, isLast) : turn);
    const machines = turns.map(({ serverId }) => {
      const { order = null, after = [] } = records.get(serverId) ?? {};
      return { id: serverId, order, after };
    });
    const round: Round = { turns, servers, startups: records, orders: ordersOf(machines) };
    const ready = await this.#ready(round);
    let begun = 0;
    for (const turn of ready) if (await this.#begin(turn)) begun += 1;
    const open = turns.filter(isOpen).length;
    const total = turns.length;
    this.#task.progress({ stage: 'machines', done: total - open, total, unit: 'items', waitsFor: this.#waitsFor });
    // Of what was left alone just now the next round knows.
    if (begun > 0) this.#next = Math.min(this.#next, Date.now());
    return open === 0;
  }

  /** What has become of an order. It counts as one that is being carried out for a while longer, for its guest boots. */
  async #settle(turn: TurnRecord, isLast: boolean): Promise<TurnRecord> {
    const task = turn.orderTaskId === null ? undefined : await this.#parts.tasks.find(turn.orderTaskId);
    if (task && task.finishedAt === null) return turn;
    const state = task?.state === 'succeeded' ? 'done' : 'failed';
    const settlesAt = Date.parse(turn.settlesAt ?? '') || 0;
    if (state === 'done' && !isLast && settlesAt > Date.now()) {
      this.#next = Math.min(this.#next, settlesAt);
      return turn;
    }
    await this.#note(turn, { state, note: task?.error?.message ?? null });
    return { ...turn, state };
  }

  /** Those that nothing holds up, the first first. */
  async #ready(round: Round): Promise<TurnRecord[]> {
    const orderOf = ({ serverId }: TurnRecord) => round.orders.get(serverId) ?? Number.POSITIVE_INFINITY;
    const sign = this.#how.way === 'start' ? 1 : -1;
    const isBefore = (one: TurnRecord, other: TurnRecord) => sign * compare(orderOf(one), orderOf(other)) < 0;
    const waiting = round.turns
      .filter(({ state }) => state === 'waiting')
      .sort((one, other) => sign * compare(orderOf(one), orderOf(other)));
    const free = waiting.filter((turn) => !round.turns.some((other) => isOpen(other) && isBefore(other, turn)));
    const ready = await Promise.all(free.map(async (turn) => ((await this.#isReady(turn, round)) ? [turn] : [])));
    return ready.flat();
  }

  async #isReady(turn: TurnRecord, round: Round): Promise<boolean> {
    if (this.#how.way === 'stop') {
      // Who needs it goes first.
      return !round.turns.some((other) => {
        const after = round.startups.get(other.serverId)?.after ?? [];
        return isOpen(other) && after.some(({ server }) => server === turn.serverId);
      });
    }
    if (turn.notBefore !== null) return this.#isDue(turn.notBefore);
    const { after = [], delaySeconds = 0 } = round.startups.get(turn.serverId) ?? {};
    const waits = { ...turn.waits };
    let isFree = true;
    for (const each of after) {
      const state = await this.#afterState(each, waits, round);
      if (state === 'stays') {
        await this.#leave(turn, `${round.servers.get(each.server)?.name} was not well in time`, each);
        return false;
      }
      if (state === 'waits') isFree = false;
      if (state === 'over' && waits[each.server] !== '') {
        waits[each.server] = '';
        await this.#warn(turn, each, round);
      }
    }
    const notBefore = isFree && delaySeconds > 0 ? new Date(Date.now() + delaySeconds * 1000).toISOString() : null;
    if (notBefore !== null || JSON.stringify(waits) !== JSON.stringify(turn.waits)) {
      await this.#note(turn, { waits, notBefore });
    }
    return isFree && (notBefore === null || this.#isDue(notBefore));
  }

  #isDue(at: string): boolean {
    const isDue = Date.parse(at) <= Date.now();
    if (!isDue) this.#next = Math.min(this.#next, Date.parse(at));
    return isDue;
  }

  /** `over`: it has been waited for long enough. `waits` says since when, and is written here; empty: no more. */
  async #afterState(
    { server: id, healthy, timeoutSeconds, onTimeout }: StartAfter,
    waits: Record<string, string>,
    round: Round,
  ): Promise<'there' | 'waits' | 'over' | 'stays'> {
    const server = round.servers.get(id);
    // It fell away with the machine.
    if (!server) return 'there';
    if (waits[id] === '') return 'over';
    // Until it had its own turn its time does not run.
    const isToCome = round.turns.some((turn) => turn.serverId === id && isOpen(turn));
    const isThere = await this.#health.isWell(server, healthy);
    // One that counts as being started may answer already.
    if (isThere) return 'there';
    this.#waitsFor ??= { name: server.name, healthy };
    this.#next = Math.min(this.#next, Date.now() + ASK_EVERY_MS);
    if (isToCome) return 'waits';
    const since = waits[id] ?? new Date().toISOString();
    waits[id] = since;
    const until = Date.parse(since) + timeoutSeconds * 1000;
    if (Date.now() < until) {
      this.#next = Math.min(this.#next, until);
      return 'waits';
    }
    return onTimeout === 'stay' ? 'stays' : 'over';
  }

  /** Orders it, unless that is not right any more: whether the round has changed something. */
  async #begin(turn: TurnRecord): Promise<boolean> {
    const { database, startups, servers, settings } = this.#parts;
    try {
      return await database.transaction(async (trx) => {
        await this.#task.requireOwned(trx);
        const now = await startups.turn(trx, turn.taskId, turn.serverId);
        if (now?.state !== 'waiting') return true;
        const server = await servers.find(turn.serverId, trx);
        const objection = await this.#objection(trx, turn, server);
        if (objection !== null || !server) {
          await this.#leaveIn(trx, turn, server, objection ?? 'gone');
          return true;
        }
        const isFull = (await startups.countWorking(trx, turn.hostId)) >= settings.startup_at_once;
        if (isFull && this.#how.way === 'start') return false;
        const context = { ...this.#task.context, requestId: `req-${randomUUID()}` };
        const verb = this.#how.way === 'start' ? start : stop;
        const shutDown = askedToShutDown({ timeoutSeconds: SHUTDOWN_SECONDS, force: true });
        const asked = verb === start ? start.asked(null) : shutDown;
        const task = await this.#parts.verbs.orderIn(trx, context, server.id, verb, asked, this.#task.id);
        const settles = this.#how.way === 'start' ? settings.startup_settle_seconds : 0;
        const settlesAt = new Date(Date.now() + settles * 1000).toISOString();
        await startups.changeTurn(trx, turn, { state: 'working', orderTaskId: task.id, settlesAt });
        return true;
      });
    } catch (error) {
      // It is locked, or in a state that does not allow it.
      if (!(error instanceof UserError)) throw error;
      await this.#leave(turn, error.message);
      return true;
    }
  }

  /** Why it is not this task's business (any more); null where it is. */
  async #objection(trx: Transaction, turn: TurnRecord, server: ServerRecord | undefined): Promise<string | null> {
    const { leftovers, startups, tasks, settings } = this.#parts;
    if (!server || server.hostId !== turn.hostId) return 'it is not on that host any more';
    const gone = await leftovers.find(trx, { host: turn.hostId, kind: 'machine', id: server.id });
    if (gone) return 'it is not on that host any more';
    if (server.generation !== turn.generation) return 'somebody has ordered something else';
    if ((await tasks.unfinishedOf(trx, server.id)).length > 0) return 'something else goes on with it';
    if (this.#how.way === 'stop') return server.vmState === 'active' ? null : `it is ${server.vmState}`;
    if (server.vmState !== 'stopped') return `it is ${server.vmState}`;
    if (!this.#how.isUnasked) return null;
    const usual = settings.resume_guests_state_on_host_boot ? 'as-before' : 'never';
    const choice = (await startups.find(server.id, trx))?.start ?? usual;
    return choice === 'never' ? 'it is not to start with its host any more' : null;
  }

  async #leave(turn: TurnRecord, why: string, after?: StartAfter): Promise<void> {
    this.#next = 0;
    await this.#parts.database.transaction(async (trx) => {
      await this.#task.requireOwned(trx);
      const server = await this.#parts.servers.find(turn.serverId, trx);
      await this.#leaveIn(trx, turn, server, why, after);
    });
  }

  async #leaveIn(
    trx: Transaction,
    turn: TurnRecord,
    server: ServerRecord | undefined,
    note: string,
    after?: StartAfter,
  ): Promise<void> {
    const { startups, journal } = this.#parts;
    await startups.changeTurn(trx, turn, { state: 'left', note });
    if (!server) return;
    const payload = { message: `It was left alone: ${note}.`, ...(after && { after: after.server }) };
    await journal.record(trx, this.#task.context, server, 'startup.skip', payload);
  }

  async #warn(turn: TurnRecord, { server: other, healthy, timeoutSeconds }: StartAfter, round: Round): Promise<void> {
    const { database, servers, journal } = this.#parts;
    await database.transaction(async (trx) => {
      await this.#task.requireOwned(trx);
      const server = await servers.find(turn.serverId, trx);
      const message = `${round.servers.get(other)?.name} was not well within ${timeoutSeconds} s; it starts all the same.`;
      const payload = { after: other, healthy, timeout: timeoutSeconds, message };
      if (server) await journal.record(trx, this.#task.context, server, 'startup.timeout', payload);
    });
  }

  async #note(turn: TurnRecord, changes: Parameters<StartupRepository['changeTurn']>[2]): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      await this.#task.requireOwned(trx);
      await this.#parts.startups.changeTurn(trx, turn, changes);
    });
  }
}

function isOpen({ state }: TurnRecord): boolean {
  return state === 'waiting' || state === 'working';
}

/** Infinities are equal to each other. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
