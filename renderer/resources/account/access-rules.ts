import type { AccessRule } from '../../api/account.api.ts';

const RULE = /^(GET|HEAD|POST|PUT|PATCH|DELETE)\s+(\S+)\s+(\/\S*)$/;

/** One rule a line: `GET compute /v2.1/servers`. */
export function parseAccessRules(text: string): AccessRule[] {
  return linesOf(text).flatMap((line) => {
    const [, method, service, path] = RULE.exec(line) ?? [];
    return method && service && path ? [{ method, service, path }] : [];
  });
}

export function isAccessRules(text: string): boolean {
  return linesOf(text).every((line) => RULE.test(line));
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
