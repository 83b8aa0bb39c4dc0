import type { JsonSchema } from '../app/http/json-schema.ts';
import type { OpenApiDocument, Operation } from '../app/http/openapi.ts';
import type { ServiceDefinition } from '../app/http/route.ts';
import { printType } from './typescript-printer.ts';

/** The reference page of a service in its newest microversion, as Markdown. */
export function printReference(
  name: string,
  services: readonly ServiceDefinition[],
  documents: readonly OpenApiDocument[],
): string {
  const title = name.replace(/^\w/, (letter) => letter.toUpperCase());
  const versions = services.find(({ microversions }) => microversions)?.microversions;
  const major = versions?.major ?? 2;
  const lines = [
    `# ${title}`,
    '',
    'Made from the routes by `scripts/api-client.ts`; the same as OpenAPI is at',
    `${services.map(({ root }) => `\`${root}/openapi.json\``).join(' and ')}.`,
    ...(versions
      ? [
          '',
          `Microversions ${major}.${versions.min} to ${major}.${versions.max}, asked for with \`OpenStack-API-Version: ${versions.type} ${major}.x\`;`,
          `this page shows ${major}.${versions.max}.`,
        ]
      : []),
    '',
  ];
  const schemas: Record<string, JsonSchema> = {};
  for (const { paths, components } of documents) {
    Object.assign(schemas, components.schemas);
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        lines.push(...printOperation(`${method.toUpperCase()} ${path}`, operation));
      }
    }
  }
  lines.push('## Schemas', '');
  for (const [schemaName, { title: _same, ...schema }] of Object.entries(schemas)) {
    lines.push(`### ${schemaName}`, '', ...(schema.description ? [schema.description, ''] : []), ...code(schema));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function printOperation(call: string, operation: Operation): string[] {
  const success = Object.entries(operation.responses).find(([status]) => status !== 'default');
  const statuses = Object.keys(operation.responses).filter((status) => status !== 'default');
  const [since, until] = [operation['x-openstack-min-version'], operation['x-openstack-max-version']];
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  const facts = [
    rulesOf(operation),
    ...(since ? [`from ${since}`] : []),
    ...(until ? [`until ${until}`] : []),
    `answers ${statuses.join(' or ')}`,
    ...(operation['x-openstack-long-work'] ? ['goes on as a task'] : []),
  ];
  return [
    `## \`${call}\``,
    '',
    ...(operation.summary ? [operation.summary, ''] : []),
    `${facts.join(', ').replace(/^\w/, (letter) => letter.toUpperCase())}.`,
    '',
    ...(query.length > 0
      ? [
          'Query:',
          '',
          ...query.map(({ name, schema, explode }) => `- \`${explode ? '*' : name}\`: \`${inLine(schema)}\``),
          '',
        ]
      : []),
    ...content('Body', operation.requestBody?.content),
    ...content('Answer', success?.[1].content),
  ];
}

function rulesOf(operation: Operation): string {
  const rules = operation['x-openstack-rules'] ?? [];
  if (rules.length === 0) return 'public';
  return `${rules.length === 1 ? 'rule' : 'one of the rules'} ${rules.map((rule) => `\`${rule}\``).join(', ')}`;
}

function content(title: string, media: Record<string, { schema: JsonSchema }> | undefined): string[] {
  return Object.entries(media ?? {}).flatMap(([type, { schema }]) =>
    type.includes('json') ? [`${title}:`, '', ...code(schema)] : [`${title}: \`${type}\`.`, ''],
  );
}

function code(schema: JsonSchema): string[] {
  return ['```ts', printType(schema), '```', ''];
}

function inLine(schema: JsonSchema): string {
  return printType(schema).replace(/\s+/g, ' ');
}
