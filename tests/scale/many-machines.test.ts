import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLong } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { FaultCloud, MICROVERSION } from '../faults/fault-cloud.ts';
import { readStoredState } from '../faults/invariants/stored-state.ts';

/** Machines of a simulated hypervisor, asked for in wishes of a hundred. */
const MANY = isLong ? 3000 : 100;
const AT_ONCE = 100;

let cloud: FaultCloud;
let image: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent({ hypervisor: 'simulated' });
  image = await cloud.uploadGuest();
});

afterAll(async () => {
  await cloud?.destroy();
});

test(`${MANY} machines are launched, listed by pages and deleted, and every count agrees`, async () => {
  for (let asked = 0; asked < MANY; asked += AT_ONCE) {
    await cloud.launch(image, { name: `many-${asked}`, min_count: AT_ONCE, max_count: AT_ONCE });
  }
  const listed = await until(`${MANY} machines to run`, 600, async () => {
    const statuses = (await pages()).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'ERROR')).toEqual([]);
    return statuses.every((status) => status === 'ACTIVE') ? await pages() : undefined;
  });
  expect(new Set(listed.map(({ id }) => id)).size).toBe(MANY);
  expect(new Set(listed.flatMap(addressesOf)).size).toBe(MANY);
  const { ports, addresses, allocations } = readStoredState(cloud.dataDir);
  expect([ports.length, addresses.length, allocations.length]).toEqual([MANY, MANY, MANY]);
  expect(await cloud.violations()).toEqual([]);

  for (const { id } of listed) await cloud.deleteServer(id);
  await until('them to be gone', 600, async () => ((await pages()).length === 0 ? true : undefined));
  expect(await cloud.violations()).toEqual([]);
});

interface Listed {
  id: string;
  status: string;
  addresses: Record<string, { addr: string }[]>;
}

/** All machines, by the links from page to page. */
async function pages(): Promise<Listed[]> {
  const all: Listed[] = [];
  let path: string | undefined = '/compute/v2.1/servers/detail?limit=500';
  while (path !== undefined) {
    const { body }: { body: any } = await cloud.request('GET', path, undefined, MICROVERSION);
    all.push(...body.servers);
    const next: string | undefined = body.servers_links?.find(({ rel }: { rel: string }) => rel === 'next')?.href;
    path = next?.replace(cloud.url, '');
  }
  return all;
}

function addressesOf({ addresses }: Listed): string[] {
  return Object.values(addresses).flatMap((all) => all.map(({ addr }) => addr));
}
