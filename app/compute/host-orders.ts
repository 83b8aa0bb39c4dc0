import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { BusMethod } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import { CumuletError, OperationalError } from '../contract/errors.ts';
import type { Bus, CallOptions } from '../messaging/bus.ts';

export interface OrderOptions extends Omit<CallOptions, 'waitForPeer'> {
  /** How long to wait for the host's agent, milliseconds; `forever` for what must happen whenever it comes back. */
  patience: number | 'forever';
}

/** A forever-waiting order asks anew this often, milliseconds: node's timers end at 24 days. */
const FOREVER_SLICE = 3_600_000;

/**
 * Orders to hosts. An order whose agent goes away in the middle is given again, with the same generation, when the
 * agent is back: the agent answers what became of it. Knows which hosts are connected.
 */
export class HostOrders {
  readonly #bus: Bus;
  readonly #up = new Set<string>();
  /** Orders somebody waits for, by host, machine and generation. */
  readonly #given = new Map<string, number>();
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
    const given = keyOf(hostId, args);
    this.#given.set(given, (this.#given.get(given) ?? 0) + 1);
    const withdraw = () => {
      const left = (this.#given.get(given) ?? 1) - 1;
      if (left > 0) this.#given.set(given, left);
      else this.#given.delete(given);
    };
    // Not wanted from that moment on, though the host's answer is still waited for.
    const withdrawOnce = once(withdraw);
    options.signal?.addEventListener('abort', withdrawOnce, { once: true });
    try {
      return await this.#giveUntilTaken(hostId, method, args, context, options);
    } finally {
      options.signal?.removeEventListener('abort', withdrawOnce);
      withdrawOnce();
    }
  }

  /** Whether somebody still waits for that order: asked by a host before it takes effect. */
  isWanted(hostId: string, id: string, generation: number): boolean {
    return !this.#isClosed && this.#given.has(keyOf(hostId, { id, generation }));
  }

  async #giveUntilTaken<A extends z.ZodType, R extends z.ZodType>(
    hostId: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
    options: OrderOptions,
  ): Promise<z.output<R>> {
    const until = options.patience === 'forever' ? Number.POSITIVE_INFINITY : performance.now() + options.patience;
    for (;;) {
      if (this.#isClosed) throw new OperationalError('unavailable', 'controller', 'The controller stops.');
      const waitForPeer = Math.ceil(Math.max(0, Math.min(until - performance.now(), FOREVER_SLICE)));
      try {
        return await this.#bus.call(`agent.${hostId}`, method, args, context, { ...options, waitForPeer });
      } catch (error) {
        const lost = error instanceof CumuletError && error.code === 'unavailable';
        if (!lost || performance.now() >= until || this.#isClosed || options.signal?.aborted) throw error;
        // The bus has just lost the agent, or one slice of waiting is over: breathe before asking again.
        await delay(50);
        options.signal?.throwIfAborted();
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

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
