import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../app/database/database.ts';
import { toJsonSchema } from '../../../app/http/json-schema.ts';
import { versionText } from '../../../app/http/microversion.ts';
import { schemaFor } from '../../../app/http/route.ts';
import { declaredServices } from '../../../app/modules.ts';
import { openDatabase, startCloud, type TestCloud, until } from '../../cloud.ts';
import { addTenant, type Tenant } from '../tenant.ts';
import { validFor } from './json-schema.arbitrary.ts';

const RUNS = 2;

/** What everybody may see: of the whole cloud, or of one's own domain. */
const OPEN: readonly RegExp[] = [
  /^(GET|HEAD) \/identity\/v3\/regions\/:region_id$/,
  /^GET \/identity\/v3\/domains\/:domain_id$/,
  /^GET \/identity\/v3\/domains\/:domain_id\/config\/security_compliance/,
  /^GET \/network\/v2\.0\/(networks|subnets)\/:id$/,
  /^GET \/network\/v2\.0\/extensions\/:alias$/,
  /^GET \/compute\/v2\.1\/extensions\/:alias$/,
  /^GET \/compute\/v2\.1\/os-quota-sets\/:projectId\/defaults$/,
  /^GET \/image\/v2\/schemas\/:name$/,
  /^GET \/v1\/hosts\/:id$/,
  /^POST \/v1\/image-catalog\/:id\/import$/,
];
/** Tables that tell of requests, not of what was changed by them; and which controller is there, every few seconds. */
const JOURNALS = ['audit_record', 'sqlite_sequence', 'task_owner'];

const MAPPING = { rules: [{ local: [{ user: { name: '{0}' } }], remote: [{ type: 'REMOTE_USER' }] }] };
/** Where the words of a body have to fit together before anything is looked for. */
const BODIES: Readonly<Record<string, readonly unknown[]>> = {
  'POST /identity/v3/users/:user_id/application_credentials': [{ application_credential: { name: 'stolen' } }],
  'PUT /identity/v3/OS-FEDERATION/mappings/:mapping_id': [{ mapping: MAPPING }],
  'PATCH /identity/v3/OS-FEDERATION/mappings/:mapping_id': [{ mapping: MAPPING }],
  'POST /compute/v2.1/servers/:serverId/remote-consoles': [{ remote_console: { protocol: 'vnc', type: 'novnc' } }],
  'PUT /compute/v2.1/servers/:serverId/metadata/:key': [{ meta: { key: 'stolen' } }],
  'PUT /compute/v2.1/images/:imageId/metadata/:key': [{ meta: { key: 'stolen' } }],
  'PATCH /image/v2/images/:id': [[{ replace: '/name', value: 'stolen' }]],
};

const routes = declaredServices().flatMap((service) =>
  service.routes
    .filter(({ path }) => path.includes(':'))
    .map((definition) => [`${definition.method} ${service.prefix}${definition.path}`, service, definition] as const)
    .filter(([name]) => !OPEN.some((pattern) => pattern.test(name))),
);

let database: Database;
let cloud: TestCloud;
let stranger: Tenant;
/** Ids of another project's things, by the collection and the parameter that name them. */
let things: Record<string, string>;

beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'simulated' });
  const owner = await addTenant(cloud, 'owner');
  stranger = await addTenant(cloud, 'stranger');
  things = await makeThings(owner);
  database = await openDatabase(cloud.dataDir);
}, 60_000);

afterAll(async () => {
  await database?.close();
  await cloud?.close();
});

async function makeThings(owner: Tenant): Promise<Record<string, string>> {
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const mine = { 'x-auth-token': owner.token, 'openstack-api-version': 'compute 2.96', ...headers };
    const answer = await cloud.request(method, path, body, mine);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const admin = { 'x-auth-token': cloud.token };
  const image = (await ask('POST', '/image/v2/images', { name: 'i', disk_format: 'raw', container_format: 'bare' }))
    .body;
  await ask('PUT', `/image/v2/images/${image.id}/tags/t`);
  const port = (await ask('POST', '/network/v2.0/ports', { port: { network_id: await defaultNetwork() } })).body.port;
  await ask('POST', '/compute/v2.1/os-keypairs', { keypair: { name: 'k', type: 'ssh', public_key: KEY } });
  const flavor = { name: 'secret', ram: 64, vcpus: 1, disk: 0, 'os-flavor-access:is_public': false };
  const { id: flavorId } = (await ask('POST', '/compute/v2.1/flavors', { flavor }, admin)).body.flavor;
  const tenant = { addTenantAccess: { tenant: owner.projectId } };
  await ask('POST', `/compute/v2.1/flavors/${flavorId}/action`, tenant, admin);
  const volume_type = { name: 'secret', 'os-volume-type-access:is_public': false };
  const { id: typeId } = (await ask('POST', '/volume/v3/types', { volume_type }, admin)).body.volume_type;
  const project = { addProjectAccess: { project: owner.projectId } };
  await ask('POST', `/volume/v3/types/${typeId}/action`, project, admin);
  await fill(image.id, owner.token);
  const wanted = {
    name: 's',
    imageRef: image.id,
    flavorRef: flavorId,
    networks: 'auto',
    metadata: { key: 'v' },
    tags: ['t'],
  };
  const launched = await ask('POST', '/compute/v2.1/servers', { server: wanted });
  const server: string = launched.body.server.id;
  await until('the machine', 30, async () =>
    (await ask('GET', `/compute/v2.1/servers/${server}`)).body.server.status === 'ACTIVE' ? true : undefined,
  );
  const actions = (await ask('GET', `/compute/v2.1/servers/${server}/os-instance-actions`)).body.instanceActions;
  const ports = (await ask('GET', `/network/v2.0/ports?device_id=${server}`)).body.ports;
  const tasks = (await ask('GET', '/v1/tasks')).body.tasks;
  const user = (await cloud.request('GET', '/identity/v3/users?name=owner')).body.users[0].id;
  const role = (await cloud.request('GET', '/identity/v3/roles?name=reader')).body.roles[0].id;
  const secret = await ask('POST', `/identity/v3/users/${user}/application_credentials`, {
    application_credential: { name: 'a' },
  });
  const blob = { credential: { type: 'cert', blob: 'x', user_id: user, project_id: owner.projectId } };
  const credential = (await ask('POST', '/identity/v3/credentials', blob)).body.credential.id;
  return {
    flavorId,
    type_id: typeId,
    'os-quota-sets/:id': owner.projectId,
    'default-types/:id': owner.projectId,
    serverId: server,
    'servers/:id': server,
    'images/:id': image.id,
    'ports/:id': port.id,
    portId: ports[0].id,
    'tasks/:id': tasks[0].id,
    requestId: actions[0].request_id,
    projectId: owner.projectId,
    project_id: owner.projectId,
    memberId: owner.projectId,
    user_id: user,
    role_id: role,
    prior_role_id: role,
    application_credential_id: secret.body.application_credential.id,
    credential_id: credential,
    domain_id: 'default',
    key: 'key',
    tag: 't',
    network: 'default',
    name: 'k',
    value: 't',
  };
}

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ+d0Jm5yFQ3zJ6sG8pW1qg1l9CzkE4k7w9bq3v1Q0xk x';

