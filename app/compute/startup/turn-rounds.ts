import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { StartAfter, WaitsFor } from '../../contract/startup.ts';
import type { TaskRun } from '../../tasks/task.definition.ts';
import { Health } from './health.ts';
import type { ProjectServer } from './startup.repository.ts';
import type { StartupRecord, TurnRecord } from './startup.tables.ts';
import { ordersOf } from './startup-waves.ts';
import { TurnOrders, type TurnParts, type TurnsOf } from './turn-orders.ts';

export const turnTaskArgsSchema = z.object({ projectId: z.string() });
export type TurnTaskArgs = z.infer<typeof turnTaskArgsSchema>;

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
  readonly #parts: TurnParts;
  readonly #task: TaskRun<TurnTaskArgs>;
  readonly #how: TurnsOf;
  readonly #health: Health;
  readonly #orders: TurnOrders;
  /** The first that could not go on in this round, and why. */
  #waitsFor: WaitsFor | null = null;
  /** When there may be more to do, milliseconds since 1970. */
  #next = 0;

  constructor(parts: TurnParts, task: TaskRun<TurnTaskArgs>, how: TurnsOf) {
    this.#parts = parts;
    this.#task = task;
    this.#how = how;
    this.#orders = new TurnOrders(parts, task, how);
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
    for (const turn of ready) if (await this.#orders.begin(turn)) begun += 1;
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
    await this.#orders.note(turn, { state, note: task?.error?.message ?? null });
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
        this.#next = 0;
        await this.#orders.leave(turn, `${round.servers.get(each.server)?.name} was not well in time`, each);
        return false;
      }
      if (state === 'waits') isFree = false;
      if (state === 'over' && waits[each.server] !== '') {
        waits[each.server] = '';
        await this.#orders.warn(turn, each, round.servers.get(each.server)?.name ?? '');
      }
    }
    const notBefore = isFree && delaySeconds > 0 ? new Date(Date.now() + delaySeconds * 1000).toISOString() : null;
    if (notBefore !== null || JSON.stringify(waits) !== JSON.stringify(turn.waits)) {
      await this.#orders.note(turn, { waits, notBefore });
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
}

function isOpen({ state }: TurnRecord): boolean {
  return state === 'waiting' || state === 'working';
}

/** Infinities are equal to each other. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
