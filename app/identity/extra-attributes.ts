import { UserError } from '../contract/errors.ts';

const MAX_BYTES = 64 * 1024;
/** What is stored must be writable as JSON again, which recurses. */
const MAX_DEPTH = 50;
/** Ours to say, whatever a client sends. */
const RESERVED = ['id', 'links'];

/**
 * The attributes of a record that Keystone does not know: it stores them and answers them back ("extra"). `known` are
 * those it does; they never come to be among these. 400 where what is stored would grow too large.
 */
export function extraOf(
  sent: Readonly<Record<string, unknown>>,
  known: readonly string[],
  stored: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const unknown = Object.entries(sent).filter(([key]) => !known.includes(key) && !RESERVED.includes(key));
  const extra = { ...stored, ...Object.fromEntries(unknown) };
  const deep = unknown.find(([, value]) => !isShallow(value, MAX_DEPTH));
  if (deep) {
    throw new UserError('bad_request', `Invalid input for field/attribute ${deep[0]}. It is nested too deeply.`, {
      field: deep[0],
    });
  }
  const field = unknown[0]?.[0];
  if (field !== undefined && Buffer.byteLength(JSON.stringify(extra)) > MAX_BYTES) {
    throw new UserError('bad_request', `Invalid input for field/attribute ${field}. Attributes take at most 64 kB.`, {
      field,
    });
  }
  return extra;
}

function isShallow(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return left > 0 && Object.values(value).every((inner) => isShallow(inner, left - 1));
}
