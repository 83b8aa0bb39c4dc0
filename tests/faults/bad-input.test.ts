import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultCloud, MICROVERSION, SMALLEST_FLAVOR } from './fault-cloud.ts';
import { hypervisorsOf } from './process-table.ts';

/** Made by nobody, unless a name is interpreted by a shell. */
const TRAP = join(tmpdir(), `cumulet-trap-${process.pid}`);

const DATA = [
  ['quotes', `it's "quoted"`],
  ['markup', '<script>alert(1)</script>&amp;'],
  ['a path upwards', '../../../../etc/passwd'],
  ['other scripts and emoji', '机器 🚀 ñandú'],
  ['formats', '%s%n%d %00'],
  ['options of QEMU', 'a,id=evil,file=/etc/shadow'],
  ['a dash in front', '-daemonize'],
  ['a command', `$(touch ${TRAP})\`touch ${TRAP}\`;touch ${TRAP}|&`],
  ['backslashes', '\\\\server\\share\\n'],
  ['255 characters', '名'.repeat(255)],
] as const;

const REFUSED = [
  ['nothing', ''],
  ['only spaces', '   '],
  ['a line break', 'two\nlines'],
  ['a zero byte', 'zero\0byte'],
  ['half a character', 'half \ud800'],
  ['256 characters', 'x'.repeat(256)],
  ['a number', 7],
  ['a list', ['name']],
  ['null', null],
] as const;

describe('names on real machines', () => {
  let cloud: FaultCloud;
  let image: string;

  beforeAll(async () => {
    cloud = await FaultCloud.create();
    await cloud.startController();
    await cloud.startAgent();
    image = await cloud.uploadGuest(`<image> "with", ../a name`);
  });

  afterAll(async () => {
    expect(await cloud.violations()).toEqual([]);
    await cloud?.destroy();
  });

  test.each(DATA)('a machine called with %s runs and keeps its name', async (_what, name) => {
    const id = await cloud.launch(image, { name, metadata: { note: `${name}`.slice(0, 255) }, description: name });
    const server = await cloud.serverIn(id, 'ACTIVE');
    expect(server).toMatchObject({ name, description: name, metadata: { note: name } });
    const [qemu] = hypervisorsOf(cloud.dataDir);
    expect(qemu?.commandLine).toBeDefined();
    expect(qemu?.commandLine.some((argument) => argument.includes(name))).toBe(false);
    expect(existsSync(TRAP)).toBe(false);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
  });

  test.each(REFUSED)('a name of %s is refused, and the answer names the field', async (_what, name) => {
    const server = { name, imageRef: image, flavorRef: SMALLEST_FLAVOR, networks: 'auto' };
    const { status, body } = await cloud.request('POST', '/compute/v2.1/servers', { server }, MICROVERSION);
    expect(status).toBe(400);
    expect(body.badRequest.message).toContain('server.name');
  });

  test('nothing is left of any of them', async () => {
    expect(await cloud.violations()).toEqual([]);
  });
});

