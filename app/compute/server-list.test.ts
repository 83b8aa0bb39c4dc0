import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerRepository } from './server.repository.ts';
import type { ServerRecord } from './server.tables.ts';
import { IMAGE, OTHER_PROJECT, PROJECT, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;

const base: Omit<ServerRecord, 'id' | 'name' | 'createdAt' | 'updatedAt'> = {
  description: null,
  projectId: PROJECT,
  userId: 'user-member',
  vmState: 'active',
  taskState: null,
  powerState: 'RUNNING',
  hostId: 'host-1',
  generation: 1,
  flavor: { id: '42', name: 'm1.nano', vcpus: 1, ram: 128, disk: 1, ephemeral: 0, swap: 0, extra_specs: {} },
  stateRevision: 0,
  vcpus: 1,
  memoryMib: 128,
  diskGib: 1,
  imageId: IMAGE.id,
  imageProperties: {},
  rescueImageId: null,
  keyName: null,
  publicKey: null,
  userData: null,
  adminPass: null,
  configDrive: true,
  launchIndex: 0,
  reservationId: 'r-1',
  guestPassword: '',
  blockDevices: [],
  injectedFiles: [],
  hostname: 'x',
  metadata: {},
  tags: [],
  lockedBy: null,
  lockedReason: null,
  fault: null,
  forwards: [],
  nics: [],
  availabilityZone: '',
  beside: { sameHost: [], differentHost: [] },
  groupId: null,
  diskConfig: 'MANUAL',
  accessIpv4: '',
  accessIpv6: '',
  requestedNetworks: null,
  launchedAt: '2026-01-01T00:00:00.000Z',
  terminatedAt: null,
  softDeletedAt: null,
  shelvedAt: null,
  shelvedImageId: null,
  interruptedGeneration: null,
  deletedAt: null,
};

/** 25 servers; several were made in the same millisecond, as a launch of many makes them. */
beforeAll(async () => {
  cloud = await TestCloud.start();
  const servers = new ServerRepository(cloud.database);
  await cloud.database.transaction(async (trx) => {
    for (let index = 0; index < 25; index++) {
      const createdAt = `2026-01-01T00:00:00.${String(Math.floor(index / 4)).padStart(3, '0')}Z`;
      const updatedAt = `2026-01-${String(index + 1).padStart(2, '0')}T00:00:00.000Z`;
      await servers.insert(trx, {
        ...base,
        id: randomUUID(),
        name: `vm-${index}`,
        vmState: index % 5 === 0 ? 'stopped' : 'active',
        taskState: index % 7 === 1 ? 'rebooting' : null,
        keyName: index % 3 === 0 ? null : `key-${index % 3}`,
        tags: index % 2 === 0 ? ['even', 'all'] : ['all'],
        lockedBy: index === 3 ? 'owner' : null,
        createdAt,
        updatedAt,
      });
    }
    await servers.insert(trx, {
      ...base,
      id: randomUUID(),
      projectId: OTHER_PROJECT,
      name: 'theirs',
      createdAt: '2026',
      updatedAt: '2026',
    });
    const deletedAt = '2026-02-01T00:00:00.000Z';
    await servers.insert(trx, {
      ...base,
      id: randomUUID(),
      name: 'gone',
      vmState: 'deleted',
      deletedAt,
      createdAt: '2026',
      updatedAt: deletedAt,
    });
  });
});
afterAll(() => cloud.stop());

async function names(query: string, options: { who?: string; version?: string } = {}): Promise<string[]> {
  const { status, body } = await cloud.request('GET', `/servers${query}`, undefined, { version: '2.96', ...options });
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body.servers.map(({ name }: { name: string }) => name);
}

const numbers = (...list: number[]) => list.map((n) => `vm-${n}`).sort();

test('pages of any size and order give every server once, in one order', { meta: { asksAtRandom: true } }, async () => {
  const keys = ['created_at', 'display_name', 'key_name', 'task_state', 'updated_at', 'uuid', 'vm_state'];
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 3 }),
      fc.array(fc.constantFrom('asc', 'desc'), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1, max: 26 }),
      async (sortKeys, directions, limit) => {
        const sort = sortKeys.map((key, index) => `&sort_key=${key}&sort_dir=${directions[index]}`).join('');
        const whole = await names(`?limit=1000${sort}`);
        expect(whole).toHaveLength(25);
        const paged: string[] = [];
        let path = `/servers?limit=${limit}${sort}`;
        for (;;) {
          const { body } = await cloud.request('GET', path, undefined, { version: '2.96' });
          paged.push(...body.servers.map(({ name }: { name: string }) => name));
          expect(paged.length).toBeLessThanOrEqual(25);
          const next = body.servers_links?.[0].href;
          if (next === undefined) break;
          path = next.slice(next.indexOf('/servers'));
        }
        expect(paged).toEqual(whole);
      },
    ),
    { numRuns: 40 },
  );
});

