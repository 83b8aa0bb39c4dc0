import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { HostSnapshot } from './host.snapshot.ts';
import type { HostRow, SchedulerRepository } from './scheduler.repository.ts';
import type { AllocationRow } from './scheduler.tables.ts';

/** Memory the host keeps for itself, MiB (Nova's `reserved_host_memory_mb`). */
export const RESERVED_MEMORY_MIB = 512;

/** One resource of a host: a decision gives out `(total - reserved) * ratio` of it. */
export interface Stock {
  readonly total: number;
  readonly reserved: number;
  readonly ratio: number;
  readonly used: number;
}

/** What a host has, as decisions see it. */
export interface HostStock {
  readonly id: string;
  readonly name: string;
  /** Raised by each change of the host, also by claims. */
  readonly revision: number;
  readonly isDisabled: boolean;
  readonly changedAt: string | null;
  /** What its agent tells of itself by the names of Placement. */
  readonly traits: readonly string[];
  readonly vcpus: Stock;
  readonly memoryMib: Stock;
  readonly diskGib: Stock;
}

/** What a machine holds. */
export interface HeldRoom {
  /** Or the migration that holds it, beside what the server it resizes has. */
  readonly serverId: string;
  readonly resizedServerId: string | null;
  readonly hostId: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly diskGib: number;
}

/** So many ids are asked for in one query. */
const IDS_AT_ONCE = 1_000;

/** The stock of hosts for whoever shows it to others, and what they keep beside it. */
export class HostStocks {
  readonly #database: Database;
  readonly #repository: SchedulerRepository;
  readonly #hosts: HostSnapshot;

  constructor(parts: { database: Database; repository: SchedulerRepository; hosts: HostSnapshot }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#hosts = parts.hosts;
  }

  /** Of those hosts, or of all. */
  async list(on: Queryable = this.#database.query, ids?: readonly string[]): Promise<HostStock[]> {
    // In a transaction nothing else is read: what was known before it is what there is.
    if (on === this.#database.query) await this.#hosts.refresh();
    return (await this.#repository.rows(ids, on)).map((row) => toStock(row, this.#hosts.traitsOf(row.id)));
  }

  async heldOn(hostId: string, on: Queryable = this.#database.query): Promise<HeldRoom[]> {
    return (await this.#repository.allocationsOn(hostId, on)).map(toHeld);
  }

  async heldBy(serverIds: readonly string[], on: Queryable = this.#database.query): Promise<HeldRoom[]> {
    const held: HeldRoom[] = [];
    for (let at = 0; at < serverIds.length; at += IDS_AT_ONCE) {
      const rows = await this.#repository.allocationsOf(serverIds.slice(at, at + IDS_AT_ONCE), on);
      held.push(...rows.map(toHeld));
    }
    return held;
  }

  /** Something that belongs to the host changes with `trx`: raises its revision and answers it. */
  async raise(trx: Transaction, hostId: string): Promise<number> {
    const host = await this.#repository.update(trx, hostId, {});
    this.#database.afterCommit(trx, () => this.#hosts.learn(host));
    return host.revision;
  }
}

function toStock(row: HostRow, traits: readonly string[]): HostStock {
  const { id, name, revision, disabled_reason, last_seen_at } = row;
  return {
    ...{ id, name, revision, isDisabled: disabled_reason !== null, changedAt: last_seen_at, traits },
    vcpus: { total: row.vcpus, reserved: 0, ratio: row.vcpu_ratio, used: row.used_vcpus },
    memoryMib: {
      total: row.memory_mib + RESERVED_MEMORY_MIB,
      reserved: RESERVED_MEMORY_MIB,
      ratio: row.memory_ratio,
      used: row.used_memory_mib,
    },
    diskGib: { total: row.disk_gib, reserved: 0, ratio: row.disk_ratio, used: row.used_disk_gib },
  };
}

function toHeld({ server_id, resized_server_id, host_id, vcpus, memory_mib, disk_gib }: AllocationRow): HeldRoom {
  const held = { serverId: server_id, resizedServerId: resized_server_id, hostId: host_id };
  return { ...held, vcpus, memoryMib: memory_mib, diskGib: disk_gib };
}
