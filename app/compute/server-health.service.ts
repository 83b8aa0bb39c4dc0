import { randomUUID } from 'node:crypto';
import { systemContext } from '../policy/authorization.ts';
import type { MigrationRepository } from './migration.repository.ts';
import type { ServerServiceParts } from './server.service.ts';
import type { StartupRepository } from './startup/startup.repository.ts';
import type { TenantUsageRepository } from './tenant-usage.repository.ts';

/** Deleted servers and their history are kept this long. */
const KEPT_DAYS = 30;
/** What usage is counted from is kept longer: a year and a month to ask for it. */
const USAGE_DAYS = 400;

interface HealthParts extends ServerServiceParts {
  usage: TenantUsageRepository;
  migrations: MigrationRepository;
  startups: StartupRepository;
}

/** What is looked after when the controller starts. */
export class ServerHealthService {
  readonly #parts: HealthParts;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /**
   * A task state without a task behind it would stay for ever: a delete is asked for again, an unfinished build is an
   * error, anything else is over. What the machine really does comes with its host's report.
   */
  async heal(): Promise<void> {
    const { database, servers, tasks, journal } = this.#parts;
    await database.transaction(async (trx) => {
      for (const server of await servers.busy(trx)) {
        if ((await tasks.unfinishedOf(trx, server.id)).length > 0) continue;
        const context = { ...systemContext(`req-${randomUUID()}`), projectId: server.projectId };
        if (server.taskState === 'deleting') {
          await tasks.enqueue(trx, context, {
            kind: 'server.delete',
            subject: { type: 'server', id: server.id, name: server.name },
            projectId: server.projectId,
            args: { serverId: server.id, isForced: false },
          });
          continue;
        }
        const isBuilding = server.vmState === 'building';
        const message = 'The controller stopped while this machine was being made. Delete it and launch it again.';
        const fault = { code: 500, message, created: new Date().toISOString() };
        const changes = { taskState: null, ...(isBuilding && { vmState: 'error' as const, fault }) };
        const healed = await servers.update(trx, server.id, changes);
        if (healed) await journal.record(trx, context, healed, 'update', { reason: 'healed' });
      }
    });
  }

  async prune(now = Date.now()): Promise<void> {
    const { database, servers, usage, migrations, startups } = this.#parts;
    const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();
    await database.transaction(async (trx) => {
      await usage.keep(trx, daysAgo(KEPT_DAYS));
      await migrations.prune(trx, daysAgo(KEPT_DAYS));
      await startups.prune(trx, daysAgo(KEPT_DAYS));
      await servers.prune(trx, daysAgo(KEPT_DAYS));
      await usage.prune(trx, daysAgo(USAGE_DAYS));
    });
  }
}