async function defaultNetwork(): Promise<string> {
  return (await cloud.request('GET', '/network/v2.0/networks')).body.networks[0].id;
}

async function fill(image: string, token: string): Promise<void> {
  const response = await fetch(`${cloud.url}/image/v2/images/${image}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': token, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(1024 * 1024),
  });
  if (response.status !== 204) throw new Error(`the image took no data: ${response.status} ${await response.text()}`);
}

/** Everything there is, but for what tells of requests. */
async function contents(): Promise<Map<string, string>> {
  const { query } = database;
  const tables = (await query.introspection.getTables()).filter(({ name }) => !JOURNALS.includes(name));
  const found = new Map<string, string>();
  for (const { name } of tables) {
    const { rows: all } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)}`.execute(query);
    // Housekeeping, whose tasks have the names of their kinds, goes on by itself.
    const rows = name === 'task' ? all.filter(({ id, kind }) => id !== kind) : all;
    // In an order that does not change where rows are written again.
    const lines = rows.map((row) => JSON.stringify(row)).sort();
    found.set(name, lines.join('\n'));
  }
  return found;
}

function changed(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...after].filter(([name, rows]) => rows !== before.get(name)).map(([name]) => name);
}

/** The path with the other project's ids; where it has no such thing, with an id of nothing. */
function pathOf(path: string): string {
  return path.replace(/(?:(\w+)\/)?:(\w+)/g, (_, collection: string | undefined, name: string) => {
    const known = things[`${collection}/:${name}`] ?? things[name] ?? '0123456789abcdef0123456789abcdef';
    return `${collection === undefined ? '' : `${collection}/`}${encodeURIComponent(known)}`;
  });
}

/** What a query has to say, if anything. */
function requiredQuery(schema: ReturnType<typeof schemaFor>): string {
  const { required = [], properties = {} } = schema ? toJsonSchema(schema, 'input') : {};
  return `?${new URLSearchParams(required.map((member) => [member, `${fc.sample(validFor(properties[member]), 1)[0]}`]))}`;
}

describe('things of another project are not there, and stay as they are', () => {
  test.each(routes)('%s', async (name, service, definition) => {
    const newest = service.microversions?.max ?? 1;
    const version = Math.min(newest, definition.until ?? newest);
    const schema = schemaFor(definition.body, version);
    const body = schema && toJsonSchema(schema, 'input');
    const before = await contents();
    const isUpload = definition.bodyTypes?.includes('application/octet-stream') ?? false;
    const valid = body ? validFor(body) : fc.constant(undefined);
    const search = requiredQuery(schemaFor(definition.query, version));
    const wishes = BODIES[name] ?? fc.sample(valid, { numRuns: RUNS, seed: 7 });
    for (const wish of wishes) {
      const response = await fetch(`${cloud.url}${service.prefix}${pathOf(definition.path)}${search}`, {
        method: definition.method,
        redirect: 'manual',
        headers: {
          'x-auth-token': stranger.token,
          ...(service.microversions && {
            'openstack-api-version': `${service.microversions.type} ${versionText(service, version)}`,
          }),
          ...((wish !== undefined || isUpload) && { 'content-type': definition.bodyTypes?.[0] ?? 'application/json' }),
        },
        ...(wish !== undefined && { body: JSON.stringify(wish) }),
        ...(isUpload && { body: 'x' }),
      });
      const text = await response.text();
      // What Nova took out says so of every server, whether there is one or not.
      const isRemoved = definition.rule === 'os_compute_api:removed';
      const refusals = isRemoved ? [410] : definition.isPublic ? [401, 403, 404] : [403, 404];
      expect(
        refusals,
        `${name} ${JSON.stringify(wish)?.slice(0, 200)}: ${response.status} ${text.slice(0, 300)}`,
      ).toContain(response.status);
    }
    expect(changed(before, await contents())).toEqual([]);
  });
});
