import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineSpec } from '../../contract/machine.ts';
import { IMAGE, TestCloud } from '../testing/test-cloud.ts';

const UEFI = {
  ...{ ...IMAGE, id: '22222222-2222-4222-8222-222222222222', name: 'uefi' },
  properties: {
    hw_firmware_type: 'uefi',
    hw_machine_type: 'q35',
    os_secure_boot: 'required',
    os_shutdown_timeout: '7',
  },
};

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
  await cloud.addImage(UEFI);
});
afterEach(() => cloud.stop());

const admin = { who: 'admin', version: '2.86' } as const;
/** A flavor of those extra specs. */
async function flavor(id: string, specs: Record<string, string>, sizes: Record<string, number> = {}): Promise<string> {
  const made = { id, name: id, vcpus: 2, ram: 512, disk: 1, ...sizes };
  expect((await cloud.request('POST', '/flavors', { flavor: made }, admin)).status).toBe(200);
  const { status } = await cloud.request('POST', `/flavors/${id}/os-extra_specs`, { extra_specs: specs }, admin);
  expect(status).toBe(200);
  return id;
}
const launch = (flavorRef: string, imageRef = IMAGE.id) =>
  cloud.request(
    'POST',
    '/servers',
    { server: { name: 'one', flavorRef, imageRef, networks: 'none' } },
    {
      version: '2.37',
    },
  );
async function launched(flavorRef: string, imageRef = IMAGE.id): Promise<string> {
  const { status, body } = await launch(flavorRef, imageRef);
  expect(status).toBe(202);
  await cloud.idle(body.server.id);
  return body.server.id;
}
const action = async (id: string, body: unknown) => {
  const { status, body: answer } = await cloud.request('POST', `/servers/${id}/action`, body);
  await cloud.idle(id);
  return { status, answer };
};
const specOf = (id: string) => cloud.agent.machines.get(id)?.spec as MachineSpec;
/** Why what was last done with it failed. */
async function faultOf(id: string): Promise<string> {
  const { fault } = await cloud.database.query
    .selectFrom('compute_server')
    .select('fault')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return fault ?? '';
}
/** The host's agent tells anew what it can. */
async function tell({ capabilities = [], traits = [] }: { capabilities?: string[]; traits?: string[] }): Promise<void> {
  cloud.agent.capabilities.push(...capabilities);
  cloud.agent.traits = [...traits];
  await cloud.bus.report(cloud.agent);
}
const BASIC = ['COMPUTE_STORAGE_BUS_VIRTIO'];

test('what no host does is refused when it is asked for, with its name and why', async () => {
  const { status, body } = await launch(await flavor('pinned', { 'hw:cpu_policy': 'dedicated' }));
  expect(status).toBe(400);
  expect(body.badRequest.message).toMatch(/hw:cpu_policy=dedicated cannot be followed: .+share the processors/);
});

test('what this host lacks is named where none is found; once it has it, the machine is told', async () => {
  const watched = await flavor('watched', { 'hw:watchdog_action': 'reset', 'hw:tpm_version': '2.0' });
  const failed = await launched(watched);
  expect((await cloud.show(failed)).fault.message).toMatch(
    /ComputeCapabilitiesFilter refused 1: cannot do watchdog:i6300esb \(hw:watchdog_action\), COMPUTE_SECURITY_TPM_2_0 \(hw:tpm_version\)/,
  );
  await tell({ capabilities: ['watchdog:i6300esb'], traits: [...BASIC, 'COMPUTE_SECURITY_TPM_2_0'] });
  const id = await launched(watched);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE' });
  expect(specOf(id).hardware).toEqual({
    ...{ hw_disk_bus: 'virtio', hw_watchdog_action: 'reset' },
    ...{ hw_tpm_version: '2.0', hw_tpm_model: 'tpm-tis' },
  });
  // What is in a TPM is on its host alone.
  expect(await action(id, { shelve: null })).toMatchObject({ status: 409 });
});

