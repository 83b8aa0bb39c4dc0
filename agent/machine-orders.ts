import type { BusProgress } from '../app/contract/bus.ts';
import { OperationalError, toWire } from '../app/contract/errors.ts';
import type { MachineStatus } from '../app/contract/machine.ts';
import {
  type MachineOrderArgs,
  type MachineOrderName,
  type MachineOrderResult,
  machineOrders,
} from '../app/contract/machine-orders.ts';
import { isDiskFull } from './disk-full.ts';
import type { HypervisorDriver, MachineState, OrderContext } from './hypervisor/driver.ts';
import { CLOSING, explain, fromStored, NotWanted, SUPERSEDED } from './order-errors.ts';
import type { OrderRecord, OrderRecords } from './order-records.ts';

/** An order as it comes in. */
type CallContext = Omit<OrderContext, 'confirm'>;

interface Running {
  generation: number;
  answer: Promise<unknown>;
  abort: AbortController;
  listeners: Set<(progress: BusProgress) => void>;
}

interface OrderRequest<T> {
  id: string;
  generation: number;
  verb: MachineOrderName;
  /** The strongest orders do not wait politely for weaker ones: they abort what is under way. */
  supersedes: boolean;
  work(order: OrderContext): Promise<T>;
  /** The answer to a repeat of an order that succeeded. */
  again(): T;
}

/**
 * The rules every order follows, whatever the driver: one at a time per machine; an older generation than one seen
 * changes nothing and answers `stale_generation`; the same generation again joins the order under way, repeats its
 * failure, or answers success with the machine's state of now; an order the agent died in, or that failed because
 * something it needs was away, is carried out anew.
 */
export class MachineOrders {
  readonly #driver: HypervisorDriver;
  readonly #records: OrderRecords;
  readonly #onChange: (status: MachineStatus) => void;
  readonly #isWanted: (id: string, generation: number) => Promise<boolean>;
  readonly #running = new Map<string, Running>();
  readonly #tails = new Map<string, Promise<unknown>>();
  /** Machines that changed while an order for them was under way: their news waits for the order's answer. */
  readonly #changed = new Set<string>();
  readonly #now: () => Date;
  #isClosing = false;

