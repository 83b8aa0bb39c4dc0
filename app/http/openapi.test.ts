import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { declaredServices } from '../modules.ts';
import { EdgeFixture } from './edge.fixture.ts';
import { type OpenApiDocument, openApiDocument } from './openapi.ts';
import { route, type ServiceDefinition } from './route.ts';

const services = declaredServices();

test.each(services.map((service) => [service.name, service] as const))(
  'the document of %s is OpenAPI 3.1 in every microversion that changes it',
  async (_name, service) => {
    const { min, max } = service.microversions ?? { min: 1, max: 1 };
    const seen = new Set<string>();
    for (let version = min; version <= max; version += 1) {
      const text = JSON.stringify({ ...openApiDocument(service, version), info: { title: 'any', version: '1' } });
      if (seen.has(text)) continue;
      seen.add(text);
      const document = JSON.parse(text);
      const { valid, errors } = await new Validator().validate(document);
      expect({ version, valid, errors }).toEqual({ version, valid: true, errors: undefined });
    }
  },
);

test('the same operation is not described twice', () => {
  for (const service of services) {
    const document = openApiDocument(service, service.microversions?.max ?? 1);
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  }
});

const thing = z.strictObject({ id: z.string(), size: z.number().int() }).meta({ title: 'Thing' });
const service: ServiceDefinition = {
  name: 'demo',
  prefix: '/demo/v1',
  root: '/demo',
  faults: 'nova',
  microversions: { type: 'demo', min: 1, max: 9 },
  routes: [
    route({
      method: 'POST',
      path: '/things/:id/grow',
      rule: 'demo:grow',
      since: 2,
      isLongWork: true,
      status: 202,
      query: z.strictObject({ by: z.string().transform(Number).optional() }),
      body: (version) => z.strictObject({ why: z.string().max(version) }),
      answer: z.strictObject({ thing }),
      handler: async () => ({ thing: { id: 'a', size: 1 } }),
    }),
  ],
};

test('a route is described as declared, in the version asked for', () => {
  expect(openApiDocument(service, 1).paths).toEqual({});
  const document = openApiDocument(service, 5);
  expect(document.components.schemas.Thing).toMatchObject({ type: 'object', required: ['id', 'size'] });
  expect(document.paths['/demo/v1/things/{id}/grow']?.post).toMatchObject({
    parameters: [
      { name: 'id', in: 'path', required: true },
      { name: 'by', in: 'query', required: false, schema: { type: 'string' } },
    ],
    requestBody: { content: { 'application/json': { schema: { properties: { why: { maxLength: 5 } } } } } },
    responses: {
      202: {
        content: { 'application/json': { schema: { properties: { thing: { $ref: '#/components/schemas/Thing' } } } } },
      },
    },
    'x-openstack-rules': ['demo:grow'],
    'x-openstack-min-version': '2.2',
    'x-openstack-long-work': true,
  });
});

test('the edge serves it to everybody, for the microversion of the header', async () => {
  const fixture = await EdgeFixture.open([service], { rules: [{ name: 'demo:grow', check: '@' }] });
  try {
    const first = (await fixture.send('/demo/openapi.json')).json as OpenApiDocument;
    expect(first.info.version).toBe('2.1');
    const headers = { 'openstack-api-version': 'demo 2.7' };
    const seventh = await fixture.send('/demo/openapi.json', { headers });
    expect(seventh.json).toEqual(JSON.parse(JSON.stringify(openApiDocument(service, 7))));
    expect(seventh.headers['openstack-api-version']).toBe('demo 2.7');
  } finally {
    await fixture.close();
  }
});
