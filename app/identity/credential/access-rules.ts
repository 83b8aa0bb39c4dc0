import { compilePattern } from '../../pattern/linear-pattern.ts';
import type { AccessRuleRecord } from './credential.tables.ts';

/** What is asked of which service: `service` is its type, `path` begins below where it is mounted, without a query. */
export interface Call {
  service: string;
  method: string;
  path: string;
}

/** Whether one of the rules allows the call. `*` and `{name}` stand for one part of a path, `**` for any number. */
export function isAllowed(rules: readonly AccessRuleRecord[], call: Call): boolean {
  return rules.some(
    ({ service, method, path }) => service === call.service && method === call.method && isPathOf(path, call.path),
  );
}

function isPathOf(rule: string, path: string): boolean {
  const parts = rule.split(/(\*\*|\*|\{[^/{}]*\})/).map((part) => {
    if (part === '**') return '.*';
    if (part === '*' || /^\{[^/{}]*\}$/.test(part)) return '[^/]+';
    return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return compilePattern(`${parts.join('')}/?`, { at: 'whole' }).test(path);
}