  constructor(options: {
    driver: HypervisorDriver;
    records: OrderRecords;
    onChange(status: MachineStatus): void;
    /** Whether the controller still waits for the order; false where it does not say. */
    isWanted(id: string, generation: number): Promise<boolean>;
    now?: () => Date;
  }) {
    this.#driver = options.driver;
    this.#records = options.records;
    this.#onChange = options.onChange;
    this.#isWanted = options.isWanted;
    this.#now = options.now ?? (() => new Date());
    this.#driver.onChange((state) => {
      if (this.#tails.has(state.id)) this.#changed.add(state.id);
      else this.#onChange(this.#withGeneration(state));
    });
  }

  async carryOut<N extends MachineOrderName>(
    name: N,
    args: MachineOrderArgs<N>,
    call: CallContext,
  ): Promise<MachineOrderResult<N>> {
    const { generation, ...told } = args;
    const supersedes = machineOrders[name].supersedes as (args: MachineOrderArgs<N>) => boolean;
    const carryOut = this.#driver.orders[name] as (
      told: object,
      order: OrderContext,
    ) => Promise<MachineState | undefined>;
    const answer = await this.#carryOut(
      {
        id: args.id,
        generation,
        verb: name,
        supersedes: supersedes(args),
        work: async (order) => this.#answerFrom(await carryOut(told, order)),
        again: () => this.#answerFrom(name === 'destroy' ? undefined : this.#stateOf(args.id)),
      },
      call,
    );
    return answer as MachineOrderResult<N>;
  }

  list(): MachineStatus[] {
    return this.#driver.list().map((state) => this.#withGeneration(state));
  }

  /** Aborts what is under way, without recording that it failed: the next agent carries it out anew if asked again. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const running of this.#running.values()) running.abort.abort(CLOSING);
    await Promise.allSettled(this.#tails.values());
  }

  /** Nothing of a machine that is no more. */
  #answerFrom(state: MachineState | undefined): MachineStatus | Record<string, never> {
    return state ? this.#withGeneration(state) : {};
  }

  #stateOf(id: string): MachineState {
    const state = this.#driver.status(id);
    if (state !== null) return state;
    throw new OperationalError('not_found', 'agent', `Machine ${id} is no longer on this host.`);
  }

  async #carryOut<T>(request: OrderRequest<T>, order: CallContext): Promise<T> {
    const { id, generation, verb } = request;
    if (this.#isClosing) throw new OperationalError('unavailable', 'agent', 'The agent is stopping.');
    const record = this.#records.get(id);
    const running = this.#running.get(id);
    if (
      record !== null &&
      (generation < record.generation || (generation === record.generation && verb !== record.verb))
    ) {
      throw new OperationalError(
        'stale_generation',
        'agent',
        `Order ${generation} (${verb}) for machine ${id} came after order ${record.generation} (${record.verb}).`,
      );
    }
    if (record !== null && generation === record.generation) {
      if (running?.generation === generation) {
        await this.#follow(running, order);
        return request.again();
      }
      if (record.outcome !== null) {
        if ('error' in record.outcome) throw fromStored(record.outcome.error);
        return request.again();
      }
    }
    if (request.supersedes) running?.abort.abort(SUPERSEDED);
    return this.#enqueue(request, order);
  }

  /** Waits for the order another call is carrying out already; either caller may abort it. */
  async #follow(running: Running, order: CallContext): Promise<void> {
    const abort = () => running.abort.abort(order.signal.reason);
    running.listeners.add(order.progress);
    order.signal.addEventListener('abort', abort, { once: true });
    try {
      await running.answer;
    } finally {
      running.listeners.delete(order.progress);
      order.signal.removeEventListener('abort', abort);
    }
  }

  async #enqueue<T>(request: OrderRequest<T>, order: CallContext): Promise<T> {
    const { id, generation } = request;
    const before = this.#tails.get(id) ?? Promise.resolve();
    const abort = new AbortController();
    const listeners = new Set([order.progress]);
    const progress = (report: BusProgress) => {
      for (const listener of listeners) listener(report);
    };
    const answer = this.#run(request, before, { signal: abort.signal, progress });
    const tail = answer.then(noop, noop);
    const running: Running = { generation, answer, abort, listeners };
    this.#running.set(id, running);
    this.#tails.set(id, tail);
    const pass = () => abort.abort(order.signal.reason);
    if (order.signal.aborted) pass();
    order.signal.addEventListener('abort', pass, { once: true });
    try {
      const result = await answer;
      this.#settle(id, running, tail, result);
      return result;
    } catch (error) {
      this.#settle(id, running, tail, null);
      throw error;
    } finally {
      order.signal.removeEventListener('abort', pass);
    }
  }

  async #run<T>(request: OrderRequest<T>, before: Promise<unknown>, context: CallContext): Promise<T> {
    const { id, generation, verb } = request;
    const note = { generation, verb, at: this.#now().toISOString() };
    await this.#remember(id, { ...note, outcome: null });
    await before;
    try {
      context.signal.throwIfAborted();
      const confirm = async () => {
        const isWanted = await this.#isWanted(id, generation);
        context.signal.throwIfAborted();
        if (!isWanted) throw new NotWanted(verb);
      };
      await confirm();
      const result = await request.work({ ...context, confirm });
      await this.#recordOutcome(id, { ...note, outcome: { ok: true } });
      return result;
    } catch (error) {
      const told = explain(error, context.signal);
      if (context.signal.reason !== CLOSING && told.code !== 'unavailable') {
        const stored = toWire(told, 'agent');
        await this.#recordOutcome(id, { ...note, outcome: { error: stored } });
      }
      throw told;
    }
  }

  /** Not when a newer order was taken meanwhile: the record is that one's then. */
  async #recordOutcome(id: string, record: OrderRecord): Promise<void> {
    if (this.#records.get(id)?.generation === record.generation) await this.#remember(id, record);
  }

  /**
   * On a full disk the record stays in memory only: stopping and destroying must work there above all, and what needs
   * room fails by itself with an error people understand.
   */
  async #remember(id: string, record: OrderRecord): Promise<void> {
    try {
      await this.#records.put(id, record);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #settle(id: string, running: Running, tail: Promise<unknown>, answered: unknown): void {
    if (this.#running.get(id) === running) this.#running.delete(id);
    if (this.#tails.get(id) !== tail) return;
    this.#tails.delete(id);
    if (!this.#changed.delete(id)) return;
    const state = this.#driver.status(id);
    if (state === null) return;
    const status = this.#withGeneration(state);
    // The answer has told the same already.
    if (JSON.stringify(status) !== JSON.stringify(answered)) this.#onChange(status);
  }

  #withGeneration(state: MachineState): MachineStatus {
    return { ...state, generation: this.#records.get(state.id)?.generation ?? 0 };
  }
}

function noop(): void {}
