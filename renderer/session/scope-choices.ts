import type { OwnScopes, Scope } from '../api/identity.api.ts';
import type { Session } from '../api/session.ts';

export interface ScopeChoice {
  /** `project:<id>`, `domain:<id>` or `system`. */
  key: string;
  kind: 'project' | 'domain' | 'system';
  /** Null for the system, which has no name of its own. */
  name: string | null;
  /** Of a project, where projects of several domains are offered. */
  domainName: string | null;
  scope: Scope;
}

/** What one may work in, as choices: projects by domain and name, then domains, then the system. */
export function scopeChoices(own: OwnScopes, domainNames: ReadonlyMap<string, string>): ScopeChoice[] {
  const hasDomains = new Set(own.projects.map(({ domain_id }) => domain_id)).size > 1;
  const byName = (a: ScopeChoice, b: ScopeChoice): number =>
    (a.domainName ?? '').localeCompare(b.domainName ?? '') || (a.name ?? '').localeCompare(b.name ?? '');
  const projects = own.projects.map(({ id, name, domain_id }): ScopeChoice => {
    const domainName = hasDomains ? (domainNames.get(domain_id) ?? domain_id) : null;
    return { key: `project:${id}`, kind: 'project', name, domainName, scope: { project: { id } } };
  });
  const domains = own.domains.map(
    ({ id, name }): ScopeChoice => ({
      key: `domain:${id}`,
      kind: 'domain',
      name,
      domainName: null,
      scope: { domain: { id } },
    }),
  );
  const system: ScopeChoice = {
    key: 'system',
    kind: 'system',
    name: null,
    domainName: null,
    scope: { system: { all: true } },
  };
  return [...projects.sort(byName), ...domains.sort(byName), ...(own.hasSystem ? [system] : [])];
}

/** The key of the choice that a session is. */
export function scopeKey(session: Session): string | null {
  if (session.isSystem) return 'system';
  if (session.project) return `project:${session.project.id}`;
  return session.domain ? `domain:${session.domain.id}` : null;
}