test('newest first, and only what is there and one’s own', async () => {
  const all = await names('');
  expect(all.slice(0, 1)).toEqual(['vm-24']);
  expect([all.length, all.includes('theirs'), all.includes('gone')]).toEqual([25, false, false]);
  expect(await names('?all_tenants=1', { who: 'admin' })).toContain('theirs');
  for (const name of ['project_id', 'tenant_id']) {
    expect(await names(`?all_tenants=1&${name}=${OTHER_PROJECT}`, { who: 'admin' })).toEqual(['theirs']);
    // Nova passes over it where not all projects are asked for.
    expect(await names(`?${name}=${OTHER_PROJECT}`, { who: 'admin' })).toEqual(await names('', { who: 'admin' }));
  }
  expect(await names('?deleted=true', { who: 'admin' })).toEqual(['gone']);
  expect((await cloud.request('GET', '/servers?all_tenants=1')).status).toBe(403);
  expect((await cloud.request('GET', '/servers?status=DELETED')).status).toBe(403);
});

describe('filters', () => {
  const cases: [query: string, expected: string[] | number][] = [
    ['?name=vm-1', 11],
    ['?name=VM-24', ['vm-24']],
    ['?name=^vm-[0-9]$', 10],
    ['?name=2$', numbers(2, 12, 22)],
    ['?name=^vm.*', 25],
    ['?name=.%2B-3', numbers(3)],
    ['?name=^(no-)?vm-[[:digit:]]$', 10],
    ['?name=^(vm-3|vm-2[0-9])$', numbers(3, 20, 21, 22, 23, 24)],
    ['?name=(a%2B)%2B', 0],
    [`?name=${'.?'.repeat(120)}zz`, 0],
    [`?ip=${'.?'.repeat(120)}zz`, 0],
    ['?key_name=^KEY-[12]$', 16],
    ['?created_at=^2026-01-01', 25],
    ['?status=SHUTOFF', numbers(0, 5, 10, 15, 20)],
    ['?status=shutoff,reboot', numbers(0, 5, 10, 15, 20, 1, 8, 22)],
    ['?status=REBOOT', numbers(1, 8, 22)],
    ['?status=ACTIVE', 17],
    ['?status=RESCUE', 0],
    ['?tags=even', 13],
    ['?tags=even,all', 13],
    ['?tags=even,missing', 0],
    ['?tags-any=even,missing', 13],
    ['?not-tags=even,all', 12],
    ['?not-tags-any=even', 12],
    ['?locked=true', numbers(3)],
    ['?locked=False', 24],
    ['?key_name=key-1', numbers(1, 4, 7, 10, 13, 16, 19, 22)],
    ['?vm_state=stopped', 5],
    [`?image=${IMAGE.id}`, 25],
    ['?flavor=42', 25],
    ['?flavor=1', 0],
    ['?changes-since=2026-01-20T00:00:00Z', 7],
    ['?changes-since=2026-01-20T00:00:00Z&changes-before=2026-01-21T00:00:00Z', numbers(19, 20)],
    ['?ip=10.77', 0],
    ['?limit=0', 0],
  ];
  test.each(cases)('%s', async (query, expected) => {
    const found = await names(query);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found.sort()).toEqual([...expected].sort());
  });

  test('what was changed at the moment that is shown is not left out', async () => {
    await cloud.database.query
      .updateTable('compute_server')
      .set({ updated_at: '2026-01-20T00:00:00.250Z' })
      .where('name', '=', 'vm-19')
      .execute();
    expect(await names('?changes-since=2026-01-20T00:00:00Z&changes-before=2026-01-20T00:00:00Z')).toEqual(['vm-19']);
  });

  test('a deleted server appears among changes', async () => {
    expect(await names('?changes-since=2026-01-30T00:00:00Z')).toEqual(['gone']);
  });

  test('a pattern pages like anything else', async () => {
    const first = (await cloud.request('GET', '/servers?name=^vm-[0-9]$&limit=6')).body;
    const next: string = first.servers_links[0].href;
    const second = (await cloud.request('GET', next.slice(next.indexOf('/servers')))).body;
    expect([first.servers.length, second.servers.length]).toEqual([6, 4]);
  });
});

describe('refusals', () => {
  const cases: [query: string, field: string][] = [
    ['?limit=-1', 'limit'],
    ['?limit=x', 'limit'],
    ['?marker=nothing', 'marker'],
    ['?sort_key=password', 'sort_key'],
    ['?sort_key=__proto__', 'sort_key'],
    ['?sort_key=name&sort_dir=up', 'sort'],
    ['?status=HAPPY', 'status'],
    ['?name=(', 'name'],
    ['?name=(a)%5C1', 'name'],
    ['?ip=*', 'ip'],
    ['?ip6=*', 'ip6'],
    ['?key_name=[', 'key_name'],
    [`?name=(${'x'.repeat(1025)}|y)`, 'name'],
    ['?changes-since=yesterday', 'changes-since'],
    ['?no_such_filter=1', 'no_such_filter'],
    ['?locked=maybe', 'locked'],
  ];
  test.each(cases)('%s', async (query, field) => {
    const { status, body } = await cloud.request('GET', `/servers${query}`, undefined, { version: '2.96' });
    expect(status).toBe(400);
    expect(body.badRequest.message).toContain(field);
  });

  test('before 2.38 a word that is no status finds nothing, before 2.75 unknown filters are ignored', async () => {
    expect(await names('?status=HAPPY', { version: '2.37' })).toEqual([]);
    expect(await names('?no_such_filter=1', { version: '2.74' })).toHaveLength(25);
  });
});
