import type { z } from 'zod';
import type { BusMethod, BusProgress } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (progress: BusProgress) => void;
  /** How long to wait for the peer to be there before giving up with `unavailable`, milliseconds; default 30 s. */
  waitForPeer?: number;
}

export interface PeerChange {
  host: string;
  state: 'up' | 'down';
}

/**
 * Call, cast and fanout between controller and agents. Topics are `<service>` (any controller) and `agent.<host>`.
 * A call whose peer goes away fails with `unavailable`; whoever needs it done is a task and tries again. A cast may be
 * lost: what must not be lost is a task.
 */
export interface Bus {
  call<A extends z.ZodType, R extends z.ZodType>(
    topic: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
    options?: CallOptions,
  ): Promise<z.output<R>>;
  cast<A extends z.ZodType, R extends z.ZodType>(
    topic: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
  ): void;
  /** To every agent there is. */
  fanout<A extends z.ZodType, R extends z.ZodType>(method: BusMethod<A, R>, args: z.input<A>, context: Context): void;
  /** Serves `method` for callers of any topic of this process. */
  handle<A extends z.ZodType, R extends z.ZodType>(
    method: BusMethod<A, R>,
    handler: (args: z.output<A>, context: Context) => Promise<z.input<R>>,
  ): void;
  onPeerChange(listener: (change: PeerChange) => void): void;
  close(): void;
}
