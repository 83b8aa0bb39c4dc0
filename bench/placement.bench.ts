// Placement by HTTP over 1,000 hosts, then with as many providers of clients beside them: allocation candidates beside a
// bare query for the hosts that have the room, and allocations beside the bare rows that one is.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { hostUuid } from '../app/compute/host-identity.ts';
import { ServerOwners } from '../app/compute/server-owners.ts';
import { openDatabase } from '../app/database/testing/migrated-database.ts';
import { EventService } from '../app/events/event.service.ts';
import { authenticate } from '../app/http/edge.fixture.ts';
import { Edge } from '../app/http/edge.ts';
import { placementModule } from '../app/placement/placement.module.ts';
import { PLACEMENT_RULES } from '../app/placement/placement.policy.ts';
import { placementDefinitions } from '../app/placement/placement.routes.ts';
import { systemContext } from '../app/policy/authorization.ts';
import { BASE_RULES } from '../app/policy/base.policy.ts';
import { PolicyService } from '../app/policy/policy.service.ts';
import { SchedulerRepository } from '../app/scheduler/scheduler.repository.ts';
import { SchedulerService } from '../app/scheduler/scheduler.service.ts';
import type { HttpClient } from './http-client.ts';
import { inTurns, reportLoads, underLoad } from './load.ts';

const PROVIDERS = 1_000;
const ROUNDS = 200;
const WANTED = 'resources=VCPU:2,MEMORY_MB:2048,DISK_GB:40';

const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const database = await openDatabase(dataDir);
const events = new EventService(database);
const log = pino({ level: 'silent' });
const scheduler = new SchedulerService({ database, repository: new SchedulerRepository(database), events, log });
const made = await placementModule.make?.({
  ...{ database, events, scheduler },
  compute: { hostUuid, owners: new ServerOwners(database), eligibility: { traitsFrom: () => undefined } },
});
if (!made) throw new Error('the module makes nothing');
const policy = new PolicyService([...BASE_RULES, ...PLACEMENT_RULES]);
const edge = new Edge({ log, authenticate, policy, dashboardDir: undefined });
await edge.prepare();
for (const service of placementDefinitions(made)) edge.register(service);
const origin = await edge.fastify.listen({ host: '127.0.0.1', port: 0 });

const pools = Array.from({ length: PROVIDERS }, (_, index) => ({ id: randomUUID(), name: `pool-${index}` }));

async function addHosts(): Promise<void> {
  for (let index = 0; index < PROVIDERS; index++) {
    await scheduler.reportHost(systemContext('bench'), `host-${index}`, {
      ...{ hostname: `host-${index}`, hypervisorType: 'qemu', hypervisorVersion: '7.2.22', accelerator: 'kvm' },
      ...{ cpuArch: 'x86_64', cpuModel: 'A processor', vcpus: 8, memoryMib: 16_384, memoryFreeMib: 8_192 },
      ...{ diskGib: 500, diskFreeGib: 400, capabilities: [], preflight: [], agentVersion: '0.1.0' },
    });
  }
}

async function addPools(): Promise<void> {
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

const headers = { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39' };

async function allocate(client: HttpClient, index: number): Promise<void> {
  const provider = pools[index % PROVIDERS]?.id ?? '';
  await client.send('PUT', `/placement/allocations/${randomUUID()}`, {
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

const load = (work: (client: HttpClient, round: number) => Promise<unknown>) => () =>
  underLoad(ROUNDS, origin, headers, work);

try {
  await addHosts();
  for (const [what, search] of [
    ['the first ten', `${WANTED}&limit=10`],
    ['all', WANTED],
  ] as const) {
    const path = `/placement/allocation_candidates?${search}`;
    const loads = await inTurns(
      load((client) => client.send('GET', path)),
      load(() => query()),
    );
    reportLoads(`allocation candidates over 1,000 hosts, ${what}`, 'the bare query', loads);
  }
  await addPools();
  const loads = await inTurns(
    load((client, round) => allocate(client, round)),
    load((_client, round) => write(round)),
  );
  reportLoads('allocations on 1,000 providers', 'the bare rows', loads);
} finally {
  await edge.close();
  scheduler.close();
  await database.close();
  await rm(dataDir, { recursive: true });
}
