import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { hypervisorsOf } from './process-table.ts';

let cloud: FaultCloud;
let image: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  image = await cloud.uploadGuest();
});

afterAll(async () => {
  await cloud?.destroy();
});

async function hostCalled(name: string): Promise<void> {
  await until(`the host to be called ${name}`, 60, async () => {
    const { body } = await cloud.request('GET', '/v1/hosts');
    return body.hosts.some((host: { name: string; state: string }) => host.name === name && host.state === 'up')
      ? true
      : undefined;
  });
}

/** Also orders that follow a report have been given by then, for they follow in the order of the host's connection. */
async function expectUnharmed(id: string, hostName: string, hypervisors: number[]): Promise<void> {
  await hostCalled(hostName);
  expect((await cloud.request('POST', `/v1/hosts/${await onlyHost()}/measure`)).status).toBe(200);
  expect(await cloud.server(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': hostName });
  expect(hypervisorsOf(cloud.dataDir).map(({ pid }) => pid)).toEqual(hypervisors);
}

async function onlyHost(): Promise<string> {
  const { body } = await cloud.request('GET', '/v1/hosts');
  expect(body.hosts).toHaveLength(1);
  return body.hosts[0].id;
}

test('a host under another name keeps its running machines, also one from before hosts had ids', async () => {
  const first = await cloud.startAgent({ hostName: 'before' });
  const id = await cloud.launch(image);
  await cloud.serverIn(id, 'ACTIVE');
  const hypervisors = hypervisorsOf(cloud.dataDir).map(({ pid }) => pid);
  expect(hypervisors).toHaveLength(1);

  await first.kill('SIGTERM');
  const second = await cloud.startAgent({ hostName: 'after' });
  await expectUnharmed(id, 'after', hypervisors);

  // As an older version left it: hosts are their names, and the agent has no id.
  await second.kill('SIGTERM');
  await cloud.controller?.kill('SIGTERM');
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'));
  database.exec(`PRAGMA foreign_keys = OFF;
    UPDATE scheduler_host SET id = 'after'; UPDATE scheduler_allocation SET host_id = 'after';
    UPDATE compute_server SET host_id = 'after'; UPDATE network_port SET host_id = 'after' WHERE host_id <> ''`);
  database.close();
  await rm(join(cloud.dataDir, 'agent', 'host-id'));
  await cloud.startController();
  await cloud.startAgent({ hostName: 'third' });
  await expectUnharmed(id, 'third', hypervisors);
  expect(await onlyHost()).toBe('after');

  await cloud.act(id, { 'os-stop': null });
  await cloud.serverIn(id, 'SHUTOFF');
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.violations()).toEqual([]);
});
