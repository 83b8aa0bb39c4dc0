import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from './testing/identity.fixture.ts';

let cloud: IdentityFixture;
beforeAll(async () => {
  cloud = await IdentityFixture.open();
});
afterAll(async () => {
  await cloud.close();
});

interface Updatable {
  /** Under which it stands in bodies. */
  thing: string;
  /** Where it is, made anew. */
  make: () => Promise<string>;
  /** Attributes that have nothing to do with each other, each with another value than it was made with. */
  changes: Record<string, unknown>;
}

let made = 0;
const newName = (thing: string) => `${thing}-${++made}`;
/** Makes one with a name of its own, and answers its path. */
async function make(things: string, thing: string, values: object = {}): Promise<string> {
  const answer = await cloud.call('POST', `/v3/${things}`, { [thing]: { name: newName(thing), ...values } });
  return `/v3/${things}/${answer[thing].id}`;
}
async function put(things: string, thing: string, values: object = {}): Promise<string> {
  const path = `/v3/${things}/${newName(thing)}`;
  await cloud.call('PUT', path, { [thing]: values });
  return path;
}
async function serviceId(): Promise<string> {
  return (await make('services', 'service', { type: 'backup' })).slice('/v3/services/'.length);
}
async function registeredLimit(): Promise<string> {
  const one = { service_id: await serviceId(), resource_name: newName('resource'), default_limit: 10 };
  const { registered_limits } = await cloud.call('POST', '/v3/registered_limits', { registered_limits: [one] });
  return `/v3/registered_limits/${registered_limits[0].id}`;
}
const texts = { description: 'another', colour: 'blue', size: 'large' };

/** All that identity lets change in part. */
const UPDATABLE: Updatable[] = [
  { thing: 'role', make: () => make('roles', 'role'), changes: { ...texts, name: 'renamed-role' } },
  { thing: 'user', make: () => make('users', 'user'), changes: { ...texts, email: 'a@example.org', enabled: false } },
  { thing: 'group', make: () => make('groups', 'group'), changes: { ...texts, name: 'renamed-group' } },
  { thing: 'project', make: () => make('projects', 'project'), changes: { ...texts, enabled: false } },
  { thing: 'domain', make: () => make('domains', 'domain'), changes: { ...texts, enabled: false } },
  {
    thing: 'credential',
    make: async () => {
      const { user } = await cloud.call('POST', '/v3/users', { user: { name: newName('user') } });
      return await make('credentials', 'credential', { user_id: user.id, type: 'cert', blob: 'one' });
    },
    changes: { blob: 'two', type: 'other', colour: 'blue' },
  },
  { thing: 'region', make: () => put('regions', 'region'), changes: texts },
  {
    thing: 'service',
    make: () => make('services', 'service', { type: 'backup' }),
    changes: { ...texts, name: 'renamed-service', enabled: false },
  },
  {
    thing: 'endpoint',
    make: async () => {
      const values = { service_id: await serviceId(), interface: 'public', url: 'https://example.org' };
      return await make('endpoints', 'endpoint', values);
    },
    changes: { ...texts, url: 'https://example.com', enabled: false },
  },
  {
    thing: 'endpoint_group',
    make: () => make('OS-EP-FILTER/endpoint_groups', 'endpoint_group', { filters: { interface: 'public' } }),
    changes: { description: 'another', name: 'renamed-endpoint-group', filters: { interface: 'admin' } },
  },
  {
    thing: 'policy',
    make: () => make('policies', 'policy', { type: 'application/json', blob: '{}' }),
    changes: { colour: 'blue', type: 'text/plain', blob: 'another' },
  },
  {
    thing: 'registered_limit',
    make: registeredLimit,
    changes: { description: 'another', default_limit: 7, resource_name: 'renamed' },
  },
  {
    thing: 'limit',
    make: async () => {
      const { registered_limit } = await cloud.call('GET', await registeredLimit());
      const { project } = await cloud.call('POST', '/v3/projects', { project: { name: newName('project') } });
      const { service_id, resource_name } = registered_limit;
      const limit = { project_id: project.id, service_id, resource_name, resource_limit: 5 };
      const { limits } = await cloud.call('POST', '/v3/limits', { limits: [limit] });
      return `/v3/limits/${limits[0].id}`;
    },
    changes: { description: 'another', resource_limit: 7 },
  },
  {
    thing: 'identity_provider',
    make: () => put('OS-FEDERATION/identity_providers', 'identity_provider'),
    changes: { description: 'another', enabled: true, remote_ids: ['https://remote.example'] },
  },
  {
    thing: 'service_provider',
    make: () => {
      const values = { auth_url: 'https://a.example', sp_url: 'https://b.example' };
      return put('OS-FEDERATION/service_providers', 'service_provider', values);
    },
    changes: { description: 'another', enabled: true, auth_url: 'https://c.example', sp_url: 'https://d.example' },
  },
];

test.for(UPDATABLE)('of two changes of one $thing at once none is lost', async ({ thing, make, changes }) => {
  const two = fc.shuffledSubarray(Object.keys(changes), { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(two, async (names) => {
      const path = await make();
      const bodies = names.map((name) => ({ [thing]: { [name]: changes[name] } }));
      await Promise.all(bodies.map((body) => cloud.call('PATCH', path, body)));
      const shown = (await cloud.call('GET', path))[thing];
      await cloud.call('PATCH', path, { [thing]: { enabled: false } }).catch(() => undefined);
      await cloud.call('DELETE', path);
      expect(Object.fromEntries(names.map((name) => [name, shown[name]]))).toEqual(
        Object.fromEntries(names.map((name) => [name, changes[name]])),
      );
    }),
    { numRuns: 5 },
  );
});