test('a resize asks its host anew, and tells the machine what is new', async () => {
  await tell({ capabilities: ['cpu:topology'], traits: BASIC });
  const id = await launched(await flavor('plain', {}));
  const split = await flavor('split', { 'hw:cpu_sockets': '2' }, { ram: 600 });
  const limited = await flavor('limited', { 'quota:disk_read_iops_sec': '100' }, { ram: 700 });
  const secure = await flavor('secure', { 'os:secure_boot': 'optional' }, { ram: 800 });
  const numa = await flavor('numa', { 'hw:numa_nodes': '2' }, { ram: 900 });
  for (const refused of [secure, numa]) {
    expect(await action(id, { resize: { flavorRef: refused } })).toMatchObject({ status: 400 });
  }
  expect(await action(id, { resize: { flavorRef: limited } })).toMatchObject({ status: 202 });
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'plain' } });
  expect(await faultOf(id)).toContain('disk:limits (quota:disk_read_iops_sec)');
  await action(id, { resize: { flavorRef: split } });
  expect(await cloud.show(id)).toMatchObject({ status: 'VERIFY_RESIZE' });
  expect(specOf(id).hardware).toMatchObject({ hw_cpu_sockets: '2', hw_cpu_cores: '1', hw_cpu_threads: '1' });
});

test('a rebuild asks for what the other image wants; a machine has as long to shut down as its image says', async () => {
  const id = await launched(await flavor('plain', {}));
  await action(id, { rebuild: { imageRef: UEFI.id } });
  expect(await faultOf(id)).toMatch(/No valid host was found.+os_secure_boot/);
  await tell({ traits: [...BASIC, 'COMPUTE_SECURITY_UEFI_SECURE_BOOT'] });
  await action(id, { rebuild: { imageRef: UEFI.id } });
  expect(specOf(id).hardware).toMatchObject({ os_secure_boot: 'required' });
  await action(id, { 'os-stop': null });
  expect(cloud.agent.orders.at(-1)).toMatchObject({ verb: 'stop', args: { timeoutSeconds: 7 } });
});

describe('what only some hosts have', () => {
  test('a trait', async () => {
    const gold = await flavor('gold', { 'trait:CUSTOM_GOLD': 'required' });
    const failed = await launched(gold);
    expect((await cloud.show(failed)).fault.message).toContain('trait:CUSTOM_GOLD=required');
    cloud.compute.eligibility.traitsFrom(async () => new Map([['host-1', ['CUSTOM_GOLD']]]));
    expect(await cloud.show(await launched(gold))).toMatchObject({ status: 'ACTIVE' });
    const plain = await launched(await flavor('not-gold', { 'trait:CUSTOM_GOLD': 'forbidden' }));
    expect(await cloud.show(plain)).toMatchObject({ status: 'ERROR' });
  });

  test('an aggregate', async () => {
    const fast = await flavor('fast', { 'aggregate_instance_extra_specs:disk': '<or> ssd <or> nvme' });
    const failed = await launched(fast);
    expect((await cloud.show(failed)).fault.message).toContain('aggregate_instance_extra_specs:disk');
    const { body } = await cloud.request('POST', '/os-aggregates', { aggregate: { name: 'fast' } }, admin);
    const path = `/os-aggregates/${body.aggregate.id}/action`;
    await cloud.request('POST', path, { add_host: { host: 'host-1' } }, admin);
    await cloud.request('POST', path, { set_metadata: { metadata: { disk: 'nvme' } } }, admin);
    expect(await cloud.show(await launched(fast))).toMatchObject({ status: 'ACTIVE' });
  });

  test('a capability', async () => {
    const many = await flavor('many', { 'capabilities:vcpus_total': '>= 64' });
    expect(await cloud.show(await launched(many))).toMatchObject({ status: 'ACTIVE' });
    const more = await flavor('more', { 'capabilities:vcpus_total': '>= 65' });
    expect(await cloud.show(await launched(more))).toMatchObject({ status: 'ERROR' });
    const unknown = await launch(await flavor('unknown', { 'capabilities:colour': 'red' }));
    expect(unknown).toMatchObject({ status: 400 });
  });
});

test("a guest's watchdog that was not answered is told, once for each time", async () => {
  const id = await cloud.launchActive();
  const message = "The guest's watchdog was not answered: it was reset.";
  const fired = async () => (await cloud.eventTypes(id)).filter((type) => type === 'compute.instance.watchdog').length;
  const status = cloud.agent.change(id, 'RUNNING', 'watchdog', message);
  await cloud.bus.tell(cloud.agent, status);
  await cloud.bus.tell(cloud.agent, status);
  await cloud.bus.report(cloud.agent);
  expect(await fired()).toBe(1);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE' });
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'PAUSED', 'watchdog', 'paused'));
  expect(await fired()).toBe(2);
  expect(await cloud.show(id)).toMatchObject({ status: 'PAUSED' });
});
