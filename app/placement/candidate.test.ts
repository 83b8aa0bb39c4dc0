import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemContext } from '../policy/authorization.ts';
import { PlacementFixture, uuidOf } from './placement.fixture.ts';

let cloud: PlacementFixture;
/** Names of providers by their ids. */
const named = new Map<string, string>();

const SHARED = uuidOf('shared cand');
const EAST = uuidOf('east cand');

beforeAll(async () => {
  cloud = await PlacementFixture.open();
  const keep = (name: string, uuid: string) => {
    named.set(uuid, name);
    return uuid;
  };
  keep('host-1', cloud.host);
  const second = keep('host-2', await cloud.addHost('host-2'));
  // Two network cards below the second host, and a store for both.
  for (const name of ['nic-1', 'nic-2']) {
    const uuid = await cloud.makeProvider(name, {
      parent: second,
      inventories: { SRIOV_NET_VF: name === 'nic-1' ? 2 : 4 },
      traits: name === 'nic-1' ? ['CUSTOM_SLOW'] : ['CUSTOM_FAST'],
      aggregates: name === 'nic-2' ? [EAST] : [],
    });
    keep(name, uuid);
    keep(`${name}-port`, await cloud.makeProvider(`${name}-port`, { parent: uuid, inventories: { CUSTOM_PORT: 1 } }));
  }
  await cloud.equip(second, { traits: ['CUSTOM_GOLD'], aggregates: [SHARED] });
  const store = { inventories: { CUSTOM_STORE: 100 }, traits: ['MISC_SHARES_VIA_AGGREGATE'], aggregates: [SHARED] };
  keep('store', await cloud.makeProvider('store', store));
});
afterAll(() => cloud.close());

/** What each candidate takes of whom, and for which groups. */
async function candidates(query: string, version = 39): Promise<string[]> {
  const body = await cloud.done(`/allocation_candidates?${query}`, { version });
  return body.allocation_requests.map(
    ({ allocations }: { allocations: Record<string, { resources: Record<string, number> }> }) =>
      Object.entries(allocations)
        .map(([id, { resources }]) => {
          const amounts = Object.entries(resources).map(([name, amount]) => `${name}:${amount}`);
          return `${named.get(id)} ${amounts.join(',')}`;
        })
        .join(' + '),
  );
}

test('hosts with room, in the order of their names, with a summary of each that is in one', async () => {
  expect(await candidates('resources=VCPU:1,MEMORY_MB:512')).toEqual([
    'host-1 VCPU:1,MEMORY_MB:512',
    'host-2 VCPU:1,MEMORY_MB:512',
  ]);
  expect(await candidates('resources=VCPU:1&limit=1')).toEqual(['host-1 VCPU:1']);
  for (const many of ['9999999999', '9'.repeat(400)])
    expect(await candidates(`resources=VCPU:1&limit=${many}`)).toHaveLength(2);
  // 4 processors four times over, and 64.
  expect(await candidates('resources=VCPU:17')).toEqual(['host-1 VCPU:17']);
  expect(await candidates('resources=VCPU:257')).toEqual([]);
  const { provider_summaries } = await cloud.done('/allocation_candidates?resources=VCPU:17');
  expect(provider_summaries).toEqual({
    [cloud.host]: {
      resources: {
        VCPU: { capacity: 256, used: 0 },
        MEMORY_MB: { capacity: 261_632, used: 0 },
        DISK_GB: { capacity: 4000, used: 0 },
      },
      traits: ['COMPUTE_STORAGE_BUS_VIRTIO'],
      parent_provider_uuid: null,
      root_provider_uuid: cloud.host,
    },
  });
  const old = await cloud.done('/allocation_candidates?resources=VCPU:17', { version: 11 });
  expect(old).toEqual({
    allocation_requests: [{ allocations: [{ resource_provider: { uuid: cloud.host }, resources: { VCPU: 17 } }] }],
    provider_summaries: { [cloud.host]: { resources: { VCPU: { capacity: 256, used: 0 } } } },
  });
});

