import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonSchema } from '../app/http/json-schema.ts';
import type { Microversion } from '../app/http/microversion.ts';
import { type OpenApiDocument, type Operation, openApiDocument } from '../app/http/openapi.ts';
import type { ServiceDefinition } from '../app/http/route.ts';
import { declaredServices } from '../app/modules.ts';

/**
 * `api.lock`: what the APIs promise, a line for each route and each field, sorted, so that a change of a promise is
 * seen as the lines it changes. A field that not all microversions have says which do.
 */
export function lockLines(services: readonly ServiceDefinition[]): string[] {
  return services
    .flatMap((service) => {
      const { min, max } = service.microversions ?? { min: 1, max: 1 };
      const versionsOf = new Map<string, Microversion[]>();
      for (let version = min; version <= max; version++) {
        for (const line of new Set(documentLines(openApiDocument(service, version)))) {
          const versions = versionsOf.get(line);
          if (versions) versions.push(version);
          else versionsOf.set(line, [version]);
        }
      }
      return [...versionsOf].map(([line, versions]) =>
        versions.length === max - min + 1 ? line : `${line}  [${ranges(versions, service.microversions?.major)}]`,
      );
    })
    .sort();
}

/** `2.1-2.35, 2.40` */
export function ranges(versions: readonly Microversion[], major = 2): string {
  const parts: { first: number; last: number }[] = [];
  for (const version of versions) {
    const open = parts.at(-1);
    if (open && open.last === version - 1) open.last = version;
    else parts.push({ first: version, last: version });
  }
  const text = (version: Microversion) => `${major}.${version}`;
  return parts.map(({ first, last }) => (first === last ? text(first) : `${text(first)}-${text(last)}`)).join(', ');
}

function documentLines({ info, paths, components }: OpenApiDocument): string[] {
  const service = info.title.replace(/^Cumulet /, '');
  return [
    ...Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        operationLines(`${path} ${method.toUpperCase()}`, operation),
      ),
    ),
    ...Object.entries(components.schemas).flatMap(([title, schema]) =>
      fieldLines(`${service} schema ${title}`, '', schema, false),
    ),
  ];
}

function operationLines(call: string, operation: Operation): string[] {
  const answers = Object.entries(operation.responses).filter(([status]) => status !== 'default');
  const rules = operation['x-openstack-rules'];
  const facts = [
    answers.map(([status]) => status).join(' or '),
    rules ? `by ${rules.join(' or ')}` : 'public',
    ...(operation['x-openstack-long-work'] ? ['as a task'] : []),
  ];
  return [
    `${call}: ${facts.join(', ')}`,
    ...operation.parameters.flatMap(({ in: place, name, required, schema, explode }) =>
      place === 'path' ? [] : fieldLines(`${call} query`, explode ? '*' : name, schema, !required),
    ),
    ...contentLines(`${call} body`, operation.requestBody?.content),
    ...answers.flatMap(([, { content }]) => contentLines(`${call} answer`, content)),
  ];
}

function contentLines(place: string, content: Record<string, { schema: JsonSchema }> | undefined): string[] {
  return Object.entries(content ?? {}).flatMap(([type, { schema }]) =>
    type === 'application/json' ? fieldLines(place, '', schema, false) : [`${place} as ${type}`],
  );
}

/** The line of a field, and those of the fields in it. */
function fieldLines(place: string, path: string, schema: JsonSchema, isOptional: boolean): string[] {
  const inner: string[] = [];
  const type = typeOf(schema, path, (at, part, optional) => inner.push(...fieldLines(place, at, part, optional)));
  return [`${place}${path === '' ? '' : ` ${path}`}${isOptional ? '?' : ''}: ${type}`, ...inner];
}

type Descend = (path: string, schema: JsonSchema, isOptional: boolean) => void;

/** What is said of every schema, or said otherwise below. */
const SAID = new Set(
  ['title', 'description', 'type', 'const', 'enum', 'anyOf', 'oneOf', 'allOf', 'properties', 'required'].concat(
    ...['additionalProperties', 'items', 'prefixItems', 'propertyNames', '$ref', 'default', 'examples', 'id'],
  ),
);
/** Formats of zod, which bring a long pattern that says the same. */
const KNOWN_FORMATS = ['date-time', 'date', 'uuid', 'email', 'ipv4', 'ipv6', 'uri'];

