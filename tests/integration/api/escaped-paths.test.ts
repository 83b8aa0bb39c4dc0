import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { declaredServices } from '../../../app/modules.ts';
import { startCloud, type TestCloud } from '../../cloud.ts';

/** What no character is escaped to: no hexadecimal numbers, and half ones and forbidden ones of UTF-8. */
const BROKEN = ['%4', 'a%', '%u0041', '%C0%AF', '%', '%zz', '%E0%A4%A', '%ED%A0%80'];
/** Names that mean another one when they are decoded twice, or cannot be. */
const NAMES = ['%41', 'A', '%2541', '%2F', '%252F', '100%', '%', '%zz', '%ff', 'a+b', 'a b', '名%E5', '%00', '..%2f'];

const routes = declaredServices().flatMap((service) =>
  service.routes.map(
    ({ method, path }) => [`${method} ${service.prefix}${path}`, { method, prefix: service.prefix, path }] as const,
  ),
);
const withParameter = routes.filter(([, { path }]) => path.includes('/:'));

let cloud: TestCloud;
let imageId: string;
let serverId: string;
let projectId: string;

beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'simulated' });
  const image = { name: 'bytes', disk_format: 'raw', container_format: 'bare' };
  imageId = (await cloud.request('POST', '/image/v2/images', image)).body.id;
  const headers = { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' };
  await fetch(`${cloud.url}/image/v2/images/${imageId}/file`, { method: 'PUT', headers, body: new Uint8Array(512) });
  const server = { name: 'tagged', imageRef: imageId, flavorRef: '42', networks: 'auto' };
  const launched = await cloud.request('POST', '/compute/v2.1/servers', { server }, COMPUTE);
  serverId = launched.body.server.id;
  await vi.waitFor(async () => {
    const { body } = await cloud.request('GET', `/compute/v2.1/servers/${serverId}`);
    expect(body.server.status).toBe('ACTIVE');
  }, 30_000);
  projectId = (await cloud.request('GET', '/identity/v3/auth/projects')).body.projects[0].id;
});
afterAll(() => cloud?.close());

const COMPUTE = { 'openstack-api-version': 'compute 2.90' };

describe('a path that is not escaped as paths are is 400', () => {
  test.each(withParameter)('%s', async (_name, { method, prefix, path }) => {
    for (const broken of BROKEN) {
      const filled = path.replace(/:\w+/g, broken);
      const { status, body } = await cloud.request(method, prefix + filled);
      expect({ broken, status, body }).toMatchObject({ broken, status: 400 });
    }
  });

  test.each(['/nowhere/%zz', '/assets/%zz', '/%', '/bus/images/%zz', '/v1/events/%ff'])('%s', async (path) => {
    expect((await cloud.request('GET', path)).status).toBe(400);
  });
});

describe('a query that is not escaped as queries are is no failure of the server', () => {
  test.each(routes.filter(([, { method }]) => method === 'GET'))('%s', async (_name, { method, prefix, path }) => {
    const filled = path.replace(/:\w+/g, randomUUID());
    for (const broken of BROKEN.slice(-4)) {
      for (const query of [`name=${broken}&${broken}=1`, `limit=${broken}&marker=${broken}&sort_key=${broken}`]) {
        const { status, body } = await cloud.request(method, `${prefix}${filled}?${query}`);
        expect({ query, body: status >= 500 ? body : '' }).toEqual({ query, body: '' });
      }
    }
  });
});

/** Things whose names stand in paths: how one is made, looked at and removed, and what names there are. */
const NAMED: Record<
  string,
  {
    path(name: string): string;
    body?: object;
    names(): Promise<string[]>;
    isShown: boolean;
  }
> = {
  'tags of an image': {
    path: (name) => `/image/v2/images/${imageId}/tags/${name}`,
    names: async () => (await cloud.request('GET', `/image/v2/images/${imageId}`)).body.tags,
    isShown: false,
  },
  'tags of a server': {
    path: (name) => `/compute/v2.1/servers/${serverId}/tags/${name}`,
    names: async () =>
      (await cloud.request('GET', `/compute/v2.1/servers/${serverId}/tags`, undefined, COMPUTE)).body.tags,
    isShown: true,
  },
  'tags of a project': {
    path: (name) => `/identity/v3/projects/${projectId}/tags/${name}`,
    names: async () => (await cloud.request('GET', `/identity/v3/projects/${projectId}/tags`)).body.tags,
    isShown: true,
  },
  'identity providers': {
    path: (name) => `/identity/v3/OS-FEDERATION/identity_providers/${name}`,
    body: { identity_provider: { enabled: true } },
    names: async () =>
      (await cloud.request('GET', '/identity/v3/OS-FEDERATION/identity_providers')).body.identity_providers.map(
        ({ id }: { id: string }) => id,
      ),
    isShown: true,
  },
};

describe('a name in a path is decoded once', () => {
  test.each(Object.entries(NAMED))('%s', async (_name, { path, body, names, isShown }) => {
    const before = await names();
    const taken: string[] = [];
    for (const name of NAMES) {
      const { status, headers } = await cloud.request('PUT', path(encodeURIComponent(name)), body, COMPUTE);
      if (status === 400) continue;
      expect([200, 201, 204], name).toContain(status);
      taken.push(name);
      const location = headers.get('location');
      if (location !== null) expect(new URL(location).pathname).toBe(path(encodeURIComponent(name)));
    }
    expect(taken).toContain('100%');
    expect((await names()).sort()).toEqual([...before, ...taken].sort());
    for (const name of taken) {
      const there = await cloud.request('GET', path(encodeURIComponent(name)), undefined, COMPUTE);
      if (isShown) expect([200, 204], name).toContain(there.status);
      const gone = await cloud.request('DELETE', path(encodeURIComponent(name)), undefined, COMPUTE);
      expect([name, gone.status]).toEqual([name, 204]);
      expect(await names()).not.toContain(name);
    }
    expect((await names()).sort()).toEqual([...before].sort());
  });
});
