import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toJsonSchema } from '../../../app/http/json-schema.ts';
import { versionText } from '../../../app/http/microversion.ts';
import { type RouteDefinition, type ServiceDefinition, schemaFor } from '../../../app/http/route.ts';
import { declaredServices } from '../../../app/modules.ts';
import { startCloud, type TestCloud } from '../../cloud.ts';
import { brokenFor, validFor } from './json-schema.arbitrary.ts';

/** Long enough for the slowest valid request: a password that is hashed. */
const HANG_MS = 20_000;
const RUNS = 6;
/** Of what takes long, a try is enough. */
const LONG_RUNS = 1;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
});
afterAll(async () => {
  await cloud.close();
});

interface Asked {
  service: ServiceDefinition;
  definition: RouteDefinition;
  version: number;
}
const routes = declaredServices().flatMap((service) =>
  service.routes
    .filter(({ bodyTypes }) => !bodyTypes?.includes('application/octet-stream'))
    .map((definition) => {
      const newest = service.microversions?.max ?? 1;
      const asked: Asked = { service, definition, version: Math.min(newest, definition.until ?? newest) };
      return [`${definition.method} ${service.prefix}${definition.path}`, asked] as const;
    }),
);

const segment = fc.oneof(fc.uuid(), fc.constantFrom('0', 'x'.repeat(255), '名 %', "a'; --", '\u202e', 'constructor'));

