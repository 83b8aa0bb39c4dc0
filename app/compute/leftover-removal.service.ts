import type { Logger } from 'pino';
import { agentMethods } from '../contract/agent.methods.ts';
import type { Context } from '../contract/context.ts';
import type { MachineStatus } from '../contract/machine.ts';
import { machineOrders } from '../contract/machine-orders.ts';
import type { Database } from '../database/database.ts';
import type { Leftover, LeftoverService } from '../leftover/leftover.service.ts';
import type { UnclaimedKind, UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import type { HostOrders } from './host-orders.ts';
import type { ServerRepository } from './server.repository.ts';

/** How long an order to remove a leftover waits for its host, milliseconds: the next report brings it up again. */
const PATIENCE = 10_000;

type LeftoverRow = Omit<Leftover, 'reason'>;

export interface LeftoverRemovalParts {
  database: Database;
  leftovers: LeftoverService;
  unclaimed: UnclaimedRegister;
  servers: ServerRepository;
  orders: HostOrders;
  log: Logger;
}

/** Has a host remove what is recorded as left there, whenever it reports; see app/leftover/. */
export class LeftoverRemovalService {
  readonly #parts: LeftoverRemovalParts;
  /** By host: a host that reports again before all is gone is not ordered twice. */
  readonly #running = new Map<string, Promise<void>>();
  /** By host, what it has removed since its last report: it may tell still of what it had a moment before. */
  readonly #gone = new Map<string, Set<string>>();

  constructor(parts: LeftoverRemovalParts) {
    this.#parts = parts;
  }

  /** Begins, and answers the ids of machines that go. `machines` is what the host says it has. */
  async removeAll(
    context: Context,
    host: string,
    machines: ReadonlyMap<string, MachineStatus>,
  ): Promise<ReadonlySet<string>> {
    const { database, leftovers, servers, log } = this.#parts;
    this.#gone.delete(host);
    const rows = await leftovers.on(database.query, host);
    if (rows.length === 0) return new Set();
    const owned = await database.transaction((trx) => servers.ofHost(trx, host));
    const going = rows.filter((row) => {
      // Its server lives there: whatever the row was for, the machine is wanted.
      if (owned.some(({ id }) => id === row.id)) return false;
      const machine = machines.get(row.id);
      if (machine === undefined || machine.generation <= row.generation) return true;
      log.warn({ server: row.id, host }, 'a machine is newer than what is known of it; it is kept');
      return false;
    });
    if (!this.#running.has(host)) this.#begin(context, host, going);
    return new Set(going.filter(({ kind }) => kind === 'machine').map(({ id }) => id));
  }

  /** One that was just recorded, where its host is there; else the host's next report brings it up. */
  removeOne(context: Context, row: LeftoverRow): void {
    if (this.#parts.orders.isUp(row.host)) this.#begin(context, row.host, [row]);
  }

  /** Whether the host has removed it since it last said what machines it has. */
  hasRemoved(host: string, kind: string, id: string): boolean {
    return this.#gone.get(host)?.has(keyOf(kind, id)) ?? false;
  }

  #begin(context: Context, host: string, rows: readonly LeftoverRow[]): void {
    const before = this.#running.get(host) ?? Promise.resolve();
    const work = before
      .then(() => this.#removeEach(context, host, rows))
      .finally(() => {
        if (this.#running.get(host) === work) this.#running.delete(host);
      });
    this.#running.set(host, work);
  }

  /** One after the other: nobody waits for it, and a host has other things to do. */
  async #removeEach(context: Context, host: string, rows: readonly LeftoverRow[]): Promise<void> {
    const { database, leftovers, unclaimed, log } = this.#parts;
    for (const { kind, id, generation } of rows) {
      try {
        if (!(await this.#order(context, host, { kind, id, generation }))) continue;
        this.#gone.set(host, (this.#gone.get(host) ?? new Set()).add(keyOf(kind, id)));
        await database.transaction(async (trx) => {
          await leftovers.remove(trx, { host, kind, id });
          if (kind !== 'cached-image') await unclaimed.forget(trx, { host, kind: kind as UnclaimedKind, key: id });
        });
        log.info({ kind, id, host }, 'removed what was left on a host');
      } catch (error) {
        log.warn({ err: error, kind, id, host }, 'a leftover stays for now');
      }
    }
  }

  /** Whether it is gone: what a machine stands on goes after that machine. */
  async #order(context: Context, host: string, { kind, id, generation }: Omit<LeftoverRow, 'host'>): Promise<boolean> {
    const { orders } = this.#parts;
    const options = { patience: PATIENCE };
    if (kind === 'machine') {
      await orders.give(host, machineOrders.destroy.method, { id, generation }, context, options);
      return true;
    }
    const order = { kind: kind as 'machine-folder' | 'process' | 'cached-file' | 'cached-image', id };
    return (await orders.give(host, agentMethods.removeLeftover, order, context, options)).isRemoved;
  }
}

function keyOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}
