import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
let serverId: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  serverId = await cloud.launchActive();
});
afterAll(() => cloud.stop());

interface Updatable {
  what: string;
  /** Sets one of the names to a value. */
  set: (name: string, value: string) => Promise<{ status: number; body: unknown }>;
  names: string[];
  /** What each name has now. */
  read: () => Promise<Record<string, unknown>>;
}

const version = '2.26';
const server = async (path = '') =>
  (await cloud.request('GET', `/servers/${serverId}${path}`, undefined, { version })).body;

/** All that compute lets change in part. */
const UPDATABLE: Updatable[] = [
  {
    what: 'the extra specs of a flavor',
    names: ['a', 'b', 'c'],
    set: (name, value) =>
      cloud.request('POST', '/flavors/42/os-extra_specs', { extra_specs: { [name]: value } }, { who: 'admin' }),
    read: async () => (await cloud.request('GET', '/flavors/42/os-extra_specs')).body.extra_specs,
  },
  {
    what: 'the metadata of a server',
    names: ['a', 'b', 'c'],
    set: (name, value) => cloud.request('POST', `/servers/${serverId}/metadata`, { metadata: { [name]: value } }),
    read: async () => (await server('/metadata')).metadata,
  },
  {
    what: 'a server itself',
    names: ['name', 'description', 'accessIPv4'],
    set: (name, value) => {
      const given = name === 'accessIPv4' ? `10.0.0.${value.length}` : value;
      return cloud.request('PUT', `/servers/${serverId}`, { server: { [name]: given } }, { version });
    },
    read: async () => {
      const { accessIPv4, ...shown } = (await server()).server;
      return { ...shown, accessIPv4: 'x'.repeat(Number(accessIPv4.split('.')[3] ?? 0)) };
    },
  },
];

let round = 0;

test.for(UPDATABLE)('of two changes of $what at once none is lost', { meta: { asksAtRandom: true } }, async (of) => {
  const two = fc.shuffledSubarray(of.names, { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(two, async (names) => {
      const value = 'x'.repeat(++round);
      for (const { status } of await Promise.all(names.map((name) => of.set(name, value)))) expect(status).toBe(200);
      const shown = await of.read();
      expect(names.map((name) => shown[name])).toEqual([value, value]);
    }),
    { numRuns: 5 },
  );
});

test('of tags that are added at once none is lost', { meta: { asksAtRandom: true } }, async () => {
  const tags = Array.from({ length: 8 }, (_, index) => `tag-${index}`);
  await Promise.all(
    tags.map((tag) => cloud.request('PUT', `/servers/${serverId}/tags/${tag}`, undefined, { version })),
  );
  expect((await server('/tags')).tags.sort()).toEqual(tags);
});
