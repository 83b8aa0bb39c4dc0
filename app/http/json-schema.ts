import { z } from 'zod';
import { UnexpectedError } from '../contract/errors.ts';

/** JSON Schema 2020-12, as far as zod writes it. */
export interface JsonSchema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema | boolean;
  prefixItems?: JsonSchema[];
  default?: unknown;
  [keyword: string]: unknown;
}

/** What a caller may send (`input`, before transforms) or gets (`output`), without the `$schema` line. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as JsonSchema;
}

/** A name of an API as titles are written: `ServerGroup` of `server_group`. */
export function titleOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/**
 * Takes every schema that has a title (`.meta({ title: 'ServerView' })`) out into `into` and leaves a reference. A title
 * names one thing: two different schemas under it are a mistake.
 */
export function hoistTitled(schema: JsonSchema, into: Record<string, JsonSchema>, base: string): JsonSchema {
  const inner = mapSchemas(schema, (part) => hoistTitled(part, into, base));
  const { title } = inner;
  if (title === undefined) return inner;
  const known = into[title];
  if (known && JSON.stringify(known) !== JSON.stringify(inner)) {
    throw new UnexpectedError(`Two different schemas have the title ${title}.`);
  }
  into[title] = inner;
  return { $ref: `${base}${title}` };
}

/** A copy with every schema directly inside replaced. */
function mapSchemas(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const result: JsonSchema = { ...schema };
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const) {
    const parts = result[keyword];
    if (parts) result[keyword] = parts.map(change);
  }
  for (const keyword of ['additionalProperties', 'items', 'propertyNames'] as const) {
    const part = result[keyword];
    if (typeof part === 'object') result[keyword] = change(part);
  }
  if (result.properties) {
    result.properties = Object.fromEntries(
      Object.entries(result.properties).map(([name, part]) => [name, change(part)]),
    );
  }
  return result;
}