describe('bodies of every shape', () => {
  let cloud: FaultCloud;
  let image: string;

  beforeAll(async () => {
    cloud = await FaultCloud.create();
    await cloud.startController();
    await cloud.startAgent({ hypervisor: 'simulated' });
    image = await cloud.uploadGuest();
  });

  afterAll(async () => {
    expect(await cloud.violations()).toEqual([]);
    await cloud?.destroy();
  });

  test('launching answers 202 or a 4xx with a message, never a 5xx', async () => {
    const valid = () => ({ name: 'fuzz', imageRef: image, flavorRef: SMALLEST_FLAVOR, networks: 'auto' });
    await fc.assert(
      fc.asyncProperty(
        changes(['name', 'imageRef', 'flavorRef', 'networks', ...SERVER_FIELDS]),
        fc.constantFrom('2.1', '2.37', '2.52', '2.90', '2.96'),
        async (changed, version) => {
          const server = { ...valid(), ...changed };
          const headers = { 'openstack-api-version': `compute ${version}` };
          const answer = await cloud.request('POST', '/compute/v2.1/servers', { server }, headers);
          expectAnswer(answer, [202]);
        },
      ),
      { numRuns: 300 },
    );
    await deleteAll();
  });

  test.each([
    ['POST', '/image/v2/images', ['name', 'disk_format', 'container_format', 'min_ram', 'tags', 'visibility', 'id']],
    ['POST', '/compute/v2.1/os-keypairs', ['keypair']],
    ['POST', '/compute/v2.1/flavors', ['flavor']],
    ['POST', '/identity/v3/auth/tokens', ['auth']],
    ['POST', '/network/v2.0/ports', ['port']],
    ['POST', '/v1/sign-in', ['code']],
  ] as const)('%s %s never answers a 5xx', async (method, path, fields) => {
    await fc.assert(
      fc.asyncProperty(changes(fields), async (body) => {
        expectAnswer(await cloud.request(method, path, body), [200, 201]);
      }),
      { numRuns: 100 },
    );
  });

  test('deeper in: keys, flavors and sign-ins with one wrong field each', async () => {
    const domain = { id: 'default' };
    const user = { name: 'admin', domain, password: 'wrong' };
    const bodies: [string, Record<string, unknown>, (changed: object) => unknown][] = [
      ['/compute/v2.1/os-keypairs', { name: 'k', type: 'ssh', public_key: 'ssh-rsa A' }, (keypair) => ({ keypair })],
      ['/compute/v2.1/flavors', { name: 'f', vcpus: 1, ram: 1, disk: 1, id: 'x' }, (flavor) => ({ flavor })],
      [
        '/identity/v3/auth/tokens',
        { methods: ['password'], password: { user } },
        (identity) => ({ auth: { identity, scope: { project: { name: 'admin', domain } } } }),
      ],
    ];
    for (const [path, valid, wrap] of bodies) {
      await fc.assert(
        fc.asyncProperty(changes(Object.keys(valid)), async (changed) => {
          expectAnswer(await cloud.request('POST', path, wrap({ ...valid, ...changed })), [200, 201]);
        }),
        { numRuns: 100 },
      );
    }
  });

  test('actions on a machine, and changes to machines and images', async () => {
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const server = `/compute/v2.1/servers/${id}`;
    const patch = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
    const actions = [
      'os-stop',
      'reboot',
      'pause',
      'lock',
      'os-getConsoleOutput',
      'os-resetState',
      'createImage',
      'nonsense',
    ];
    const requests: [string, string, readonly string[], (changed: object) => unknown, Record<string, string>][] = [
      ['POST', `${server}/action`, actions, (changed) => changed, MICROVERSION],
      [
        'PUT',
        server,
        ['name', 'description', 'accessIPv4', 'hostname'],
        (changed) => ({ server: changed }),
        MICROVERSION,
      ],
      ['POST', `${server}/remote-consoles`, ['protocol', 'type'], (asked) => ({ remote_console: asked }), MICROVERSION],
      ['POST', `${server}/metadata`, ['metadata'], (changed) => changed, MICROVERSION],
      ['PUT', `${server}/tags`, ['tags'], (changed) => changed, MICROVERSION],
      ['PATCH', `/image/v2/images/${image}`, ['op', 'path', 'value'], (change) => [change], patch],
      ['POST', `/v1/servers/${id}/power-off`, ['graceful', 'timeoutSeconds'], (changed) => changed, {}],
    ];
    for (const [method, path, fields, wrap, headers] of requests) {
      await fc.assert(
        fc.asyncProperty(changes(fields), async (changed) => {
          expectAnswer(await cloud.request(method, path, wrap(changed), headers), [200, 201, 202, 204]);
        }),
        { numRuns: 60 },
      );
    }
    await deleteAll();
  });

  test('what is no JSON at all is a 400', async () => {
    for (const text of ['', '{', '[]', 'null', '"text"', '{"server":', '\u0000', '{"__proto__":{"x":1}}']) {
      const response = await fetch(`${cloud.url}/compute/v2.1/servers`, {
        method: 'POST',
        headers: { 'x-auth-token': cloud.token, 'content-type': 'application/json' },
        body: text,
      });
      expect([text, response.status]).toEqual([text, 400]);
      await response.text();
    }
  });

  test('queries and ids of every shape', async () => {
    const paths = ['/compute/v2.1/servers/detail', '/image/v2/images', '/network/v2.0/ports', '/v1/tasks'];
    const names = ['limit', 'marker', 'sort_key', 'sort_dir', 'name', 'status', 'changes-since', 'all_tenants'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom(...names),
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('-1', '0', '1e9', '99999999999999999999', '[', '(?')),
        async (path, name, value) => {
          expectAnswer(await cloud.request('GET', `${path}?${name}=${encodeURIComponent(toWellFormed(value))}`), [200]);
        },
      ),
      { numRuns: 200 },
    );
    const ids = ['../../etc/passwd', '%00', "'; DROP TABLE task; --", 'x'.repeat(3000), '机器'];
    for (const id of ids) {
      for (const path of ['/compute/v2.1/servers/', '/image/v2/images/', '/v1/tasks/', '/network/v2.0/ports/']) {
        const { status } = await cloud.request('GET', path + encodeURIComponent(id));
        expect([path + id, status >= 400 && status < 500]).toEqual([path + id, true]);
      }
    }
  });

  async function deleteAll(): Promise<void> {
    const { body } = await cloud.request('GET', '/compute/v2.1/servers');
    const ids: string[] = body.servers.map(({ id }: { id: string }) => id);
    await Promise.all(ids.map((id) => cloud.deleteServer(id)));
    for (const id of ids) await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  }
});

const SERVER_FIELDS = [
  'adminPass',
  'metadata',
  'availability_zone',
  'block_device_mapping_v2',
  'config_drive',
  'description',
  'hostname',
  'key_name',
  'security_groups',
  'tags',
  'user_data',
  'accessIPv4',
  'no_such_field',
];

/** Some fields, with values nobody would send on purpose. */
function changes(fields: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const absurd = fc.constantFrom<unknown>(
    ...['', ' ', '\0', '\n', '../..', `$(touch ${TRAP})`, '<b>', '%s', 'x'.repeat(70_000), '💥', '__proto__'],
    ...[-1, 0, 1.5, 1e308, Number.MAX_SAFE_INTEGER, true, null, [], {}, [[]], [null], { uuid: 7 }, [{ uuid: 'x' }]],
  );
  const text = fc.string({ unit: 'binary', maxLength: 300 }).map(toWellFormed);
  const value = fc.oneof(absurd, text, fc.jsonValue({ maxDepth: 3 }));
  return fc
    .array(fc.tuple(fc.constantFrom(...fields), value), { minLength: 1, maxLength: 3 })
    .map((pairs) => Object.fromEntries(pairs));
}

function toWellFormed(text: string): string {
  return text.toWellFormed();
}

/** One of `good`, or a 4xx that says something. */
function expectAnswer(answer: { status: number; body: any }, good: readonly number[]): void {
  if (good.includes(answer.status)) return;
  expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
  expect(JSON.stringify(answer.body).length).toBeGreaterThan(10);
}
