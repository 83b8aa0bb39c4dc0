import { z } from 'zod';
import { hoistTitled, type JsonSchema, toJsonSchema } from './json-schema.ts';
import { type Microversion, versionText } from './microversion.ts';
import {
  type FaultStyle,
  type RouteDefinition,
  rulesOf,
  type ServiceDefinition,
  schemaFor,
  statusFor,
} from './route.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  schema: JsonSchema;
  style?: 'form';
  explode?: true;
}
interface Content {
  content: Record<string, { schema: JsonSchema }>;
}

export interface Operation {
  operationId: string;
  summary?: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { required: boolean } & Content;
  responses: Record<string, { description: string } & Partial<Content>>;
  security?: Record<string, never[]>[];
  /** With several, the body or the query tell which. */
  'x-openstack-rules'?: readonly string[];
  'x-openstack-min-version'?: string;
  'x-openstack-max-version'?: string;
  'x-openstack-long-work'?: true;
}

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> };
  security: Record<string, never[]>[];
}

const SCHEMAS = '#/components/schemas/';
const FAULT = 'Fault';
const JSON_TYPE = 'application/json';

/** What a service offers in a microversion, as an OpenAPI 3.1 document. Everything in it follows from its routes. */
export function openApiDocument(service: ServiceDefinition, version: Microversion): OpenApiDocument {
  const schemas: Record<string, JsonSchema> = { [FAULT]: FAULTS[service.faults] };
  const paths: OpenApiDocument['paths'] = {};
  for (const definition of service.routes) {
    if (version < (definition.since ?? 0) || version > (definition.until ?? Infinity)) continue;
    const path = templateOf(service, definition);
    paths[path] ??= {};
    paths[path][definition.method.toLowerCase()] = operationOf(service, definition, version, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { title: `Cumulet ${service.name}`, version: service.microversions ? versionText(service, version) : '1' },
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
    },
    security: [{ token: [] }],
  };
}

/** `GET <root>/openapi.json`: public, as version discovery is. */
export function descriptionRoute(service: ServiceDefinition): RouteDefinition {
  const made = new Map<Microversion, unknown>();
  return {
    method: 'GET',
    path: '/openapi.json',
    rule: '',
    isPublic: true,
    answer: z.looseObject({ openapi: z.string() }),
    handler: async ({ version }) => {
      const document = made.get(version) ?? openApiDocument(service, version);
      made.set(version, document);
      return document;
    },
  };
}

/** `/compute/v2.1/servers/:serverId` as OpenAPI writes it. */
function templateOf(service: ServiceDefinition, { path }: RouteDefinition): string {
  return `${service.prefix}${path}`.replace(/:(\w+)/g, '{$1}') || '/';
}

function operationOf(
  service: ServiceDefinition,
  definition: RouteDefinition,
  version: Microversion,
  schemas: Record<string, JsonSchema>,
): Operation {
  const { method, path, isPublic, since, until, summary } = definition;
  const hoist = (schema: JsonSchema) => hoistTitled(schema, schemas, SCHEMAS);
  const read = (declared: RouteDefinition['answer'], io: 'input' | 'output') => {
    const schema = schemaFor(declared, version);
    return schema && hoist(toJsonSchema(schema, io));
  };
  const body = read(definition.body, 'input');
  const answer = read(definition.answer, 'output');
  const answerTypes = definition.answerTypes ?? (answer ? [JSON_TYPE] : []);
  const success = statusFor(definition, version);
  const description = definition.isLongWork ? 'Accepted: the work goes on as a task.' : 'Done.';
  const bodyTypes = definition.bodyTypes ?? [JSON_TYPE];
  const emptyStatuses = [definition.emptyStatus ?? [], definition.otherEmptyStatuses ?? []].flat();
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^\w]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...(summary && { summary }),
    tags: [service.name],
    parameters: [...pathParameters(path), ...queryParameters(definition, version, hoist)],
    ...((body || definition.bodyTypes) && {
      requestBody: {
        required: true,
        content: contentOf(bodyTypes, body),
      },
    }),
    responses: {
      [success]: {
        description,
        ...(answerTypes.length > 0 && { content: contentOf(answerTypes, answer) }),
      },
      ...Object.fromEntries(emptyStatuses.map((status) => [status, { description }])),
      default: {
        description: 'A fault.',
        content: { [JSON_TYPE]: { schema: { $ref: `${SCHEMAS}${FAULT}` } } },
      },
    },
    ...(isPublic ? { security: [] } : { 'x-openstack-rules': rulesOf(definition) }),
    ...(since !== undefined && { 'x-openstack-min-version': versionText(service, since) }),
    ...(until !== undefined && { 'x-openstack-max-version': versionText(service, until) }),
    ...(definition.isLongWork && { 'x-openstack-long-work': true as const }),
  };
}

function contentOf(types: readonly string[], schema: JsonSchema | undefined): Content['content'] {
  return Object.fromEntries(types.map((type) => [type, { schema: schema ?? {} }]));
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

/** A query that is open (any name may be a filter) is one exploded parameter. */
function queryParameters(
  { query }: RouteDefinition,
  version: Microversion,
  hoist: (schema: JsonSchema) => JsonSchema,
): Parameter[] {
  const schema = schemaFor(query, version);
  if (!schema) return [];
  const { properties = {}, required = [], additionalProperties } = toJsonSchema(schema, 'input');
  const named = Object.entries(properties).map(
    ([name, part]): Parameter => ({ name, in: 'query', required: required.includes(name), schema: hoist(part) }),
  );
  if (typeof additionalProperties !== 'object') return named;
  const filters: Parameter = {
    name: 'filters',
    in: 'query',
    required: false,
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties },
  };
  return [...named, filters];
}

const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer' };

function fault(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** The bodies of fault.ts. */
const FAULTS: Record<FaultStyle, JsonSchema> = {
  nova: {
    description: 'One member, named after the status, such as itemNotFound.',
    type: 'object',
    additionalProperties: fault({ code: whole, message: text }),
  },
  keystone: fault({ error: fault({ code: whole, message: text, title: text }) }),
  glance: fault({ code: text, title: text, message: text }),
  neutron: fault({ NeutronError: fault({ type: text, message: text, detail: text }) }),
  placement: fault({
    errors: {
      type: 'array',
      items: {
        ...fault({ status: whole, title: text, detail: text, request_id: text }),
        properties: { status: whole, title: text, detail: text, request_id: text, code: text },
      },
    },
  }),
  v1: fault({
    error: {
      ...fault({ kind: text, code: text, origin: text, message: text }),
      properties: { kind: text, code: text, origin: text, message: text, hint: text, field: text },
    },
  }),
};
