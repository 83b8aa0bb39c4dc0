import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const read = (id: string, who = 'reader') => cloud.request('GET', `/v1/servers/${id}/hardware`, undefined, { who });

test('its host tells what a server is made of, to those of its project', async () => {
  const id = await cloud.launchActive();
  const { status, body } = await read(id);
  expect(status).toBe(200);
  expect(body).toMatchObject({ machineType: 'pc-test', firmware: 'bios', vcpus: 1 });
  expect((await read(id, 'other')).status).toBe(404);
  expect((await read('22222222-2222-4222-8222-222222222222')).status).toBe(404);
});

test('a host that is away is waited for a moment, and then that is the reason', async () => {
  const id = await cloud.launchActive();
  cloud.bus.disconnect(cloud.agent);
  const { status, body } = await read(id);
  expect([status, body.error.code]).toEqual([503, 'unavailable']);
});

test('a server that is on no host, or whose host has lost it, has no hardware', async () => {
  const id = await cloud.launchActive();
  cloud.agent.machines.delete(id);
  const lost = await read(id);
  expect([lost.status, lost.body.error.code]).toEqual([409, 'conflict']);
  const held = cloud.agent.hold('spawn');
  const building = await cloud.launch();
  await held.arrived;
  expect((await read(building)).status).toBe(409);
  held.release();
  await cloud.idle(building);
  expect((await read(building)).status).toBe(200);
});
