import { UserError } from '../../contract/errors.ts';
import { compilePattern, type LinearPattern, PatternRefusal } from '../../pattern/linear-pattern.ts';
import type { LocalRule, MappedDomain, Mapping, RemoteRule } from './mapping.schema.ts';

/**
 * What a provider said of a person. Several values are several entries: they are never joined and split again, so that
 * nobody becomes a member of a group by a name with a `;` in it.
 */
export type Assertion = Readonly<Record<string, readonly string[]>>;

export interface MappedUser {
  id?: string;
  name?: string;
  email?: string;
  domain?: MappedDomain;
  type: 'ephemeral' | 'local';
}
export interface MappedProject {
  name: string;
  roles: { name: string }[];
  domain?: MappedDomain;
}
export interface MappedIdentity {
  user: MappedUser;
  groupIds: string[];
  groupNames: { name: string; domain: MappedDomain }[];
  projects: MappedProject[];
}

/** The values that `{0}`, `{1}`, ... of the local side stand for. */
type Captured = readonly (readonly string[])[];

/** Applies a mapping's rules; every rule whose remote side holds adds its local side, the first user counts. */
export function applyMapping({ rules, schema_version }: Mapping, assertion: Assertion): MappedIdentity {
  const locals = rules.flatMap(({ local, remote }) => {
    const captured = capture(remote, assertion);
    return captured === null ? [] : local.map((rule) => ({ rule, captured }));
  });
  if (locals.length === 0) throw unmappable('no rule of the mapping fits what the provider says of this account');
  let user: MappedUser | undefined;
  let projects: MappedProject[] = [];
  const groupIds = new Set<string>();
  const groupNames = new Map<string, { name: string; domain: MappedDomain }>();
  const addGroup = (name: string, domain: MappedDomain) =>
    groupNames.set(JSON.stringify([domain.id, domain.name, name]), { name, domain });
  for (const { rule, captured } of locals) {
    const domain = rule.domain && fillDomain(rule.domain, captured);
    const fallback = schema_version === '1.0' ? undefined : domain;
    if (rule.user && !user) user = fillUser(rule.user, captured, fallback);
    if (rule.group && 'id' in rule.group) groupIds.add(fill(rule.group.id, captured));
    else if (rule.group) addGroup(fill(rule.group.name, captured), fillDomain(rule.group.domain, captured));
    for (const group of listOf(rule.groups, captured)) addNamed(group, domain, addGroup);
    for (const id of listOf(rule.group_ids, captured)) groupIds.add(id);
    if (rule.projects) projects = rule.projects.map((project) => fillProject(project, captured, fallback));
  }
  return {
    user: user ?? { type: 'ephemeral' },
    groupIds: [...groupIds],
    groupNames: [...groupNames.values()],
    projects,
  };
}

/** Null where the rule does not apply. */
function capture(remote: readonly RemoteRule[], assertion: Assertion): Captured | null {
  const captured: (readonly string[])[] = [];
  for (const requirement of remote) {
    const values = Object.hasOwn(assertion, requirement.type) ? (assertion[requirement.type] ?? []) : [];
    if (values.length === 0) return null;
    const among = (list: readonly string[]) => valuesAmong(values, list, requirement.regex);
    if (requirement.any_one_of) {
      if (among(requirement.any_one_of).length === 0) return null;
    } else if (requirement.not_any_of) {
      if (among(requirement.not_any_of).length > 0) return null;
    } else if (requirement.blacklist) {
      const refused = new Set(among(requirement.blacklist));
      captured.push(values.filter((value) => !refused.has(value)));
    } else {
      captured.push(requirement.whitelist ? among(requirement.whitelist) : values);
    }
  }
  return captured;
}

function valuesAmong(values: readonly string[], list: readonly string[], isRegex = false): string[] {
  if (!isRegex) return values.filter((value) => list.includes(value));
  const patterns = list.map(patternOf);
  return values.filter((value) => patterns.some((pattern) => pattern.test(value)));
}

/** Mappings are checked when they are set; one that is older may hold what is refused now. */
function patternOf(expression: string): LinearPattern {
  try {
    return compilePattern(expression);
  } catch (error) {
    if (error instanceof PatternRefusal) throw unmappable(`its expression "${expression}" ${error.message}`);
    throw error;
  }
}

