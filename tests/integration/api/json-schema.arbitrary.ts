import fc, { type Arbitrary } from 'fast-check';
import type { JsonSchema } from '../../../app/http/json-schema.ts';

const MAX_LENGTH = 24;
const MAX_ITEMS = 3;

/** Values a JSON Schema allows. Texts without a pattern are letters and digits: what they mean is not the schema's. */
export function validFor(schema: JsonSchema | boolean | undefined): Arbitrary<unknown> {
  if (schema === undefined || typeof schema === 'boolean') return fc.jsonValue({ maxDepth: 1 });
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(validFor));
  if (schema.allOf) {
    return fc.tuple(...schema.allOf.map(validFor)).map((parts) => Object.assign({}, ...(parts as object[])));
  }
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => validFor({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return textFor(schema);
    case 'integer':
      return fc.integer({ min: numberOf(schema.minimum, -1000), max: numberOf(schema.maximum, 1000) });
    case 'number':
      return fc.integer({
        min: Math.ceil(numberOf(schema.minimum ?? schema.exclusiveMinimum, 0)) + 1,
        max: numberOf(schema.maximum, 1000),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrayFor(schema);
    case 'object':
      return objectFor(schema);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function arrayFor(schema: JsonSchema): Arbitrary<unknown[]> {
  const minLength = numberOf(schema.minItems, 0);
  const maxLength = Math.min(numberOf(schema.maxItems, MAX_ITEMS), Math.max(minLength, MAX_ITEMS));
  const items = validFor(schema.items);
  if (!schema.uniqueItems) return fc.array(items, { minLength, maxLength });
  return fc.uniqueArray(items, { minLength, maxLength, selector: (item) => JSON.stringify(item) });
}

function objectFor(schema: JsonSchema): Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const minimum = numberOf(schema.minProperties, 0);
  const known = fc
    .record(Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, validFor(part)])), {
      requiredKeys: required.filter((name) => Object.hasOwn(properties, name)),
    })
    .filter((value) => Object.keys(value).length >= minimum)
    .map((value) => Object.fromEntries(Object.entries(value).slice(0, numberOf(schema.maxProperties, Infinity))));
  if (typeof additionalProperties !== 'object' || Object.keys(properties).length > 0) return known;
  const keys = validFor(propertyNames ?? { type: 'string' }) as Arbitrary<string>;
  return fc.dictionary(
    keys.filter((key) => key !== '__proto__'),
    validFor(additionalProperties),
    { minKeys: minimum, maxKeys: Math.max(minimum, MAX_ITEMS) },
  );
}

function textFor(schema: JsonSchema): Arbitrary<string> {
  const minLength = numberOf(schema.minLength, 0);
  const maxLength = Math.min(numberOf(schema.maxLength, MAX_LENGTH), Math.max(MAX_LENGTH, minLength));
  if (schema.contentEncoding === 'base64') return fc.base64String({ maxLength: 20 });
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'ipv4') return fc.ipV4();
  if (schema.format === 'ipv6') return fc.ipV6().filter((text) => !text.includes('.'));
  if (schema.format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('9999-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (typeof schema.pattern === 'string') {
    return fc
      .stringMatching(new RegExp(schema.pattern, 'u'))
      .filter((text) => text.length >= minLength && text.length <= numberOf(schema.maxLength, Infinity));
  }
  return fc.stringMatching(new RegExp(`^[a-zA-Z0-9]{${minLength},${maxLength}}$`));
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Math.abs(value) <= 0x7fffffff ? value : otherwise;
}

const WRONG = [null, true, -1, 1.5, '', 'x'.repeat(70_000), '\u0000\ud800', [], {}, [[]], { a: { b: 1 } }];

/** A valid value with one thing wrong: a member that is no such thing, left out, unknown, or of another type. */
export function brokenFor(schema: JsonSchema): Arbitrary<unknown> {
  return fc.tuple(validFor(schema), fc.nat(), fc.constantFrom(...WRONG), fc.nat(3)).map(([value, at, wrong, how]) => {
    if (how === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return wrong;
    return breakInside(value as Record<string, unknown>, at, wrong, how);
  });
}

function breakInside(value: Record<string, unknown>, at: number, wrong: unknown, how: number): unknown {
  const names = Object.keys(value);
  const name = names[at % Math.max(1, names.length)] ?? 'unheard_of';
  const inner = value[name];
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  if (isObject) return { ...value, [name]: breakInside(inner as Record<string, unknown>, at + 1, wrong, how) };
  if (how === 1) return { ...value, unheard_of: wrong };
  if (how === 2) return { ...value, [name]: wrong };
  const { [name]: _gone, ...rest } = value;
  return rest;
}
