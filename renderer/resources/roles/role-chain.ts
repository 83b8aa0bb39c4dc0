import type { RoleInference } from '../../api/role.api.ts';

/** The roles that come with a role, level by level: `admin` brings `manager`, that `member`, that `reader`. */
export function roleChain(inferences: readonly RoleInference[], id: string): { id: string; name: string }[][] {
  const implied = new Map(inferences.map(({ prior_role, implies }) => [prior_role.id, implies]));
  const seen = new Set([id]);
  const levels: { id: string; name: string }[][] = [];
  for (let level = [id]; level.length > 0; ) {
    const next = level
      .flatMap((each) => implied.get(each) ?? [])
      .filter((role) => !seen.has(role.id) && seen.add(role.id));
    if (next.length > 0) levels.push(next);
    level = next.map((role) => role.id);
  }
  return levels;
}

/** `manager → member → reader`; roles of one level with commas. */
export function describeChain(levels: readonly (readonly { name: string }[])[]): string {
  return levels.map((level) => level.map(({ name }) => name).join(', ')).join(' → ');
}
