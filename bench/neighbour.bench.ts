// How long others wait for `GET /v1/status` while one caller sends the most that one request may be, over and over on
// several connections: bodies as large as they are read, filters, whole lists. What is refused counts as well.
import { setTimeout as delay } from 'node:timers/promises';
import { HttpClient } from './http-client.ts';
import { startSeededCloud } from './seeded-cloud.ts';
import { seedServers } from './seeded-servers.ts';
import { statusWaits, tellWaits } from './status-waits.ts';

const SERVERS = 10_000;
const CONNECTIONS = 4;
const SECONDS = 6;

type Asked = readonly [method: string, path: string, body?: unknown];

const { cloud } = await startSeededCloud();
try {
  const image = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
  seedServers(cloud.dataDir, SERVERS, image);
  const { token } = (
    await cloud.request('GET', '/identity/v3/auth/tokens', undefined, { 'x-subject-token': cloud.token })
  ).body;
  const rest = await statusWaits(cloud.url, () => delay(SECONDS * 1000));
  for (const [what, requests] of Object.entries(worst(token.user.id, token.project.id))) {
    tellWaits(what, await statusWaits(cloud.url, () => sendOver(requests)), rest);
  }
} finally {
  await cloud.destroy();
}

/** Each sort as large as `[http.limits]` lets it be by default. */
function worst(userId: string, projectId: string): Record<string, Asked[]> {
  const many = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const keys = (count: number) => Object.fromEntries(many(count, (index) => [`key-${index}`, 'v'.repeat(80)]));
  const nested = many(60, (index) => `${index}`).reduce<unknown>((inner, name) => ({ [name]: inner }), keys(900));
  const servers = '/compute/v2.1/servers/detail?all_tenants=1';
  const pattern = encodeURIComponent(`^${'(m|ma|a|.)?'.repeat(60)}zz$`);
  const rules = many(5_000, (index) => ({
    service: 'compute',
    method: 'GET',
    path: `/v2.1/${Date.now()}/${index}/**`,
  }));
  return {
    'one caller sends bodies of 2 MiB': [
      ['POST', '/identity/v3/users', { user: { name: 'x', blob: 'é'.repeat(1_000_000) } }],
      ['POST', '/compute/v2.1/os-keypairs', { keypair: { name: 'x', public_key: 'a'.repeat(2_000_000) } }],
    ],
    'one caller sends bodies of many keys and levels': [
      ['POST', '/compute/v2.1/servers', { server: nested }],
      ['POST', '/identity/v3/users', { user: many(19, () => keys(1_000)) }],
      ['PUT', `/identity/v3/projects/${projectId}/tags`, { tags: many(10_000, (index) => `tag-${index}`) }],
    ],
    'one caller sends access rules by the thousand': [
      [
        'POST',
        `/identity/v3/users/${userId}/application_credentials`,
        { application_credential: { name: 'many', access_rules: rules } },
      ],
    ],
    'one caller asks by patterns': [
      ['GET', `${servers}&name=${pattern}`],
      ['GET', `${servers}&ip=${encodeURIComponent(`^${'(1|10|0|.)?'.repeat(60)}zz$`)}`],
    ],
    'one caller asks with as many filters as a query may have': [
      ['GET', `/image/v2/images?${many(390, (index) => `tag=t${index}`).join('&')}`],
      ['GET', `/network/v2.0/ports?${many(390, (index) => `id=${index}`).join('&')}`],
      ['GET', `${servers}&${many(390, (index) => `f${index}=x`).join('&')}`],
    ],
    'one caller asks for whole lists': [
      ['GET', servers],
      ['GET', '/network/v2.0/ports'],
      ['GET', '/identity/v3/users'],
      ['GET', '/identity/v3/role_assignments?include_names'],
    ],
  };
}

async function sendOver(requests: readonly Asked[]): Promise<void> {
  const end = performance.now() + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, first) => {
      const client = new HttpClient(cloud.url, { 'x-auth-token': cloud.token });
      for (let round = first; performance.now() < end; round++) {
        const asked = requests[round % requests.length];
        if (!asked) return;
        const [method, path, body] = asked;
        await client.send(method, path, body).catch((error: Error) => {
          if (!/: 4\d\d /.test(error.message)) throw error;
        });
      }
      client.close();
    }),
  );
}