/** A text with its `{0}`; `{{` and `}}` are braces. A name cannot be made of several values. */
function fill(template: string, captured: Captured): string {
  let next = 0;
  return template.replace(/\{\{|\}\}|\{(\d*)\}/g, (whole, digits: string | undefined) => {
    if (whole === '{{' || whole === '}}') return whole.charAt(0);
    const values = valuesAt(digits ? Number(digits) : next++, captured);
    if (values.length !== 1) throw unmappable(`"${template}" would be made of ${values.length} values`);
    return values[0] ?? '';
  });
}

function valuesAt(index: number, captured: Captured): readonly string[] {
  const values = captured[index];
  if (!values) throw unmappable(`the mapping refers to {${index}}, which its remote side does not have`);
  return values;
}

/** `{0}` alone stands for all its values; a list as Python writes it may stand in the rule itself. */
function listOf(template: string | undefined, captured: Captured): readonly string[] {
  if (template === undefined) return [];
  const whole = /^\s*\{(\d*)\}\s*$/.exec(template);
  if (whole) return valuesAt(Number(whole[1] || 0), captured);
  const list = /^\s*\[(.*)\]\s*$/s.exec(template);
  if (!list) return [fill(template, captured)];
  // One that is not closed goes to the end, so that no second look is needed; it is none.
  const entries = [...(list[1] ?? '').matchAll(/'((?:[^'\\]|\\[\s\S]?)*)'?|"((?:[^"\\]|\\[\s\S]?)*)"?/g)];
  const closed = entries.filter(([entry]) => entry.length > 1 && entry.at(-1) === entry[0]);
  return closed.map(([, single, double]) => fill((single ?? double ?? '').replace(/\\(.)/g, '$1'), captured));
}

/** Keystone's `JSON:{"name": ..., "domain": ...}` says the domain itself; else it is the one beside `groups`. */
function addNamed(
  group: string,
  domain: MappedDomain | undefined,
  add: (name: string, domain: MappedDomain) => void,
): void {
  if (group.startsWith('JSON:')) {
    const said = parseGroup(group.slice('JSON:'.length));
    add(said.name, said.domain);
  } else if (domain) add(group, domain);
  else throw unmappable('groups by name need a domain beside them');
}

function parseGroup(json: string): { name: string; domain: MappedDomain } {
  let said: unknown;
  try {
    said = JSON.parse(json);
  } catch {
    throw unmappable('a group is not what JSON: promises');
  }
  const { name, domain } = Object(said) as { name?: unknown; domain?: { id?: unknown; name?: unknown } };
  const [id, domainName] = [domain?.id, domain?.name];
  if (typeof name !== 'string' || (typeof id !== 'string' && typeof domainName !== 'string')) {
    throw unmappable('a group needs a name and a domain');
  }
  return { name, domain: typeof id === 'string' ? { id } : { name: String(domainName) } };
}

function fillUser(
  { id, name, email, domain, type = 'ephemeral' }: NonNullable<LocalRule['user']>,
  captured: Captured,
  fallback: MappedDomain | undefined,
): MappedUser {
  const own = domain ? fillDomain(domain, captured) : fallback;
  return {
    type,
    ...(id === undefined ? {} : { id: fill(id, captured) }),
    ...(name === undefined ? {} : { name: fill(name, captured) }),
    ...(email === undefined ? {} : { email: fill(email, captured) }),
    ...(own ? { domain: own } : {}),
  };
}

function fillProject(
  { name, roles, domain }: NonNullable<LocalRule['projects']>[number],
  captured: Captured,
  fallback: MappedDomain | undefined,
): MappedProject {
  const own = domain ? fillDomain(domain, captured) : fallback;
  return {
    name: fill(name, captured),
    roles: roles.map((role) => ({ name: fill(role.name, captured) })),
    ...(own ? { domain: own } : {}),
  };
}

function fillDomain({ id, name }: MappedDomain, captured: Captured): MappedDomain {
  return {
    ...(id === undefined ? {} : { id: fill(id, captured) }),
    ...(name === undefined ? {} : { name: fill(name, captured) }),
  };
}

/** A mapping that yields nobody is a failed sign-in; the message is for the log and the mapping's author. */
function unmappable(why: string): UserError {
  return new UserError('unauthorized', `The account cannot be mapped: ${why}.`, {
    hint: 'An administrator can change the mapping of this identity provider.',
  });
}