test('the group without suffix is served by a whole tree, and by what shares with it', async () => {
  expect(await candidates('resources=VCPU:1,SRIOV_NET_VF:1')).toEqual([
    'host-2 VCPU:1 + nic-1 SRIOV_NET_VF:1',
    'host-2 VCPU:1 + nic-2 SRIOV_NET_VF:1',
  ]);
  expect(await candidates('resources=VCPU:1,SRIOV_NET_VF:1', 28)).toEqual([]);
  expect(await candidates('resources=VCPU:1,CUSTOM_STORE:10')).toEqual(['host-2 VCPU:1 + store CUSTOM_STORE:10']);
  expect(await candidates('resources=CUSTOM_STORE:10')).toEqual(['store CUSTOM_STORE:10']);
  expect(await candidates('resources=VCPU:1,SRIOV_NET_VF:1&required=CUSTOM_GOLD,CUSTOM_FAST')).toEqual([
    'host-2 VCPU:1 + nic-2 SRIOV_NET_VF:1',
  ]);
  expect(await candidates('resources=VCPU:1,SRIOV_NET_VF:1&required=!CUSTOM_FAST')).toEqual([
    'host-2 VCPU:1 + nic-1 SRIOV_NET_VF:1',
  ]);
  expect(await candidates('resources=SRIOV_NET_VF:1&required=in:CUSTOM_FAST,CUSTOM_SLOW')).toHaveLength(2);
  expect(await candidates('resources=VCPU:1&required=!CUSTOM_GOLD')).toEqual(['host-1 VCPU:1']);
});

test('aggregates: those of a root are those of its tree for the group without suffix', async () => {
  expect(await candidates(`resources=VCPU:1&member_of=${SHARED}`)).toEqual(['host-2 VCPU:1']);
  expect(await candidates(`resources=SRIOV_NET_VF:1&member_of=${SHARED}`)).toHaveLength(2);
  expect(await candidates(`resources1=SRIOV_NET_VF:1&member_of1=${SHARED}`)).toEqual([]);
  expect(await candidates(`resources=SRIOV_NET_VF:1&member_of=${EAST}`)).toEqual(['nic-2 SRIOV_NET_VF:1']);
  expect(await candidates(`resources=SRIOV_NET_VF:1&member_of=!${EAST}`)).toEqual(['nic-1 SRIOV_NET_VF:1']);
  expect(await candidates(`resources=VCPU:1&member_of=!${SHARED}`)).toEqual(['host-1 VCPU:1']);
  expect(await candidates(`resources=VCPU:1&member_of=in:${EAST},${SHARED}`)).toEqual(['host-2 VCPU:1']);
});

test('trees and roots', async () => {
  const idOf = (wanted: string) => [...named].find(([, name]) => name === wanted)?.[0];
  expect(await candidates(`resources=VCPU:1&in_tree=${idOf('nic-1')}`)).toEqual(['host-2 VCPU:1']);
  expect(await candidates(`resources=VCPU:1,CUSTOM_STORE:1&in_tree=${idOf('host-2')}`)).toEqual([]);
  expect(await candidates(`resources=VCPU:1&in_tree=${uuidOf('nothing')}`)).toEqual([]);
  expect(await candidates('resources=VCPU:1&root_required=CUSTOM_GOLD')).toEqual(['host-2 VCPU:1']);
  expect(await candidates('resources=VCPU:1&root_required=!CUSTOM_GOLD')).toEqual(['host-1 VCPU:1']);
});

