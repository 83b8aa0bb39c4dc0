import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FaultCloud } from '../fault-cloud.ts';
import { growthOf } from './footprint.ts';

let cloud: FaultCloud;
let image: string;
let server: string;

/** What does not hold is there already. */
const AT_ONCE = { transitionMs: 0, coolingMs: 0 };

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent({ hypervisor: 'simulated' });
  image = await cloud.createImage({ name: 'small', disk_format: 'raw' });
  expect((await cloud.uploadImage(image, Readable.from([Buffer.alloc(64 * 1024)]))).status).toBe(204);
  server = await cloud.launch(image);
  await cloud.serverIn(server, 'ACTIVE');
});

afterAll(async () => {
  await cloud?.destroy();
});

test('each thing that does not hold is found, once, and named; without it nothing is', async () => {
  expect(await cloud.violations()).toEqual([]);
  const stray = randomUUID();
  const agentDir = join(cloud.dataDir, 'agent');
  const files = [
    join(agentDir, 'machines', stray),
    join(agentDir, 'run', stray),
    join(cloud.dataDir, 'images', stray),
    join(agentDir, 'image-cache', `${stray}.raw.partial`),
  ];
  for (const file of files) {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
  }
  // Looks like an agent and like the QEMU of a machine to everybody who reads the process table.
  const second = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)', 'cumulet.ts', 'agent', cloud.dataDir]);
  const third = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)', 'cumulet.ts', 'agent', cloud.dataDir]);
  const qemu = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)', stray, cloud.dataDir], {
    argv0: 'qemu-system-none',
  });
  await Promise.all([once(second, 'spawn'), once(third, 'spawn'), once(qemu, 'spawn')]);
  change(`UPDATE scheduler_host SET used_vcpus = used_vcpus + 1;
    INSERT INTO network_port (id, network_id, name, description, project_id, mac_address, device_id, device_owner,
      admin_state_up, status, host_id, revision_number, created_at, updated_at, made_for_server)
      SELECT '${stray}', network_id, name, description, project_id, '02:00:00:00:00:01',
      '${stray}', device_owner, admin_state_up, status, host_id, 1, created_at, updated_at, made_for_server FROM network_port LIMIT 1;
    INSERT INTO scheduler_allocation (server_id, host_id, vcpus, memory_mib, disk_gib) SELECT '${stray}', host_id, 0, 0, 0 FROM scheduler_allocation LIMIT 1;
    UPDATE image_image SET size = 7;
    PRAGMA foreign_keys = OFF;
    INSERT INTO compute_flavor_access VALUES ('no-flavor', 'no-project')`);
  cloud.ledger.there('server', server, { name: 'another name' });
  cloud.ledger.there('server', stray);
  cloud.ledger.gone('image', image);

  const found = await cloud.violations(AT_ONCE);
  for (const pattern of [
    new RegExp(`folder machines/${stray}`),
    new RegExp(`sockets in run/${stray}`),
    new RegExp(`file images/${stray}`),
    new RegExp(`download image-cache/${stray}`),
    new RegExp(`processes run "agent": .*${second.pid}`),
    new RegExp(`QEMU ${qemu.pid} runs machine ${stray}`),
    /notes 2, .* as used/,
    new RegExp(`Port ${stray} is of server ${stray}`),
    new RegExp(`Port ${stray} has no address`),
    new RegExp(`is held for server ${stray}, which is not there`),
    new RegExp(`Image ${image} has 7 bytes, and its file 65536`),
    /Row \d+ of compute_flavor_access refers to a row of compute_flavor/,
    new RegExp(`name of server ${server} was acknowledged as "another name"`),
    new RegExp(`server ${stray} was acknowledged, and reading it answers 404`),
    new RegExp(`deletion of image ${image} was acknowledged, and reading it answers 200`),
  ]) {
    expect(found.filter((sentence) => pattern.test(sentence))).toHaveLength(1);
  }
  const ended = [second, third, qemu].map((child) => once(child, 'exit'));
  for (const child of [second, third, qemu]) child.kill('SIGKILL');
  await Promise.all(ended);
  for (const file of files) rmSync(file);
});

test('what stays on its way is named with its task', async () => {
  const id = randomUUID();
  change(`INSERT INTO task (id, kind, subject_type, subject_id, context, args, state, steps, memo,
    abort_requested, created_at, updated_at) VALUES
    ('${id}', 'server.build', 'server', '${server}', '{}', '{}', 'running',
    '[{"name":"ports","state":"done"},{"name":"spawn","state":"running"}]', '{}', 0, '', '')`);
  expect(await cloud.violations(AT_ONCE)).toContain(
    `Task ${id} (server.build of ${server}) is still running, at its step spawn.`,
  );
});

/** Behind the controller's back. */
function change(statements: string): void {
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'), { timeout: 5000 });
  database.exec(statements);
  database.close();
}

test('what a process holds more than it may is named', () => {
  const base = { descriptors: 30, sockets: 5, timers: 3, heapMib: 40, residentMib: 120 };
  expect(growthOf('agent', 1, base, { ...base, descriptors: 40, timers: 99 })).toEqual([
    'The agent, process 1, has 99 timers at rest; it began with 3.',
  ]);
});
