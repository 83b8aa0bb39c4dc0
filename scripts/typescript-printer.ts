import type { JsonSchema } from '../app/http/json-schema.ts';

/** A JSON Schema as a TypeScript type: unions on one line, objects over several where they are long. */
export function printType(schema: JsonSchema | boolean | undefined, indent = ''): string {
  if (schema === undefined || typeof schema === 'boolean') return 'unknown';
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return union(choices.map((part) => printType(part, indent)));
  if (schema.allOf) return schema.allOf.map((part) => printPart(part, indent)).join(' & ');
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => printType({ ...schema, type }, indent)));
  }
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return schema.prefixItems
        ? `[${schema.prefixItems.map((part) => printType(part, indent)).join(', ')}]`
        : `${printPart(schema.items, indent)}[]`;
    case 'object':
      return printObject(schema, indent);
    default:
      return 'unknown';
  }
}

const WIDTH = 110;

function printObject({ properties = {}, required = [], additionalProperties }: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, part]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${comment(part, inner)}${key(name)}${mark}: ${printType(part, inner)}`;
  });
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  if (isOpen && members.length === 0) return `Record<string, ${printType(additionalProperties, indent)}>`;
  // Known members must fit an index signature, so nothing more can be said of the others.
  if (isOpen) members.push('[property: string]: unknown');
  if (members.length === 0) return 'Record<string, never>';
  const line = `{ ${members.join('; ')} }`;
  if (line.length + indent.length <= WIDTH && !line.includes('\n')) return line;
  return `{\n${members.map((member) => `${inner}${member};\n`).join('')}${indent}}`;
}

function comment({ description }: JsonSchema, indent: string): string {
  return description === undefined ? '' : `/** ${description} */\n${indent}`;
}

function union(types: string[]): string {
  const distinct = [...new Set(types)];
  return distinct.includes('unknown') ? 'unknown' : distinct.join(' | ');
}

/** As part of a larger type: what may be a union needs brackets. */
function printPart(schema: JsonSchema | boolean | undefined, indent: string): string {
  const type = printType(schema, indent);
  const isOne = typeof schema !== 'object' || schema.$ref !== undefined || schema.type === 'object';
  return isOne || !type.includes(' | ') ? type : `(${type})`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(value);
}

export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}
