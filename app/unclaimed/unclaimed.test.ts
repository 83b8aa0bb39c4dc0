import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeAgent } from '../compute/testing/fake-agent.ts';
import { contextOf, IMAGE, OTHER_PROJECT, PROJECT, TestCloud } from '../compute/testing/test-cloud.ts';
import type { Unclaimed } from '../contract/unclaimed.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

async function list(): Promise<Unclaimed[]> {
  return (await cloud.request('GET', '/v1/unclaimed', undefined, { who: 'admin' })).body.unclaimed;
}

async function only(kind: Unclaimed['kind']): Promise<Unclaimed> {
  const found = (await list()).filter((thing) => thing.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const adopt = (id: string, projectId = OTHER_PROJECT, who = 'admin') =>
  cloud.request('POST', `/v1/unclaimed/${id}/adopt`, { projectId }, { who });

const remove = (id: string, name: string, who = 'admin') =>
  cloud.request('DELETE', `/v1/unclaimed/${id}?name=${encodeURIComponent(name)}`, undefined, { who });

/** As a database restored from a copy of before they were made; ports and room too, unless they are to stay. */
async function forget(...servers: string[]): Promise<void> {
  await cloud.database.transaction(async (trx) => {
    for (const id of servers) {
      await cloud.networks.releasePorts(trx, {} as never, id);
      await cloud.scheduler.release(trx, id);
      await trx.deleteFrom('compute_server').where('id', '=', id).execute();
    }
  });
  await cloud.bus.report(cloud.agent);
}

async function addressOf(id: string): Promise<{ addr: string; mac: string }> {
  const [address] = Object.values((await cloud.show(id)).addresses).flat() as Record<string, string>[];
  return { addr: address?.addr ?? '', mac: address?.['OS-EXT-IPS-MAC:mac_addr'] ?? '' };
}

test('a machine nobody knows is listed, and adopted as it is, with its addresses and its room', async () => {
  const [id, other] = [await cloud.launchActive({ name: 'precious' }), await cloud.launchActive()];
  const [address, orders] = [await addressOf(id), cloud.agent.orders.length];
  const before = await cloud.leftovers();
  await forget(id);
  const thing = await only('machine');
  expect(thing).toMatchObject({
    name: 'precious',
    host: { id: 'host-1', name: 'host-1' },
    canAdopt: true,
    isGoing: false,
    machine: { id, powerState: 'RUNNING', vcpus: 1, memoryMib: 128, addresses: [address.addr] },
  });

  const adopted = await adopt(thing.id);
  expect([adopted.status, adopted.body]).toEqual([
    202,
    { resource: { type: 'server', id, name: 'precious' }, addresses: [] },
  ]);
  await cloud.idle(id);
  expect(await list()).toEqual([]);
  const server = await cloud.show(id);
  expect(server).toMatchObject({
    name: 'precious',
    status: 'ACTIVE',
    tenant_id: OTHER_PROJECT,
    user_id: 'user-admin',
    image: { id: IMAGE.id },
    flavor: { original_name: 'm1.nano' },
    'OS-EXT-SRV-ATTR:host': 'host-1',
  });
  expect(await addressOf(id)).toEqual(address);
  expect(await cloud.leftovers()).toEqual(before);
  // It was not touched: no order reached it, and its ports are told for the next start only.
  expect(cloud.agent.orders).toHaveLength(orders);
  expect(await cloud.eventTypes(thing.id)).toEqual(['unclaimed.adopt']);
  expect((await cloud.show(other)).status).toBe('ACTIVE');
  await cloud.bus.report(cloud.agent);
  expect(await list()).toEqual([]);
  await cloud.request('DELETE', `/servers/${id}`, undefined, { who: 'admin' });
  await cloud.idle(id);
  expect([...cloud.agent.machines.keys()]).toEqual([other]);
});

test('a machine that is off is SHUTOFF, one that changes while it is unclaimed is as it is then', async () => {
  const id = await cloud.launchActive();
  await forget(id);
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'SHUTDOWN', 'guest-shutdown'));
  const thing = await only('machine');
  expect(thing.machine?.powerState).toBe('SHUTDOWN');
  expect((await adopt(thing.id)).status).toBe(202);
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:power_state': 4 });
  await cloud.request('POST', `/servers/${id}/action`, { 'os-start': null }, { who: 'other' });
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('an address that another machine has by now is a new one, which is said and told to the host', async () => {
  const id = await cloud.launchActive();
  const { addr, mac } = await addressOf(id);
  await forget(id);
  const { body } = await cloud.request('GET', '/v1/unclaimed', undefined, { who: 'admin' });
  const taker = await cloud.launchActive({ networks: [{ uuid: await defaultNetwork(), fixed_ip: addr }] });
  const adopted = await adopt(body.unclaimed[0].id);
  const { addr: now } = await addressOf(id);
  expect(now).not.toBe(addr);
  expect(adopted.body.addresses).toEqual([{ mac, before: addr, now }]);
  await cloud.idle(id);
  expect(cloud.agent.machines.get(id)?.spec.ports[0]).toMatchObject({ mac, fixedIps: [{ ipAddress: now }] });
  expect((await addressOf(taker)).addr).toBe(addr);
});

test('a network that was made anew since is taken for the one of the machine', async () => {
  const id = await cloud.launchActive();
  const { addr, mac } = await addressOf(id);
  const machine = cloud.agent.machines.get(id)!;
  const ports = machine.spec.ports.map((port) => ({ ...port, networkId: '00000000-0000-4000-8000-000000000000' }));
  cloud.agent.machines.set(id, { ...machine, spec: { ...machine.spec, ports } });
  await forget(id);
  expect((await adopt((await only('machine')).id)).status).toBe(202);
  expect(await addressOf(id)).toEqual({ addr, mac });
});

test('what cannot be adopted is refused, and nothing of it is kept', async () => {
  const id = await cloud.launchActive();
  await forget(id);
  const thing = await only('machine');
  const before = await cloud.leftovers();
  await cloud.database.transaction((trx) =>
    trx.insertInto('quota_limit').values({ project_id: PROJECT, resource: 'cores', hard_limit: 0 }).execute(),
  );
  expect((await adopt(thing.id, PROJECT)).status).toBe(403);
  expect(await cloud.leftovers()).toEqual(before);
  expect(await cloud.show(id)).toBeUndefined();

  // Its MAC address is another port's by now: a machine has it for life.
  const { mac } = cloud.agent.machines.get(id)!.spec.ports[0]!;
  const networkId = await defaultNetwork();
  await cloud.database.transaction(async (trx) => {
    const network = (await cloud.networks.findNetwork({ isAdmin: true } as never, networkId, trx))!;
    await cloud.ports.create(trx, {} as never, { network, projectId: PROJECT, macAddress: mac });
  });
  const taken = await adopt(thing.id);
  expect([taken.status, taken.body.error.message]).toEqual([409, expect.stringContaining(mac)]);
  expect(await cloud.show(id)).toBeUndefined();
  expect((await adopt('nothing')).status).toBe(404);
  const nowhere = await adopt(thing.id, 'no-project');
  expect([nowhere.status, nowhere.body.error.field]).toEqual([400, 'projectId']);
  expect(await list()).toHaveLength(1);
});

test('a copy of a machine that is a server elsewhere is listed and cannot be a second server', async () => {
  const id = await cloud.launchActive();
  const twin = new FakeAgent('host-2');
  twin.machines.set(id, { ...cloud.agent.machines.get(id)! });
  await cloud.bus.connect(twin);
  const thing = await only('machine');
  expect(thing.host?.id).toBe('host-2');
  expect((await adopt(thing.id)).status).toBe(409);
  expect((await remove(thing.id, thing.name)).status).toBe(204);
  await expect.poll(() => twin.machines.size).toBe(0);
  await expect.poll(list).toEqual([]);
  expect(cloud.agent.machines.size).toBe(1);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('only what is named is removed, also when its host comes back later', async () => {
  const ids = [await cloud.launchActive({ name: 'one' }), await cloud.launchActive({ name: 'two' })];
  cloud.agent.strays.push({ kind: 'machine-folder', name: 'lost+found' }, { kind: 'machine-folder', name: 'copy' });
  await forget(...ids);
  expect(await list()).toHaveLength(4);
  const named = (name: string) => list().then((things) => things.find((thing) => thing.name === name)!);
  const wrong = await remove((await named('one')).id, 'two');
  expect([wrong.status, wrong.body.error.field]).toEqual([400, 'name']);

  cloud.bus.disconnect(cloud.agent);
  for (const name of ['one', 'copy']) expect((await remove((await named(name)).id, name)).status).toBe(204);
  expect((await list()).map(({ name, isGoing, canAdopt }) => [name, isGoing, canAdopt]).sort()).toEqual([
    ['copy', true, false],
    ['lost+found', false, false],
    ['one', true, false],
    ['two', false, true],
  ]);
  expect((await adopt((await named('one')).id)).status).toBe(409);
  await cloud.bus.connect(cloud.agent);
  await expect.poll(async () => (await list()).map(({ name }) => name).sort()).toEqual(['lost+found', 'two']);
  expect([...cloud.agent.machines.keys()]).toEqual([ids[1]]);
  expect(cloud.agent.strays).toEqual([{ kind: 'machine-folder', name: 'lost+found' }]);
  expect(await cloud.database.query.selectFrom('leftover').selectAll().execute()).toEqual([]);
});

test('what its host told of a moment before it removed it is not listed again', async () => {
  const stray = { kind: 'machine-folder', name: 'copy' } as const;
  cloud.agent.strays.push(stray);
  await cloud.bus.report(cloud.agent);
  expect((await remove((await only('machine-folder')).id, 'copy')).status).toBe(204);
  await expect.poll(list).toEqual([]);
  await cloud.bus.tellFound(cloud.agent, [stray]);
  expect(await list()).toEqual([]);
  // One that came since.
  cloud.agent.strays.push(stray);
  await cloud.bus.report(cloud.agent);
  expect(await list()).toHaveLength(1);
});

test('a folder or file cannot be adopted; what is gone from its host goes from the list', async () => {
  cloud.agent.strays.push({ kind: 'cached-file', name: 'somebody.iso', bytes: 5 });
  await cloud.bus.report(cloud.agent);
  const thing = await only('cached-file');
  expect(thing).toMatchObject({ bytes: 5, canAdopt: false });
  expect((await adopt(thing.id)).status).toBe(409);
  cloud.agent.strays.pop();
  await cloud.bus.report(cloud.agent);
  expect(await list()).toEqual([]);
});

test('a process that runs without its machine is listed though that is a server still, and removed by its name', async () => {
  const id = await cloud.launchActive();
  cloud.agent.strays.push({ kind: 'process', name: id });
  await cloud.bus.report(cloud.agent);
  const thing = await only('process');
  expect(thing).toMatchObject({ name: id, canAdopt: false, machine: null });
  expect((await adopt(thing.id)).status).toBe(409);
  expect((await remove(thing.id, id)).status).toBe(204);
  await expect.poll(list).toEqual([]);
  expect(cloud.agent.strays).toEqual([]);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('cached copies of images that are known are not listed; those of a deleted image go when nothing needs them', async () => {
  const copy = { kind: 'cached-file', name: `${IMAGE.id}.ffffffffffffffff.qcow2`, bytes: 5 } as const;
  const id = await cloud.launchActive();
  cloud.agent.strays.push(copy);
  await cloud.bus.report(cloud.agent);
  expect(await list()).toEqual([]);
  cloud.agent.inUse.add(copy.name);
  await cloud.images.records.delete(contextOf('admin')!, IMAGE.id);
  await cloud.bus.report(cloud.agent);
  expect(await list()).toEqual([]);
  expect(cloud.agent.strays).toEqual([copy]);
  cloud.agent.inUse.clear();
  await cloud.request('DELETE', `/servers/${id}`);
  await expect.poll(() => cloud.agent.strays).toEqual([]);
  await expect.poll(() => cloud.database.query.selectFrom('leftover').selectAll().execute()).toEqual([]);
});

test('only administrators see and do any of it', async () => {
  const id = await cloud.launchActive();
  await forget(id);
  const thing = await only('machine');
  for (const who of ['reader', 'member', 'other']) {
    expect((await cloud.request('GET', '/v1/unclaimed', undefined, { who })).status).toBe(403);
    expect((await adopt(thing.id, PROJECT, who)).status).toBe(403);
    expect((await remove(thing.id, thing.name, who)).status).toBe(403);
  }
  expect(await list()).toHaveLength(1);
});

test('the list comes in pages', async () => {
  for (let index = 0; index < 5; index++) cloud.agent.strays.push({ kind: 'machine-folder', name: `copy ${index}` });
  await cloud.bus.report(cloud.agent);
  const names: string[] = [];
  for (let marker = ''; ; ) {
    const path = `/v1/unclaimed?limit=2${marker && `&marker=${marker}`}`;
    const { body } = await cloud.request('GET', path, undefined, { who: 'admin' });
    expect(body.count).toBe(5);
    names.push(...body.unclaimed.map(({ name }: Unclaimed) => name));
    if (body.next === null) break;
    marker = body.next;
  }
  expect(names.sort()).toEqual([0, 1, 2, 3, 4].map((index) => `copy ${index}`));
});

async function defaultNetwork(): Promise<string> {
  return (await cloud.networks.defaultNetwork())?.id ?? '';
}

test('whatever others have taken meanwhile, quotas hold, addresses are one machine’s, and room is what is counted', {
  meta: { asksAtRandom: true },
}, async () => {
  const address = (number: number) => `10.77.0.${16 + number}`;
  const plan = fc.record({
    /** Which of the machines the database forgets, and who takes their addresses. */
    lost: fc.uniqueArray(fc.nat(3), { minLength: 1 }),
    taken: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
    limit: fc.integer({ min: 0, max: 4 }),
  });
  const network = { uuid: await defaultNetwork() };
  await fc.assert(
    fc.asyncProperty(plan, async ({ lost, taken, limit }) => {
      const ids: string[] = [];
      for (let number = 0; number < 4; number++) {
        ids.push(await cloud.launchActive({ networks: [{ ...network, fixed_ip: address(number) }] }));
      }
      await forget(...lost.map((index) => ids[index]!));
      for (const number of taken) {
        const port = { ...network, fixed_ip: address(number) };
        const { status } = await cloud.request('POST', '/servers', {
          server: { name: 'new', imageRef: IMAGE.id, flavorRef: '42', networks: [port] },
        });
        expect(status).toBe(202);
      }
      await everythingIdle();
      await cloud.database.transaction((trx) =>
        trx
          .insertInto('quota_limit')
          .values({ project_id: OTHER_PROJECT, resource: 'instances', hard_limit: limit })
          .onConflict((conflict) => conflict.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: limit }))
          .execute(),
      );
      const answers: number[] = [];
      for (const { id } of await list()) answers.push((await adopt(id)).status);
      const fit = Math.min(lost.length, limit);
      expect(answers.filter((status) => status === 202)).toHaveLength(fit);
      expect(await list()).toHaveLength(lost.length - fit);
      await everythingIdle();
      await expectSums();
      // The next round begins with nothing.
      await cloud.database.transaction((trx) => trx.deleteFrom('quota_limit').execute());
      for (const { id } of await list()) await adopt(id);
      const { body } = await cloud.request('GET', '/servers?all_tenants=1', undefined, { who: 'admin' });
      for (const { id } of body.servers) await cloud.request('DELETE', `/servers/${id}`, undefined, { who: 'admin' });
      await everythingIdle();
      expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
    }),
    { numRuns: 8 },
  );
});

async function everythingIdle(): Promise<void> {
  const rows = await cloud.database.query.selectFrom('compute_server').select('id').execute();
  for (const { id } of rows) await cloud.idle(id);
}

/** Each server has its room, and each its own address, which its host knows. */
async function expectSums(): Promise<void> {
  const { query } = cloud.database;
  const servers = await query.selectFrom('compute_server').selectAll().where('deleted_at', 'is', null).execute();
  const live = servers.filter(({ vm_state }) => vm_state === 'active');
  const [host] = await query.selectFrom('scheduler_host').selectAll().execute();
  const allocations = await query.selectFrom('scheduler_allocation').selectAll().execute();
  expect(allocations.map(({ server_id }) => server_id).sort()).toEqual(live.map(({ id }) => id).sort());
  expect(host).toMatchObject({ machines: live.length, used_vcpus: live.length, used_memory_mib: live.length * 128 });
  const addresses: string[] = [];
  for (const { id } of live) {
    const { addr } = await addressOf(id);
    expect(cloud.agent.machines.get(id)?.spec.ports[0]?.fixedIps[0]?.ipAddress).toBe(addr);
    addresses.push(addr);
  }
  expect(new Set(addresses).size).toBe(addresses.length);
}
