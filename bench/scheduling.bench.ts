// A scheduling decision over 1,000, 5,000 and 10,000 hosts: on the snapshot alone, with its claim, and claims of 64 builds
// at a time, as they run. Beside the decision stands reading the hosts' rows anew, which a scheduler without a snapshot
// does first of all; beside the claim the same change of a host that was chosen before.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { openDatabase } from '../app/database/testing/migrated-database.ts';
import { EventService } from '../app/events/event.service.ts';
import { systemContext } from '../app/policy/authorization.ts';
import type { ClaimRequest } from '../app/scheduler/host.filters.ts';
import { HostSnapshot } from '../app/scheduler/host.snapshot.ts';
import { SchedulerRepository } from '../app/scheduler/scheduler.repository.ts';
import { SchedulerService } from '../app/scheduler/scheduler.service.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const HOSTS = [1_000, 5_000, 10_000];
const ROUNDS = 300;
const AT_ONCE = 64;

const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const database = await openDatabase(dataDir);
const log = pino({ level: 'silent' });
const repository = new SchedulerRepository(database);
const scheduler = new SchedulerService({ database, repository, events: new EventService(database), log });
const isOwned = async () => undefined;

const request = (): ClaimRequest => ({
  ...{ serverId: randomUUID(), vcpus: 2, memoryMib: 4_096, diskGib: 40, excludeHosts: [] },
  requirements: ['image:qcow2', 'firmware:bios'],
});

async function addHost(index: number): Promise<void> {
  await scheduler.reportHost(systemContext('bench'), `host-${index}`, {
    hostname: `host-${index}`,
    hypervisorType: 'qemu',
    hypervisorVersion: '7.2.22',
    accelerator: 'kvm',
    cpuArch: 'x86_64',
    cpuModel: 'A processor',
    vcpus: 8 + (index % 57),
    memoryMib: 16_384 + 1_024 * (index % 101),
    diskGib: 200 + (index % 997),
    diskFreeGib: 150,
    memoryFreeMib: 8_192,
    capabilities: ['image:qcow2', 'image:raw', 'image:iso', 'firmware:bios', 'firmware:uefi'],
    preflight: [],
    agentVersion: '0.1.0',
  });
}

/** What was claimed so far, so that hosts do not fill up. */
async function giveBackAll(): Promise<void> {
  await database.transaction(async (trx) => {
    const held = await trx.selectFrom('scheduler_allocation').select('server_id').execute();
    for (const { server_id } of held) await scheduler.release(trx, server_id);
  });
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  let left = ROUNDS * 4;
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return (ROUNDS * 4) / ((performance.now() - begunAt) / 1000);
}

function both(figure: string, samples: Samples, peer: string, peers: Samples): void {
  for (const percent of [50, 99]) {
    const aim = percent === 50 ? { aim: 'under 5 ms' } : {};
    const [value, peerValue] = [samples.percentile(percent), peers.percentile(percent)];
    report({ figure: `${figure}, p${percent}`, value, unit: 'ms', peer, peerValue, ...aim });
  }
}

try {
  let known = 0;
  for (const hosts of HOSTS) {
    while (known < hosts) await addHost(known++);
    const over = `over ${hosts.toLocaleString('en')} hosts`;

    const snapshot = new HostSnapshot(repository);
    await snapshot.read();
    const decisions = await Samples.take(ROUNDS, async () => snapshot.choose(request()), 300);
    const readings = await Samples.take(30, () => repository.rows());
    both(`decision ${over}`, decisions, 'reading the rows', readings);
    const aDecision = async () => {
      const wanted = request();
      snapshot.reserve(snapshot.choose(wanted) ?? '', wanted)();
    };
    const perSecondAlone = await perSecond(aDecision);
    report({ figure: `decisions a second ${over}`, value: perSecondAlone, unit: '1/s', aim: 'at least 1,000' });

    const claim = () => scheduler.claim(request(), isOwned);
    const change = (index: number) =>
      database.claim((trx) => repository.claim(trx, `host-${Math.abs(index * 31) % hosts}`, request()));
    const claims = await Samples.take(ROUNDS, claim, 50);
    await giveBackAll();
    const changes = await Samples.take(ROUNDS, change, 50);
    await giveBackAll();
    both(`decision and claim ${over}`, claims, 'the claim alone', changes);
    const claimed = await perSecond(claim);
    await giveBackAll();
    let next = 0;
    const changed = await perSecond(() => change(next++));
    await giveBackAll();
    report({
      figure: `decisions and claims a second ${over}, ${AT_ONCE} at once`,
      ...{ value: claimed, unit: '1/s', peer: 'the claim alone', peerValue: changed },
    });
  }
} finally {
  await database.close();
  await rm(dataDir, { recursive: true });
}