test('groups with a suffix are each one provider, apart where that is asked for', async () => {
  const two = 'resources_A=SRIOV_NET_VF:2&resources_B=SRIOV_NET_VF:2';
  expect(await candidates(`resources=VCPU:1&${two}&group_policy=isolate`)).toEqual([
    'host-2 VCPU:1 + nic-1 SRIOV_NET_VF:2 + nic-2 SRIOV_NET_VF:2',
    'host-2 VCPU:1 + nic-2 SRIOV_NET_VF:2 + nic-1 SRIOV_NET_VF:2',
  ]);
  // The first card has two functions only, so that both groups together fit on the second alone.
  expect(await candidates(`${two}&group_policy=none`)).toEqual([
    'nic-1 SRIOV_NET_VF:2 + nic-2 SRIOV_NET_VF:2',
    'nic-2 SRIOV_NET_VF:2 + nic-1 SRIOV_NET_VF:2',
    'nic-2 SRIOV_NET_VF:4',
  ]);
  const { allocation_requests } = await cloud.done(
    '/allocation_candidates?resources=VCPU:1&resources_N=SRIOV_NET_VF:1&required_N=CUSTOM_FAST',
  );
  const mappings = Object.entries(allocation_requests[0].mappings as Record<string, string[]>);
  expect(mappings.map(([suffix, ids]) => [suffix, ids.map((id) => named.get(id))])).toEqual([
    ['', ['host-2']],
    ['_N', ['nic-2']],
  ]);
  const ports = 'resources_P=CUSTOM_PORT:1&resources_N=SRIOV_NET_VF:1&group_policy=none';
  expect(await candidates(ports)).toHaveLength(4);
  expect(await candidates(`${ports}&same_subtree=_P,_N`)).toEqual([
    'nic-1-port CUSTOM_PORT:1 + nic-1 SRIOV_NET_VF:1',
    'nic-2-port CUSTOM_PORT:1 + nic-2 SRIOV_NET_VF:1',
  ]);
  // A group that only says where the other is.
  expect(
    await candidates('resources_P=CUSTOM_PORT:1&required_N=CUSTOM_FAST&group_policy=none&same_subtree=_P,_N'),
  ).toEqual(['nic-2-port CUSTOM_PORT:1']);
});

test('what does not fit together is refused by name, each part since its version', async () => {
  for (const [query, version, code] of [
    ['', 39, 'placement.query.missing_value'],
    ['limit=1', 39, 'placement.query.missing_value'],
    ['resources=VCPU:0', 39, undefined],
    ['resources=CUSTOM_UNKNOWN:1', 39, undefined],
    ['resources=VCPU:1&required=CUSTOM_UNKNOWN', 39, undefined],
    ['resources=VCPU:1&limit=0', 39, undefined],
    ['resources=VCPU:1&limit=1', 15, undefined],
    ['resources=VCPU:1&required=CUSTOM_GOLD', 16, undefined],
    ['resources=VCPU:1&required=!CUSTOM_GOLD', 21, undefined],
    ['resources=VCPU:1&required=CUSTOM_GOLD,!CUSTOM_GOLD', 39, undefined],
    [`resources=VCPU:1&member_of=${SHARED}`, 20, undefined],
    ['resources1=VCPU:1', 24, undefined],
    ['resources_A=VCPU:1', 32, undefined],
    ['resources1=VCPU:1&resources2=VCPU:1', 39, undefined],
    ['resources1=VCPU:1&group_policy=apart', 39, undefined],
    ['resources=VCPU:1&required1=CUSTOM_GOLD', 35, 'placement.query.bad_value'],
    ['resources=VCPU:1&required1=CUSTOM_GOLD', 36, 'placement.query.bad_value'],
    ['resources=VCPU:1&in_tree=host-1', 39, undefined],
    [`resources=VCPU:1&in_tree=${SHARED}`, 30, undefined],
    ['resources=VCPU:1&root_required=CUSTOM_GOLD', 34, undefined],
    ['resources=VCPU:1&root_required=in:CUSTOM_GOLD', 39, undefined],
    ['resources=VCPU:1&root_required=CUSTOM_GOLD,!CUSTOM_GOLD', 39, 'placement.query.bad_value'],
    ['resources1=VCPU:1&same_subtree=1', 35, undefined],
    ['resources1=VCPU:1&same_subtree=1,2', 36, 'placement.query.bad_value'],
    ['resources1=VCPU:1&same_subtree=', 36, 'placement.query.bad_value'],
    ['resources=VCPU:1&colour=red', 39, undefined],
  ] as const) {
    const { status, body } = await cloud.ask(`/allocation_candidates?${query}`, { version });
    const named = version < 23 ? undefined : (code ?? 'placement.undefined_code');
    expect([query, version, status, body.errors?.[0].code]).toEqual([query, version, 400, named]);
  }
  expect((await cloud.ask('/allocation_candidates?resources=VCPU:1', { version: 9 })).status).toBe(404);
});

