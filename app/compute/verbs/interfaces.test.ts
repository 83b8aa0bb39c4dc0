import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError } from '../../contract/errors.ts';
import { systemContext } from '../../policy/authorization.ts';
import { OTHER_PROJECT, PROJECT, TestCloud } from '../testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const attach = (id: string, interfaceAttachment: object = {}, options = {}) =>
  cloud.request('POST', `/servers/${id}/os-interface`, { interfaceAttachment }, options);
const detach = (id: string, port: string, options = {}) =>
  cloud.request('DELETE', `/servers/${id}/os-interface/${port}`, undefined, options);
const cards = async (id: string) => {
  const { body } = await cloud.request('GET', `/servers/${id}/os-interface`, undefined, { version: '2.96' });
  return body.interfaceAttachments as { port_id: string; port_state: string; tag: string | null }[];
};
const action = (id: string, body: object, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);
const ordersOf = (id: string) => cloud.agent.orders.filter((order) => order.id === id).map(({ verb }) => verb);
const told = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;

async function network() {
  const found = await cloud.networks.defaultNetwork();
  if (!found) throw new Error('there is no default network');
  return found;
}

/** One that somebody made. */
async function newPort(projectId = PROJECT): Promise<string> {
  const on = await network();
  const { id } = await cloud.database.transaction((trx) =>
    cloud.ports.create(trx, systemContext(), { network: on, projectId, name: 'mine' }),
  );
  return id;
}

test('a card in a network: it is there when that is answered, and its port goes with it', async () => {
  const id = await cloud.launchActive();
  const { id: net_id } = await network();
  const held = cloud.agent.hold('plug_nic');
  const answering = attach(id, { net_id, fixed_ips: [{ ip_address: '10.77.0.99' }], tag: 'back' }, { version: '2.96' });
  await held.arrived;
  // It belongs to the server before the guest has it.
  expect(await cards(id)).toHaveLength(2);
  held.release();
  const { status, body } = await answering;
  expect(status).toBe(200);
  expect(body.interfaceAttachment).toMatchObject({
    ...{ net_id, port_state: 'ACTIVE', tag: 'back', mac_addr: expect.stringMatching(/^fa:16:3e:/) },
    fixed_ips: [{ ip_address: '10.77.0.99' }],
  });
  const port = body.interfaceAttachment.port_id;
  expect((await cards(id)).map((card) => card.port_id).at(-1)).toBe(port);
  expect((await cloud.show(id)).addresses.default).toHaveLength(2);
  const tags = (await cloud.compute.guests.guestOf(cloud.agent.host, id))?.facts;
  expect(tags?.ports.map(({ tag }) => tag)).toEqual([undefined, 'back']);
  expect(tags?.nicAddresses[port]).toMatch(/^0000:00:/);

  expect((await detach(id, port)).status).toBe(202);
  await cloud.idle(id);
  expect(await cards(id)).toHaveLength(1);
  expect(await cloud.ports.records.find(port)).toBeUndefined();
  expect((await detach(id, port)).status).toBe(404);
  expect(ordersOf(id)).toEqual(['spawn', 'plug_nic', 'unplug_nic']);
  expect((await cloud.eventTypes(id)).slice(-4)).toEqual([
    ...['compute.instance.interface_attach.start', 'compute.instance.interface_attach.end'],
    ...['compute.instance.interface_detach.start', 'compute.instance.interface_detach.end'],
  ]);
  const actions = (await cloud.request('GET', `/servers/${id}/os-instance-actions`)).body.instanceActions;
  expect(actions.map((entry: { action: string }) => entry.action)).toEqual([
    ...['detach_interface', 'attach_interface', 'create'],
  ]);
});

test('a port that was given is kept, by a detach and by the end of the server', async () => {
  const id = await cloud.launchActive();
  const [port, other] = [await newPort(), await newPort()];
  expect((await attach(id, { port_id: port })).body.interfaceAttachment.port_id).toBe(port);
  expect((await attach(id, { port_id: other })).status).toBe(200);
  expect((await attach(id)).status).toBe(200);
  await detach(id, port);
  await cloud.idle(id);
  expect(await cloud.ports.records.find(port)).toMatchObject({ device_id: '', host_id: '', status: 'DOWN' });
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect(await cloud.ports.records.find(other)).toMatchObject({ device_id: '', host_id: '', status: 'DOWN' });
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 2, addresses: 2 });
});

