import type { AccessRule } from '../../api/account.api.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const RULE = /^(\S+)\s+(\S+)\s+(\/\S*)$/;

/** One rule a line: `GET compute /v2.1/servers`. Null where a line is none. */
export function parseAccessRules(text: string): AccessRule[] | null {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line): AccessRule | null => {
      const [, verb, service, path] = RULE.exec(line) ?? [];
      const method = METHODS.find((each) => each === verb);
      return method && service && path ? { method, service, path } : null;
    });
  return rules.every((rule) => rule !== null) ? rules : null;
}