test('who may not ask hears that first, and who takes no JSON hears that before', async () => {
  const wrong = '/allocation_candidates?colour=red';
  expect((await cloud.ask(wrong)).status).toBe(400);
  expect((await cloud.ask(wrong, { as: 'member' })).status).toBe(403);
  expect((await cloud.ask('/resource_providers', { as: 'member', body: { wrong: 1 } })).status).toBe(403);
  for (const [accept, status] of [
    ['text/html', 406],
    ['application/json;q=0, */*', 406],
    ['text/html, application/*;q=0.5', 400],
    ['*/*', 400],
  ] as const) {
    const answer = await cloud.edge.send(`/placement${wrong}`, {
      token: 'admin',
      headers: { accept, 'openstack-api-version': 'placement 1.39' },
    });
    expect([accept, answer.status]).toEqual([accept, status]);
    if (status === 406)
      expect((answer.json as { errors: unknown[] }).errors).toMatchObject([
        { detail: 'Only application/json is provided' },
      ]);
  }
});

test('a candidate is taken as it was answered', async () => {
  const wanted = 'resources_N=SRIOV_NET_VF:1&required_N=CUSTOM_FAST&resources_P=CUSTOM_PORT:1&same_subtree=_N,_P';
  const { allocation_requests } = await cloud.done(`/allocation_candidates?${wanted}&group_policy=none`);
  const consumer = uuidOf('consumer cand');
  const body = {
    ...allocation_requests[0],
    ...{ project_id: 'p', user_id: 'u', consumer_generation: null, consumer_type: 'INSTANCE' },
  };
  expect((await cloud.ask(`/allocations/${consumer}`, { method: 'PUT', body })).status).toBe(204);
  expect(await candidates(`${wanted}&group_policy=none`)).toEqual([]);
  await cloud.done(`/allocations/${consumer}`, { method: 'DELETE' });
  expect(await candidates(`${wanted}&group_policy=none`)).toHaveLength(1);
});

test('what a disabled host could give is told with its trait', async () => {
  const { control } = cloud.cloud.scheduler;
  await control.setService(systemContext('test'), 'host-2', { disabledReason: 'repair' });
  expect(await candidates('resources=VCPU:1&required=!COMPUTE_STATUS_DISABLED')).toEqual(['host-1 VCPU:1']);
  await control.setService(systemContext('test'), 'host-2', { disabledReason: null });
  expect(await candidates('resources=VCPU:1&required=!COMPUTE_STATUS_DISABLED')).toHaveLength(2);
});

test('a search that cannot succeed ends, and holds nobody up', async () => {
  const many = Array.from({ length: 8 }, (_, at) => `resources_${at}=CUSTOM_MANY:1`).join('&');
  const root = await cloud.makeProvider('wide');
  for (let at = 0; at < 7; at++) {
    await cloud.makeProvider(`wide-${at}`, { parent: root, inventories: { CUSTOM_MANY: 1 } });
  }
  // Seven providers for eight groups that are each to have one alone: 13,700 ways, none of which is one.
  const asked = candidates(`${many}&group_policy=isolate`);
  const order: string[] = [];
  await Promise.all([
    asked.then(() => order.push('the search')),
    cloud.done('').then(() => order.push('another request')),
  ]);
  expect([order, await asked]).toEqual([['another request', 'the search'], []]);
});