test('two who want one port at once: one has it', async () => {
  const [first, second] = [await cloud.launchActive(), await cloud.launchActive()];
  const port = await newPort();
  const answers = await Promise.all([attach(first, { port_id: port }), attach(second, { port_id: port })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)?.body.conflictingRequest.message).toContain(
    `Port ${port} is still in use.`,
  );
  expect([...(await cards(first)), ...(await cards(second))]).toHaveLength(3);
  // And two cards for one machine come one after the other.
  const both = await Promise.all([attach(first), attach(first)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
});

test('what cannot be asked for', async () => {
  const id = await cloud.launchActive();
  const { id: net_id } = await network();
  const [port, theirs] = [await newPort(), await newPort(OTHER_PROJECT)];
  const nobodys = randomUUID();
  const refusals: [object, object, number, string][] = [
    [{ net_id, port_id: port }, {}, 400, 'Must not input both network_id and port_id'],
    [{ fixed_ips: [{ ip_address: '10.77.0.9' }] }, {}, 400, 'Must input network_id when request IP address'],
    [{ port_id: nobodys }, {}, 404, `Port id ${nobodys} could not be found.`],
    [{ port_id: theirs }, {}, 404, `Port id ${theirs} could not be found.`],
    [{ port_id: theirs }, { who: 'admin' }, 400, `Port ${theirs} not usable for instance ${id}.`],
    [{ net_id: nobodys }, {}, 404, `Network ${nobodys} could not be found.`],
    [{ net_id, fixed_ips: [{ ip_address: '10.77.0.16' }] }, {}, 409, 'Fixed IP address 10.77.0.16 is already in use'],
    [{ net_id, fixed_ips: [{ ip_address: '10.99.0.1' }] }, {}, 400, 'no subnet of the network holds that address'],
    [{ net_id, fixed_ips: [{ ip_address: '::1' }] }, {}, 400, 'no subnet of the network holds that address'],
    [{ net_id, fixed_ips: [] }, {}, 400, 'fixed_ips'],
    [{ net_id: 'x' }, {}, 400, 'net_id'],
    [{ net_id, tag: 'a' }, { version: '2.48' }, 400, 'tag'],
    [{ net_id, tag: 'a,b' }, { version: '2.49' }, 400, 'tag'],
  ];
  for (const [body, options, status, message] of refusals) {
    const answer = await attach(id, body, options);
    expect([answer.status, told(answer)], JSON.stringify(body)).toEqual([status, expect.stringContaining(message)]);
  }
  expect(await cards(id)).toHaveLength(1);
  expect((await attach(id, {}, { who: 'reader' })).status).toBe(403);
  expect((await attach(id, {}, { who: 'other' })).status).toBe(404);
  expect((await detach(id, port)).status).toBe(404);
  expect((await detach(id, 'x')).status).toBe(404);
});

test('ports have a limit', async () => {
  const id = await cloud.launchActive();
  await cloud.quota.update(systemContext(), PROJECT, { ports: 1 }, { force: true });
  const answer = await attach(id);
  expect([answer.status, told(answer)]).toEqual([403, expect.stringContaining('ports')]);
  expect(await cards(id)).toHaveLength(1);
});

test('only active, paused and stopped servers, unlocked, that are there', async () => {
  const id = await cloud.launchActive();
  const [card] = await cards(id);
  const port = card?.port_id ?? '';
  await action(id, { lock: null });
  expect((await attach(id)).status).toBe(409);
  expect((await detach(id, port)).status).toBe(409);
  await action(id, { unlock: null });
  await action(id, { suspend: null });
  await cloud.idle(id);
  expect(told(await attach(id))).toBe(`Cannot 'attach_interface' instance ${id} while it is in vm_state suspended`);
  expect(told(await detach(id, port))).toBe(
    `Cannot 'detach_interface' instance ${id} while it is in vm_state suspended`,
  );
  await action(id, { resume: null });
  await cloud.idle(id);
  for (const verb of ['pause', 'os-stop']) {
    await action(id, { [verb]: null });
    await cloud.idle(id);
    expect((await attach(id)).status).toBe(200);
    await action(id, { unpause: null });
    await cloud.idle(id);
  }
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect((await attach(id)).status).toBe(404);
  expect((await detach(id, port)).status).toBe(404);
});

test('a host that fails: the server is what it was, and hears why', async () => {
  const id = await cloud.launchActive();
  cloud.agent.failNext('plug_nic', new OperationalError('hypervisor_failed', 'hypervisor', 'No slot is free.'));
  const answer = await attach(id);
  expect([answer.status, told(answer)]).toEqual([500, expect.stringContaining('No slot is free.')]);
  expect(await cards(id)).toHaveLength(1);
  expect(ordersOf(id)).toEqual(['spawn', 'unplug_nic']);
  const [card] = await cards(id);
  cloud.agent.failNext('unplug_nic', new OperationalError('hypervisor_failed', 'hypervisor', 'QEMU stands still.'));
  expect((await detach(id, card?.port_id ?? '')).status).toBe(202);
  await cloud.idle(id);
  expect(await cards(id)).toHaveLength(1);
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions[0]).toMatchObject({ action: 'detach_interface', message: 'Error' });
});

test('a host that is an older version than its controller says so', async () => {
  const id = await cloud.launchActive();
  const facts = cloud.agent.facts();
  cloud.agent.facts = () => ({ ...facts, capabilities: [] });
  await cloud.bus.report(cloud.agent);
  const answer = await attach(id);
  expect([answer.status, told(answer)]).toEqual([
    ...[400, expect.stringContaining(`Attaching interfaces is not supported for instance ${id}.`)],
  ]);
  expect(await cards(id)).toHaveLength(1);
});

test('a server that is deleted meanwhile takes the card along', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('plug_nic');
  const answering = attach(id);
  await held.arrived;
  await cloud.request('DELETE', `/servers/${id}`);
  expect((await answering).status).toBe(409);
  await cloud.idle(id);
  expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
});

