import pino from 'pino';
import { expect } from 'vitest';
import type { HostFacts } from '../contract/host.ts';
import type { Database, Transaction } from '../database/database.ts';
import { EventService } from '../events/event.service.ts';
import type { ClaimRequest } from './host.filters.ts';
import { type Claim, type HostRow, SchedulerRepository } from './scheduler.repository.ts';
import { SchedulerService } from './scheduler.service.ts';

export function hostFacts(more: Partial<HostFacts> = {}): HostFacts {
  return {
    ...{ hostname: 'h', hypervisorType: 'QEMU', hypervisorVersion: '7.2.22', accelerator: 'tcg', cpuArch: 'x86_64' },
    ...{ cpuModel: 'any', vcpus: 4, memoryMib: 4608, memoryFreeMib: 4000, diskGib: 100, diskFreeGib: 90 },
    ...{ capabilities: ['disk-format:qcow2'], traits: [], preflight: [], agentVersion: '0.1.0' },
    ...more,
  };
}

export function claimRequest(serverId: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { serverId, vcpus: 1, memoryMib: 512, diskGib: 1, excludeHosts: [], requirements: [], ...more };
}

/** Whoever asks has its task. */
export const isOwned = async () => undefined;

/** Looks in the transaction of each claim whether it fits: a host may report less of itself later. */
class WatchedRepository extends SchedulerRepository {
  override async claim(trx: Transaction, hostId: string, claim: Claim): Promise<HostRow> {
    const host = await super.claim(trx, hostId, claim);
    expect(host.used_memory_mib).toBeLessThanOrEqual(host.memory_mib * host.memory_ratio);
    expect(host.used_vcpus).toBeLessThanOrEqual(host.vcpus * host.vcpu_ratio);
    expect(host.used_disk_gib).toBeLessThanOrEqual(host.disk_gib * host.disk_ratio);
    return host;
  }
}

export function openScheduler(database: Database, options: { graceMs?: number } = {}): SchedulerService {
  const repository = new WatchedRepository(database);
  const log = pino({ level: 'silent' });
  return new SchedulerService({ database, repository, events: new EventService(database), log, ...options });
}

export async function expectSumsToBeRight(database: Database): Promise<void> {
  const allocations = await database.query.selectFrom('scheduler_allocation').selectAll().execute();
  for (const host of await database.query.selectFrom('scheduler_host').selectAll().execute()) {
    const own = allocations.filter(({ host_id }) => host_id === host.id);
    const sum = (of: (allocation: (typeof own)[number]) => number) => own.reduce((total, one) => total + of(one), 0);
    expect([host.used_vcpus, host.used_memory_mib, host.used_disk_gib, host.machines]).toEqual([
      sum(({ vcpus }) => vcpus),
      sum(({ memory_mib }) => memory_mib),
      sum(({ disk_gib }) => disk_gib),
      own.length,
    ]);
  }
}
