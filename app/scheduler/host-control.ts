import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { HostSnapshot } from './host.snapshot.ts';
import type { HostDirectory } from './host-directory.ts';
import type { HostRecord, SchedulerRepository } from './scheduler.repository.ts';
import { hosts } from './scheduler.tables.ts';

/** What an administrator says of hosts. */
export class HostControl {
  readonly #database: Database;
  readonly #repository: SchedulerRepository;
  readonly #hosts: HostSnapshot;
  readonly #directory: HostDirectory;
  readonly #events: EventService;
  readonly #forgetting: ((trx: Transaction, hostId: string) => Promise<void>)[] = [];

  constructor(parts: {
    database: Database;
    repository: SchedulerRepository;
    hosts: HostSnapshot;
    directory: HostDirectory;
    events: EventService;
  }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#hosts = parts.hosts;
    this.#directory = parts.directory;
    this.#events = parts.events;
  }

  /** All zones that hosts are in, and whether one of them takes new machines. */
  async zones(): Promise<Map<string, boolean>> {
    return await this.#repository.zones();
  }

  /** False, and nothing is changed, where a host of them has machines and would come from another zone. */
  async moveToZone(trx: Transaction, hostIds: readonly string[], zone: string): Promise<boolean> {
    const found = await Promise.all(hostIds.map((id) => this.#repository.find(id, trx)));
    const moved = found.filter((host): host is HostRecord => host !== undefined && host.zone !== zone);
    if (moved.some(({ machines }) => machines > 0)) return false;
    for (const { id } of moved) this.#learn(trx, await this.#repository.update(trx, id, { zone }));
    return true;
  }

  /** Whether it takes new machines (null) or why not, and whether it counts as down whatever it says. */
  async setService(
    context: Context,
    hostId: string,
    { disabledReason, isForcedDown }: { disabledReason?: string | null; isForcedDown?: boolean },
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#known(hostId, trx);
      const host = await this.#repository.update(trx, hostId, {
        ...(disabledReason !== undefined && { disabled_reason: disabledReason }),
        ...(isForcedDown !== undefined && { forced_down: hosts.columns.isForcedDown.write(isForcedDown) }),
      });
      this.#learn(trx, host);
      const payload = { name: host.name, disabledReason: host.disabled_reason, isForcedDown: host.forced_down !== 0 };
      await this.#events.record(trx, context, { type: 'service.update', resourceId: hostId, projectId: null, payload });
    });
  }

  /** `hook` forgets what belongs to a host elsewhere, in the same transaction; where it throws, the host stays. */
  onForget(hook: (trx: Transaction, hostId: string) => Promise<void>): void {
    this.#forgetting.push(hook);
  }

  /** Forgets a host that has no machines. One that is connected is known again with its next report. */
  async forget(trx: Transaction, context: Context, hostId: string): Promise<void> {
    const { name, machines } = await this.#known(hostId, trx);
    if (machines > 0) {
      throw new UserError(
        'conflict',
        'Unable to delete compute service that is hosting instances. Migrate or delete the instances first.',
      );
    }
    for (const hook of this.#forgetting) await hook(trx, hostId);
    await this.#repository.delete(trx, hostId);
    const payload = { name };
    await this.#events.record(trx, context, { type: 'service.delete', resourceId: hostId, projectId: null, payload });
    this.#database.afterCommit(trx, () => {
      this.#hosts.expire();
      this.#directory.forget(hostId);
    });
  }

  #learn(trx: Transaction, host: HostRecord): void {
    this.#database.afterCommit(trx, () => {
      this.#hosts.learn(host);
      this.#directory.learn(host);
    });
  }

  async #known(hostId: string, trx: Transaction): Promise<HostRecord> {
    const host = await this.#repository.find(hostId, trx);
    if (!host) throw new UserError('not_found', `Host ${hostId} could not be found.`);
    return host;
  }
}