test('a card that waits for the next start is down until then, and one that a host has too many is put right', async () => {
  const id = await cloud.launchActive();
  const machine = cloud.agent.machines.get(id);
  if (!machine) throw new Error('there is no machine');
  machine.spec.hardware.hw_machine_type = 'q35';
  const { body } = await attach(id);
  expect(body.interfaceAttachment.port_state).toBe('DOWN');
  const port = body.interfaceAttachment.port_id;
  expect((await cloud.ports.records.find(port))?.status).toBe('DOWN');
  // It has started anew.
  machine.status.nics = machine.status.nics?.map((nic) => ({ ...nic, pending: null })) ?? [];
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'RUNNING'));
  expect((await cards(id)).map(({ port_state }) => port_state)).toEqual(['ACTIVE', 'ACTIVE']);
  expect((await cloud.ports.records.find(port))?.status).toBe('ACTIVE');

  machine.status.nics.push({ port: randomUUID(), address: '0000:00:0a.0', pending: null });
  machine.spec.ports = [];
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'RUNNING'));
  await cloud.idle(id);
  expect(cloud.agent.machines.get(id)?.spec.ports).toHaveLength(2);
});

test('cards are in the order in which they were asked for, with their tags', async () => {
  const [first, second] = [await newPort(), await newPort()];
  const { id: uuid } = await network();
  const networks = [{ uuid, tag: 'one' }, { port: second, tag: 'two' }, { port: first }];
  const server = { name: 'web', imageRef: '11111111-1111-4111-8111-111111111111', flavorRef: '42', networks };
  const answer = await cloud.request('POST', '/servers', { server }, { version: '2.42' });
  const id = answer.body.server.id;
  await cloud.idle(id);
  const found = await cards(id);
  expect(found.map(({ tag }) => tag)).toEqual(['one', 'two', null]);
  expect(found.slice(1).map(({ port_id }) => port_id)).toEqual([second, first]);
  await detach(id, second);
  await cloud.idle(id);
  expect((await cloud.ports.records.find(second))?.device_tag).toBeNull();
});

test('addFixedIp and removeFixedIp, up to 2.43', async () => {
  const id = await cloud.launchActive();
  const { id: networkId } = await network();
  const old = { version: '2.43' };
  const addresses = async () =>
    (await cards(id)).flatMap((card) => (card as unknown as { fixed_ips: { ip_address: string }[] }).fixed_ips);
  const added = await action(id, { addFixedIp: { networkId } }, old);
  expect([added.status, added.body]).toEqual([202, undefined]);
  const [, second] = await addresses();
  expect(second?.ip_address).toMatch(/^10\.77\./);
  await cloud.idle(id);
  expect(cloud.agent.machines.get(id)?.spec.ports[0]?.fixedIps).toHaveLength(2);
  expect((await action(id, { removeFixedIp: { address: second?.ip_address } }, old)).status).toBe(202);
  expect(await addresses()).toHaveLength(1);
  await cloud.idle(id);
  expect((await cloud.eventTypes(id)).slice(-2)).toEqual([
    ...['compute.instance.create_ip.end', 'compute.instance.delete_ip.end'],
  ]);

  expect(told(await action(id, { addFixedIp: { networkId: randomUUID() } }, old))).toContain('could not be found for');
  expect(told(await action(id, { removeFixedIp: { address: '10.9.9.9' } }, old))).toContain("fixed IP '10.9.9.9'");
  expect((await action(id, { removeFixedIp: { address: 'x' } }, old)).status).toBe(400);
  expect((await action(id, { addFixedIp: { networkId } }, { version: '2.44' })).status).toBe(404);
  expect((await action(id, { removeFixedIp: {} }, { version: '2.44' })).status).toBe(404);
  expect((await action(id, { addFixedIp: { networkId } }, { ...old, who: 'reader' })).status).toBe(403);
});
