import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { hypervisorsOf } from './process-table.ts';

let cloud: FaultCloud;
let image: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent();
  image = await cloud.uploadGuest();
});

afterAll(async () => {
  await cloud?.destroy();
});

test('a machine whose QEMU is killed is off within seconds, says why, and starts again', async () => {
  const id = await cloud.launch(image);
  await cloud.serverIn(id, 'ACTIVE');

  const killedAt = Date.now();
  killOnlyHypervisor();
  const server = await cloud.serverIn(id, 'SHUTOFF');
  expect(Date.now() - killedAt).toBeLessThan(20_000);
  expect(server.fault).toMatchObject({ code: 500, message: expect.stringMatching(/\w+ \w+/) });
  expect(await eventTypesOf(id)).toContain('compute.instance.power_off.end');

  await cloud.act(id, { 'os-start': null });
  const again = await cloud.serverIn(id, 'ACTIVE');
  expect(again.fault).toBeUndefined();
  await expectNothingAfterDelete(id);
});

test('it is noticed as well when no agent was there to see it', async () => {
  const id = await cloud.launch(image);
  await cloud.serverIn(id, 'ACTIVE');
  await cloud.agent?.kill();
  killOnlyHypervisor();

  await cloud.startAgent();
  const server = await cloud.serverIn(id, 'SHUTOFF');
  expect(server.fault.message).toMatch(/\w+ \w+/);
  await cloud.act(id, { 'os-start': null });
  await cloud.serverIn(id, 'ACTIVE');
  await expectNothingAfterDelete(id);
});

test('everything killed at once: the machine that still runs is found, the other is off', async () => {
  const [lost, kept] = [await cloud.launch(image), await cloud.launch(image)];
  await cloud.serverIn(lost, 'ACTIVE');
  await cloud.serverIn(kept, 'ACTIVE');
  const victim = hypervisorsOf(cloud.dataDir).find(({ commandLine }) => commandLine.includes(lost));
  await Promise.all([cloud.controller?.kill(), cloud.agent?.kill()]);
  process.kill(victim!.pid, 'SIGKILL');

  await cloud.startController();
  await cloud.startAgent();
  await cloud.serverIn(lost, 'SHUTOFF');
  await cloud.serverIn(kept, 'ACTIVE');
  await cloud.deleteServer(lost);
  await cloud.serverGone(lost);
  await expectNothingAfterDelete(kept);
});

function killOnlyHypervisor(): void {
  const running = hypervisorsOf(cloud.dataDir);
  expect(running).toHaveLength(1);
  process.kill(running[0]!.pid, 'SIGKILL');
}

async function eventTypesOf(id: string): Promise<string[]> {
  return await until('the event to be recorded', 10, async () => {
    const { body } = await cloud.request('GET', `/v1/event-log?resourceId=${id}`);
    const types = body.events.map(({ type }: { type: string }) => type);
    return types.includes('compute.instance.power_off.end') ? types : undefined;
  });
}

async function expectNothingAfterDelete(id: string): Promise<void> {
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.violations()).toEqual([]);
}
