// One scheduling decision over 1,000 hosts, with its claim, rolled back each time.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Database } from '../app/database/database.ts';
import { EventService } from '../app/events/event.service.ts';
import { systemContext } from '../app/http/authorization.ts';
import { SchedulerRepository } from '../app/scheduler/scheduler.repository.ts';
import { SchedulerService } from '../app/scheduler/scheduler.service.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const HOSTS = 1_000;

const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const database = await Database.open(dataDir);
try {
  const log = pino({ level: 'silent' });
  const repository = new SchedulerRepository(database);
  const scheduler = new SchedulerService({ database, repository, events: new EventService(database), log });
  for (let index = 0; index < HOSTS; index++) {
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
  const rollback = new Error('rolled back');
  const inTransaction = (work: Parameters<Database['transaction']>[0]) =>
    database
      .transaction(async (trx) => {
        await work(trx);
        throw rollback;
      })
      .catch((error: unknown) => {
        if (error !== rollback) throw error;
      });
  const decide = () =>
    inTransaction((trx) =>
      scheduler.claim(trx, {
        serverId: randomUUID(),
        vcpus: 2,
        memoryMib: 4_096,
        diskGib: 40,
        excludeHosts: [],
        requirements: ['image:qcow2', 'firmware:bios'],
      }),
    );
  const decision = await Samples.take(300, decide, 50);
  const reading = await Samples.take(300, () => inTransaction((trx) => repository.hosts(trx)), 50);
  const peer = 'reading the rows';
  const aim = 'under 5 ms';
  report({
    figure: 'decision over 1,000 hosts, p50',
    value: decision.median,
    unit: 'ms',
    peer,
    peerValue: reading.median,
    aim,
  });
  report({
    figure: 'decision over 1,000 hosts, p99',
    value: decision.percentile(99),
    unit: 'ms',
    peer,
    peerValue: reading.percentile(99),
    aim,
  });
} finally {
  await database.close();
  await rm(dataDir, { recursive: true });
}
