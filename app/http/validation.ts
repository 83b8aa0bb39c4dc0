import type { z } from 'zod';
import { UserError } from '../contract/errors.ts';

/** Checks `value`; the 400 names the first field at fault as `server.networks.0.uuid`. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, place: 'body' | 'query'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues[0]);
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const field = path ? `${path}.${key}` : key;
    const what = place === 'query' ? 'query parameter' : 'field/attribute';
    throw new UserError('bad_request', `Invalid input: unknown ${what} ${field}.`, { field });
  }
  const field = path || place;
  throw new UserError('bad_request', `Invalid input for field/attribute ${field}. ${issue.message}.`, { field });
}

/** A union reports one issue with the issues of each branch inside: the branch that got farthest says most. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue {
  if (!issue) return { code: 'custom', message: 'Invalid value', path: [], input: undefined };
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .map((branch) => branch[0])
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (!inner) return issue;
  const found = deepest(inner);
  return { ...found, path: [...issue.path, ...found.path] };
}