function typeOf(schema: JsonSchema | boolean | undefined, path: string, descend: Descend): string {
  if (schema === undefined || typeof schema === 'boolean') return 'any';
  const { type, $ref } = schema;
  if ($ref) return $ref.slice($ref.lastIndexOf('/') + 1) + boundsOf(schema);
  if ('const' in schema) return JSON.stringify(schema.const) + boundsOf(schema);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ') + boundsOf(schema);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) {
    const mark = schema.allOf ? ' & ' : ' | ';
    const members = choices.filter(({ properties, items }) => properties ?? items).length;
    const parts = choices.map((part, index) => {
      const own = members > 1 ? `${path}(${index + 1})` : path;
      return typeOf(part, own, descend);
    });
    return parts.join(mark) + boundsOf(schema);
  }
  if (Array.isArray(type)) {
    return type.map((one) => typeOf({ ...schema, type: one }, path, descend)).join(' | ');
  }
  if (type === 'array') {
    if (schema.prefixItems) {
      const items = schema.prefixItems.map((part, index) => typeOf(part, `${path}[${index}]`, descend));
      return `[${items.join(', ')}]${boundsOf(schema)}`;
    }
    const item = typeOf(schema.items, `${path}[]`, descend);
    return `${item.includes(' ') ? `(${item})` : item}[]${boundsOf(schema)}`;
  }
  if (type === 'object' || schema.properties) {
    const { properties = {}, required = [], additionalProperties } = schema;
    const join = path === '' ? '' : `${path}.`;
    for (const [name, part] of Object.entries(properties)) descend(`${join}${name}`, part, !required.includes(name));
    if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0) {
      descend(`${join}*`, additionalProperties, true);
    }
    const isClosed = additionalProperties === false || additionalProperties === undefined;
    const names = typeOf(schema.propertyNames, path, descend);
    const named = names === 'any' || names === 'string' ? '' : ` with names ${names}`;
    return `${isClosed ? 'object' : 'object of any'}${named}${boundsOf(schema)}`;
  }
  return (type ?? 'any') + boundsOf(schema);
}

/** Bounds, format and default, each only where there is one. */
function boundsOf(schema: JsonSchema): string {
  const { format, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, ...rest } = schema;
  const [least, most] = [minimum ?? minLength ?? minItems, maximum ?? maxLength ?? maxItems];
  const isSafe = most === Number.MAX_SAFE_INTEGER && (least === undefined || least === Number.MIN_SAFE_INTEGER);
  return [
    ...(least !== undefined || most !== undefined ? (isSafe ? [] : [` ${limit(least)}..${limit(most)}`]) : []),
    ...(format === undefined ? [] : [` ${format}`]),
    ...(pattern === undefined || KNOWN_FORMATS.includes(String(format)) ? [] : [` /${pattern}/`]),
    ...Object.entries(rest).flatMap(([keyword, value]) =>
      SAID.has(keyword) ? [] : [` ${keyword}=${JSON.stringify(value)}`],
    ),
    ...('default' in rest ? [` = ${JSON.stringify(rest.default)}`] : []),
  ].join('');
}

function limit(value: unknown): string {
  const isNone = value === undefined || Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
  return isNone ? '' : String(value);
}

/** Lines that one has and the other has not, as `- ` and `+ `, beside each other where they sort. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !has.has(line)).map((line) => ({ line, mark: '-' })),
    ...after.filter((line) => !had.has(line)).map((line) => ({ line, mark: '+' })),
  ]
    .sort((a, b) => (a.line < b.line ? -1 : a.line > b.line ? 1 : 0))
    .map(({ line, mark }) => `${mark} ${line}`);
}

const SHOWN = 60;

/** Writes the lock with `--write`; otherwise says how the routes differ from it. */
function main(write: boolean): string[] {
  const path = resolve(import.meta.dirname, '..', 'api.lock');
  const before = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const after = lockLines(declaredServices());
  const changes = differences(before, after);
  if (changes.length === 0) return [];
  if (write) writeFileSync(path, `${after.join('\n')}\n`);
  if (write) return [];
  const more = changes.length > SHOWN ? [`and ${changes.length - SHOWN} more`] : [];
  return ['The API is not as api.lock says. Meant so? "npm run check -- --fix".', ...changes.slice(0, SHOWN), ...more];
}

if (import.meta.main) {
  const problems = main(process.argv.includes('--write'));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
