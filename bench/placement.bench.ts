// Placement over 1,000 hosts and 1,000 providers of clients, by HTTP: allocation candidates beside a bare query for the hosts
// that have the room, and allocations beside the bare rows that one is.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { hostUuid } from '../app/compute/host-identity.ts';
import { ServerOwners } from '../app/compute/server-owners.ts';
import { openDatabase } from '../app/database/testing/migrated-database.ts';
import { EventService } from '../app/events/event.service.ts';
import { EdgeFixture } from '../app/http/edge.fixture.ts';
import { placementModule } from '../app/placement/placement.module.ts';
import { PLACEMENT_RULES } from '../app/placement/placement.policy.ts';
import { placementDefinitions } from '../app/placement/placement.routes.ts';
import { systemContext } from '../app/policy/authorization.ts';
import { SchedulerRepository } from '../app/scheduler/scheduler.repository.ts';
import { SchedulerService } from '../app/scheduler/scheduler.service.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const PROVIDERS = 1_000;
const ROUNDS = 200;
const AT_ONCE = 8;
const WANTED = 'resources=VCPU:2,MEMORY_MB:2048,DISK_GB:40';

const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const database = await openDatabase(dataDir);
const events = new EventService(database);
const log = pino({ level: 'silent' });
const scheduler = new SchedulerService({ database, repository: new SchedulerRepository(database), events, log });
const made = await placementModule.make?.({
  ...{ database, events, scheduler },
  compute: { hostUuid, owners: new ServerOwners(database) },
});
if (!made) throw new Error('the module makes nothing');
const edge = await EdgeFixture.open(placementDefinitions(made), { rules: PLACEMENT_RULES });

const pools = Array.from({ length: PROVIDERS }, (_, index) => ({ id: randomUUID(), name: `pool-${index}` }));

async function fill(): Promise<void> {
  for (let index = 0; index < PROVIDERS; index++) {
    await scheduler.reportHost(systemContext('bench'), `host-${index}`, {
      ...{ hostname: `host-${index}`, hypervisorType: 'qemu', hypervisorVersion: '7.2.22', accelerator: 'kvm' },
      ...{ cpuArch: 'x86_64', cpuModel: 'A processor', vcpus: 8, memoryMib: 16_384, memoryFreeMib: 8_192 },
      ...{ diskGib: 500, diskFreeGib: 400, capabilities: [], preflight: [], agentVersion: '0.1.0' },
    });
  }
  await database.transaction(async (trx) => {
    const updated_at = new Date().toISOString();
    for (const { id, name } of pools) {
      const provider = { id, name, parent_id: null, root_id: id, generation: 0, updated_at };
      await trx.insertInto('placement_provider').values(provider).execute();
      const units = { reserved: 0, min_unit: 1, max_unit: 1_000_000, step_size: 1, allocation_ratio: 1, used: 0 };
      const inventory = { provider_id: id, resource_class: 'VGPU', total: 1_000_000, ...units };
      await trx.insertInto('placement_inventory').values(inventory).execute();
    }
  });
}

async function ask(path: string, method = 'GET', json?: unknown): Promise<void> {
  const headers = { 'openstack-api-version': 'placement 1.39' };
  const { status, text } = await edge.send(`/placement${path}`, { token: 'admin', method, headers, json });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
}

async function allocate(index: number): Promise<void> {
  const provider = pools[index % PROVIDERS]?.id ?? '';
  await ask(`/allocations/${randomUUID()}`, 'PUT', {
    allocations: { [provider]: { resources: { VGPU: 1 } } },
    ...{ project_id: 'p', user_id: 'u', consumer_generation: null, consumer_type: 'INSTANCE' },
  });
}

/** The rows of one allocation, and nothing asked before. */
async function write(index: number): Promise<void> {
  const provider_id = pools[index % PROVIDERS]?.id ?? '';
  const [id, updated_at] = [randomUUID(), new Date().toISOString()];
  await database.transaction(async (trx) => {
    const consumer = { id, project_id: 'p', user_id: 'u', type: 'INSTANCE', generation: 1, updated_at };
    await trx.insertInto('placement_consumer').values(consumer).execute();
    const allocation = { consumer_id: id, provider_id, resource_class: 'VGPU', used: 1 };
    await trx.insertInto('placement_allocation').values(allocation).execute();
    const used = trx.updateTable('placement_inventory').set((e) => ({ used: e('used', '+', 1) }));
    await used.where('provider_id', '=', provider_id).where('resource_class', '=', 'VGPU').execute();
    const raised = trx.updateTable('placement_provider').set((e) => ({ generation: e('generation', '+', 1) }));
    await raised.where('id', '=', provider_id).execute();
  });
}

/** Hosts with the room, each with what is used of it. */
async function query(): Promise<void> {
  await database.query
    .selectFrom('scheduler_host')
    .select(['id', 'name', 'vcpus', 'memory_mib', 'disk_gib', 'used_vcpus', 'used_memory_mib', 'used_disk_gib'])
    .where((e) => e(e('vcpus', '*', e.ref('vcpu_ratio')), '>=', e('used_vcpus', '+', 2)))
    .where((e) => e(e('memory_mib', '*', e.ref('memory_ratio')), '>=', e('used_memory_mib', '+', 2048)))
    .where((e) => e(e('disk_gib', '*', e.ref('disk_ratio')), '>=', e('used_disk_gib', '+', 40)))
    .orderBy('name')
    .execute();
}

async function perSecond(rounds: number, work: (round: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < rounds) await work(next++);
  };
  const begunAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rounds / ((performance.now() - begunAt) / 1000);
}

try {
  await fill();
  for (const [what, path] of [
    ['the first ten', `${WANTED}&limit=10`],
    ['all', WANTED],
  ] as const) {
    const candidates = () => ask(`/allocation_candidates?${path}`);
    const figure = `allocation candidates over ${PROVIDERS.toLocaleString('en')} hosts, ${what}`;
    const peer = 'the bare query';
    const [ours, theirs] = [await Samples.take(ROUNDS, candidates, 20), await Samples.take(ROUNDS, query, 20)];
    for (const percent of [50, 99]) {
      const [value, peerValue] = [ours.percentile(percent), theirs.percentile(percent)];
      report({ figure: `${figure}, p${percent}`, value, unit: 'ms', peer, peerValue });
    }
    const [value, peerValue] = [await perSecond(ROUNDS, candidates), await perSecond(ROUNDS, query)];
    report({ figure: `${figure}, ${AT_ONCE} at once`, value, unit: '1/s', peer, peerValue });
  }
  await perSecond(ROUNDS, allocate);
  const [value, peerValue] = [await perSecond(ROUNDS * 5, allocate), await perSecond(ROUNDS * 5, write)];
  report({ figure: `allocations, ${AT_ONCE} at once`, value, unit: '1/s', peer: 'the bare rows', peerValue });
} finally {
  await edge.close();
  scheduler.close();
  await database.close();
  await rm(dataDir, { recursive: true });
}
