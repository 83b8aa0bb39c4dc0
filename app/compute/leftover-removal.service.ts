import type { Logger } from 'pino';
import { agentMethods } from '../contract/agent.methods.ts';
import type { Context } from '../contract/context.ts';
import type { MachineStatus } from '../contract/machine.ts';
import type { Database } from '../database/database.ts';
import type { LeftoverTable } from '../database/tables.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import type { HostOrders } from './host-orders.ts';
import type { ServerRepository } from './server.repository.ts';

/** How long an order to remove a leftover waits for its host, milliseconds: the next report brings it up again. */
const PATIENCE = 10_000;

/** Has a host remove what is recorded as left there, whenever it reports; see app/leftover/. */
export class LeftoverRemovalService {
  readonly #parts: {
    database: Database;
    leftovers: LeftoverService;
    servers: ServerRepository;
    orders: HostOrders;
    log: Logger;
  };
  /** By host: a host that reports again before all is gone is not ordered twice. */
  readonly #running = new Map<string, Promise<void>>();

  constructor(parts: {
    database: Database;
    leftovers: LeftoverService;
    servers: ServerRepository;
    orders: HostOrders;
    log: Logger;
  }) {
    this.#parts = parts;
  }

  /** Begins, and answers the ids of machines that go. `machines` is what the host says it has. */
  async removeAll(
    context: Context,
    host: string,
    machines: ReadonlyMap<string, MachineStatus>,
  ): Promise<ReadonlySet<string>> {
    const { database, leftovers, servers, log } = this.#parts;
    const rows = await leftovers.at(database.query, host, 'machine');
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
    if (!this.#running.has(host)) {
      const work = this.#removeEach(context, host, going).finally(() => this.#running.delete(host));
      this.#running.set(host, work);
    }
    return new Set(going.map(({ id }) => id));
  }

  /** One after the other: nobody waits for it, and a host has other things to do. */
  async #removeEach(context: Context, host: string, rows: LeftoverTable[]): Promise<void> {
    const { database, leftovers, orders, log } = this.#parts;
    for (const { id, generation } of rows) {
      try {
        await orders.give(host, agentMethods.destroy, { id, generation }, context, { patience: PATIENCE });
        await database.transaction((trx) => leftovers.remove(trx, { host, kind: 'machine', id }));
        log.info({ server: id, host }, 'removed a machine that was left on its host');
      } catch (error) {
        log.warn({ err: error, server: id, host }, 'a leftover stays for now');
      }
    }
  }
}
