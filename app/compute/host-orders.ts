import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { BusMethod } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import { CumuletError, OperationalError } from '../contract/errors.ts';
import type { Bus } from '../messaging/bus.ts';
import type { TaskRun } from '../tasks/task.definition.ts';

/** The task that an order is a part of: it is wanted as long as this controller does that task. */
type OrderingTask = Pick<TaskRun<unknown, unknown>, 'signal' | 'closing' | 'isOwned' | 'progress'>;

export interface OrderOptions {
  task?: OrderingTask;
  /** How long to wait for the host's agent, milliseconds; `forever` for what must happen whenever it comes back. */
  patience: number | 'forever';
}

/** Of what somebody waits for: how long its host has to be there, and how long to answer in all, milliseconds. */
const ASKED = { waitForPeer: 3_000, answer: 5_000 };

/** A forever-waiting order asks anew this often, milliseconds: node's timers end at 24 days. */
const FOREVER_SLICE = 3_600_000;

/**
 * Orders to hosts. An order whose agent goes away in the middle is given again, with the same generation, when the
 * agent is back: the agent answers what became of it. Knows which hosts are connected.
 */
export class HostOrders {
  readonly #bus: Bus;
  readonly #up = new Set<string>();
  /** Orders somebody waits for, by host, machine and generation: each says whether it is still wanted. */
  readonly #given = new Map<string, Set<() => Promise<boolean>>>();
  #isClosed = false;

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.onPeerChange(({ host, state }) => {
      if (state === 'up') this.#up.add(host);
      else this.#up.delete(host);
    });
  }

  isUp(hostId: string): boolean {
    return this.#up.has(hostId);
  }

  async give<A extends z.ZodType, R extends z.ZodType>(
    hostId: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
    options: OrderOptions,
  ): Promise<z.output<R>> {
    const { task } = options;
    const given = keyOf(hostId, args);
    const isWanted = async () => !task?.closing.aborted && ((await task?.isOwned()) ?? true);
    const wanting = this.#given.get(given) ?? new Set();
    this.#given.set(given, wanting.add(isWanted));
    const withdraw = () => {
      wanting.delete(isWanted);
      if (wanting.size === 0 && this.#given.get(given) === wanting) this.#given.delete(given);
    };
    // Not wanted from that moment on, though the host's answer is still waited for.
    task?.signal.addEventListener('abort', withdraw, { once: true });
    const lost = Promise.withResolvers<never>();
    const letGo = () => lost.reject(task?.closing.reason);
    task?.closing.addEventListener('abort', letGo, { once: true });
    try {
      // Who does the task no more does not stop the host either: another may wait for the same order by now.
      return await Promise.race([this.#giveUntilTaken(hostId, method, args, context, options), lost.promise]);
    } finally {
      task?.signal.removeEventListener('abort', withdraw);
      task?.closing.removeEventListener('abort', letGo);
      withdraw();
    }
  }

  /** What changes nothing, for somebody who waits for it: 503 where the host does not say it soon. */
  async ask<A extends z.ZodType, R extends z.ZodType>(
    hostId: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
  ): Promise<z.output<R>> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const abort = new AbortController();
    const expire = () => {
      reject(
        new OperationalError('unavailable', 'controller', 'The host of the machine does not answer.', {
          hint: 'It may be very busy. Ask again, and look at the host where it goes on.',
        }),
      );
      abort.abort();
    };
    const { waitForPeer, answer } = ASKED;
    const timer = setTimeout(expire, answer);
    try {
      const call = { signal: abort.signal, waitForPeer };
      return await Promise.race([this.#bus.call(`agent.${hostId}`, method, args, context, call), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether somebody still waits for that order: asked by a host before it takes effect. */
  async isWanted(hostId: string, id: string, generation: number): Promise<boolean> {
    for (const isWanted of [...(this.#given.get(keyOf(hostId, { id, generation })) ?? [])]) {
      if (await isWanted()) return !this.#isClosed;
    }
    return false;
  }

  async #giveUntilTaken<A extends z.ZodType, R extends z.ZodType>(
    hostId: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
    { task, patience }: OrderOptions,
  ): Promise<z.output<R>> {
    const until = patience === 'forever' ? Number.POSITIVE_INFINITY : performance.now() + patience;
    const call = { signal: task?.signal, onProgress: task?.progress };
    for (;;) {
      if (this.#isClosed) throw new OperationalError('unavailable', 'controller', 'The controller stops.');
      const waitForPeer = Math.ceil(Math.max(0, Math.min(until - performance.now(), FOREVER_SLICE)));
      try {
        return await this.#bus.call(`agent.${hostId}`, method, args, context, { ...call, waitForPeer });
      } catch (error) {
        const lost = error instanceof CumuletError && error.code === 'unavailable';
        if (!lost || performance.now() >= until || this.#isClosed || task?.signal.aborted || task?.closing.aborted)
          throw error;
        // The bus has just lost the agent, or one slice of waiting is over: breathe before asking again.
        await delay(50);
        task?.signal.throwIfAborted();
        task?.closing.throwIfAborted();
      }
    }
  }

  cast<A extends z.ZodType, R extends z.ZodType>(
    hostId: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
  ): void {
    this.#bus.cast(`agent.${hostId}`, method, args, context);
  }

  /**
   * Gives nothing any more; what was ordered is taken up at the next start. Orders under way are not aborted: the
   * host goes on with them, and answers when asked again. Whoever still waits for a host is freed by the bus's end.
   */
  close(): void {
    this.#isClosed = true;
  }
}

function keyOf(hostId: string, args: unknown): string {
  const { id, generation } = args as { id?: string; generation?: number };
  return `${hostId} ${id} ${generation}`;
}
