import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const read = (id: string, version: string, who = 'admin') =>
  cloud.request('GET', `/servers/${id}/diagnostics`, undefined, { version, who });

test('from 2.48 on diagnostics are the same of every hypervisor', async () => {
  const id = await cloud.launchActive();
  const { status, body } = await read(id, '2.48');
  expect(status).toBe(200);
  expect(body.uptime).toBeGreaterThanOrEqual(0);
  expect({ ...body, uptime: 0 }).toEqual({
    ...{ state: 'running', driver: 'libvirt', hypervisor: 'simulated', hypervisor_os: 'linux', uptime: 0 },
    ...{ config_drive: true, num_cpus: 2, num_nics: 2, num_disks: 1 },
    cpu_details: [
      { id: 0, time: 1_000_000_001, utilisation: null },
      { id: 1, time: null, utilisation: null },
    ],
    memory_details: { maximum: 512, used: 256 },
    disk_details: [{ read_bytes: 10, read_requests: 11, write_bytes: 12, write_requests: 13, errors_count: 14 }],
    nic_details: [
      {
        mac_address: 'fa:16:3e:00:00:01',
        ...{ rx_octets: 20, rx_packets: 21, rx_errors: 22, rx_drop: 23, rx_rate: null },
        ...{ tx_octets: 24, tx_packets: 25, tx_errors: 26, tx_drop: 27, tx_rate: null },
      },
      {
        mac_address: 'fa:16:3e:00:00:02',
        ...{ rx_octets: null, rx_packets: null, rx_errors: null, rx_drop: null, rx_rate: null },
        ...{ tx_octets: null, tx_packets: null, tx_errors: null, tx_drop: null, tx_rate: null },
      },
    ],
  });
});

test('before, they are numbers by name, and what nobody counts is left out', async () => {
  const id = await cloud.launchActive();
  expect((await read(id, '2.47')).body).toEqual({
    ...{ cpu0_time: 1_000_000_001, memory: 524_288, 'memory-actual': 262_144 },
    ...{ root_read: 10, root_read_req: 11, root_write: 12, root_write_req: 13, root_errors: 14 },
    ...{ nic0_rx: 20, nic0_rx_packets: 21, nic0_rx_errors: 22, nic0_rx_drop: 23 },
    ...{ nic0_tx: 24, nic0_tx_packets: 25, nic0_tx_errors: 26, nic0_tx_drop: 27 },
  });
});

test('a host that does not answer is a 503 that says so, soon', async () => {
  const id = await cloud.launchActive();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  for (const ask of [
    () => read(id, '2.48'),
    () => cloud.request('POST', `/servers/${id}/action`, { 'os-getConsoleOutput': {} }),
  ]) {
    const asked = cloud.agent.freezeNext();
    const answer = ask();
    await asked;
    await vi.advanceTimersByTimeAsync(5_000);
    const { status, body } = await answer;
    expect([status, body.serviceUnavailable.message]).toEqual([503, expect.stringContaining('does not answer')]);
  }
});

test('they are for administrators, and of machines that run', async () => {
  const id = await cloud.launchActive();
  expect((await read(id, '2.48', 'member')).status).toBe(403);
  expect((await read(id, '2.48', 'other')).status).toBe(403);
  expect((await read('22222222-2222-4222-8222-222222222222', '2.48')).status).toBe(404);
  await cloud.request('POST', `/servers/${id}/action`, { 'os-stop': null });
  await cloud.idle(id);
  const { status, body } = await read(id, '2.48');
  expect([status, body.conflictingRequest.message]).toEqual([
    409,
    `Cannot 'get_diagnostics' instance ${id} while it is in power state shutdown`,
  ]);
});
