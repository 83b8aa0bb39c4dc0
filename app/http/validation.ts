import type { z } from 'zod';
import { UserError } from '../contract/errors.ts';

/** Names people send are shown back up to this length. */
const MAX_SHOWN = 200;

/** Checks `value`; the 400 names the first field at fault as `server.networks.0.uuid`. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, place: 'body' | 'query'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues[0]);
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const field = shown(path ? `${path}.${key}` : key);
    const what = place === 'query' ? 'query parameter' : 'field/attribute';
    throw new UserError('bad_request', `Invalid input: unknown ${what} ${field}.`, { field });
  }
  const field = shown(path || place);
  throw new UserError('bad_request', `Invalid input for field/attribute ${field}. ${issue.message}.`, { field });
}

/** Some issues wrap others: of a union, the branch that got farthest says most; where none got in, all are named. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue {
  if (!issue) return { code: 'custom', message: 'Invalid value', path: [], input: undefined };
  const inner = innerOf(issue);
  if (inner.length === 0) return issue;
  const found = inner.map(deepest).sort((a, b) => b.path.length - a.path.length)[0] ?? issue;
  if (issue.code === 'invalid_union' && found.path.length === 0 && found.code !== 'unrecognized_keys') {
    const wanted = new Set(inner.map(({ message }) => message.replace(/^Invalid input: /, '')));
    return { ...issue, message: `Invalid input: ${[...wanted].join(' or ')}` };
  }
  return { ...found, path: [...issue.path, ...found.path] };
}

function innerOf(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'invalid_union') return issue.errors.flatMap((branch) => branch.slice(0, 1));
  if (issue.code === 'invalid_key') return issue.issues.slice(0, 1);
  return [];
}

function shown(name: string): string {
  return name.length <= MAX_SHOWN ? name : `${name.slice(0, MAX_SHOWN)}…`;
}