async function send({ service, definition, version }: Asked, params: string[], query: object, body: unknown) {
  const rest = [...params];
  const path = definition.path.replace(/:\w+/g, () => encodeURIComponent(rest.shift() ?? 'x'));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each).toWellFormed());
  }
  const { microversions } = service;
  const response = await fetch(`${cloud.url}${service.prefix}${path}?${search}`, {
    method: definition.method,
    redirect: 'manual',
    signal: AbortSignal.timeout(HANG_MS),
    headers: {
      'x-auth-token': cloud.token,
      ...(microversions && { 'openstack-api-version': `${microversions.type} ${versionText(service, version)}` }),
      ...(body !== undefined && { 'content-type': definition.bodyTypes?.[0] ?? 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const paramsOf = ({ definition }: Asked) =>
  fc.array(segment, { minLength: 4, maxLength: 4 }).map((list) => list.slice(0, definition.path.split(':').length - 1));

/**
 * Refined by what JSON Schema has no short words for: either id or name, one of several conditions, a method once in a
 * list. These are sent as well; only that the schema says all it wants is not asked of them.
 */
const REFINED = [
  'POST /identity/v3/auth/tokens',
  'POST /identity/v3/users',
  'PATCH /identity/v3/users/:user_id',
  'POST /identity/v3/users/:user_id/application_credentials',
  'POST /identity/v3/OS-TRUST/trusts',
  'PUT /identity/v3/OS-FEDERATION/mappings/:mapping_id',
  'PATCH /identity/v3/OS-FEDERATION/mappings/:mapping_id',
  // A change names something.
  'PATCH /identity/v3/regions/:region_id',
  'PATCH /identity/v3/services/:service_id',
  'PATCH /identity/v3/endpoints/:endpoint_id',
  'PATCH /identity/v3/policies/:policy_id',
  'PATCH /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id',
  'PATCH /identity/v3/OS-OAUTH1/consumers/:consumer_id',
  'PUT /volume/v3/types/:type_id',
  'PUT /volume/v3/group_types/:group_type_id',
  // An address or a word.
  'POST /v1/sign-in/oidc',
];

/** Every wish of every route is checked before anything is done, by a schema that says all it wants. */
describe('what the declared schema allows, the schema takes', () => {
  test.each(routes.filter(([name]) => !REFINED.includes(name)))('%s', (_name, { definition, version }) => {
    for (const declared of [definition.query, definition.body]) {
      const schema = schemaFor(declared, version);
      if (!schema) continue;
      const values = validFor(toJsonSchema(schema, 'input'));
      fc.assert(
        fc.property(values, (value) => {
          const { error } = schema.safeParse(value);
          expect(error?.issues ?? []).toEqual([]);
        }),
        { numRuns: 20 },
      );
    }
  });
});

describe('never a 5xx, never a hang', () => {
  test.each(routes)('%s', async (_name, asked) => {
    const { definition, version } = asked;
    const bodySchema = schemaFor(definition.body, version);
    const querySchema = schemaFor(definition.query, version);
    const bodyJson = bodySchema && toJsonSchema(bodySchema, 'input');
    const queryJson = querySchema && toJsonSchema(querySchema, 'input');
    const isFine = fc.record({
      params: paramsOf(asked),
      query: queryJson ? validFor(queryJson) : fc.constant({}),
      body: bodyJson ? validFor(bodyJson) : fc.constant(undefined),
    });
    const isBroken = fc.record({
      params: paramsOf(asked),
      query: queryJson ? brokenFor(queryJson) : fc.constant({}),
      body: bodyJson ? brokenFor(bodyJson) : fc.constant(undefined),
    });
    await fc.assert(
      fc.asyncProperty(isFine, async ({ params, query, body }) => {
        const { status, text } = await send(asked, params, query as object, body);
        expect({ status, text: status >= 500 ? text : '' }).toEqual({ status: expect.any(Number), text: '' });
      }),
      { numRuns: definition.isLongWork ? LONG_RUNS : RUNS },
    );
    await fc.assert(
      fc.asyncProperty(isBroken, async ({ params, query, body }) => {
        const asObject = typeof query === 'object' && query !== null ? query : {};
        const { status, text } = await send(asked, params, asObject, body);
        expect({ status, text: status >= 500 ? text : '' }).toEqual({ status: expect.any(Number), text: '' });
        if (body !== undefined && bodySchema && !bodySchema.safeParse(JSON.parse(JSON.stringify(body))).success) {
          expect(status, `${JSON.stringify(body).slice(0, 300)} was taken`).toBeGreaterThanOrEqual(400);
        }
      }),
      { numRuns: definition.isLongWork ? LONG_RUNS : RUNS },
    );
  });
});

describe('bodies that mean harm are refused by name', () => {
  const post = async (path: string, body: string) => {
    const headers = { 'x-auth-token': cloud.token, 'content-type': 'application/json' };
    const response = await fetch(cloud.url + path, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };
  const places = [
    ['/compute/v2.1/os-keypairs', 'keypair'],
    ['/identity/v3/projects', 'project'],
    ['/network/v2.0/ports', 'port'],
  ] as const;

  test.each(places)('%s', async (path, thing) => {
    const name = JSON.stringify('n'.repeat(10 * 1024 * 1024));
    expect((await post(path, `{"${thing}": {"name": ${name}}}`)).status).toBe(413);
    for (const [body, field] of [
      [`{"${thing}": {"name": "a", "name": "b"}}`, `${thing}.name`],
      [`{"${thing}": {"__proto__": {"isAdmin": true}}}`, '__proto__'],
      [`{"${thing}": ${'['.repeat(5000)}${']'.repeat(5000)}}`, thing],
      [`{"${thing}": "a"}`, thing],
      [`{"${thing}": {"name": {"a": 1}}}`, 'name'],
    ] as const) {
      const { status, text } = await post(path, body);
      expect({ body: body.slice(0, 60), status, names: text.includes(field) }).toEqual({
        body: body.slice(0, 60),
        status: 400,
        names: true,
      });
    }
  });

  test('what only the cloud sets cannot be set', async () => {
    for (const [path, body] of [
      ['/compute/v2.1/os-keypairs', { keypair: { name: 'a', fingerprint: 'x' } }],
      ['/network/v2.0/ports', { port: { network_id: crypto.randomUUID(), status: 'ACTIVE' } }],
      ['/compute/v2.1/flavors', { flavor: { name: 'a', ram: 1, vcpus: 1, disk: 0, 'OS-FLV-DISABLED:disabled': true } }],
    ] as const) {
      const { status, text } = await post(path, JSON.stringify(body));
      expect([status, text.includes('unknown field/attribute')]).toEqual([400, true]);
    }
  });
});
