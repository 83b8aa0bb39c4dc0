import type { Database, Transaction } from '../database/database.ts';
import type { HostSnapshot } from './host.snapshot.ts';
import type { HostRow, SchedulerRepository, ServerRoom } from './scheduler.repository.ts';

interface HeldRoomsParts {
  database: Database;
  repository: SchedulerRepository;
  hosts: HostSnapshot;
}

/** Changes of what servers hold of hosts, where no host is chosen. */
export class HeldRooms {
  readonly #parts: HeldRoomsParts;

  constructor(parts: HeldRoomsParts) {
    this.#parts = parts;
  }

  /** Counts what a machine takes that is there already, whatever room is left. */
  async place(trx: Transaction, hostId: string, room: ServerRoom): Promise<void> {
    this.#know(trx, await this.#parts.repository.allocate(trx, hostId, room));
  }

  /** What the server has of its host's disk from now on, whatever is left there. */
  async changeDisk(trx: Transaction, serverId: string, diskGib: number): Promise<void> {
    const host = await this.#parts.repository.changeDisk(trx, serverId, diskGib);
    if (host) this.#know(trx, host);
  }

  /** Gives back what the server and its resizes hold, wherever that is; nothing to give back is fine. */
  async release(trx: Transaction, serverId: string): Promise<void> {
    for (const held of await this.#parts.repository.allocationsOf([serverId], trx)) {
      this.#know(trx, await this.#parts.repository.free(trx, held));
    }
  }

  /** The server has what was held for its resize, which holds what the server had; where nothing is held, nothing. */
  async exchange(trx: Transaction, serverId: string, migrationId: string): Promise<void> {
    const host = await this.#parts.repository.exchange(trx, serverId, migrationId);
    if (host) this.#know(trx, host);
  }

  #know(trx: Transaction, host: HostRow): void {
    this.#parts.database.afterCommit(trx, () => this.#parts.hosts.learn(host));
  }
}
