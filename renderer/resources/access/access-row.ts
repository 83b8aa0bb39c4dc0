import type { AssignmentView } from '../../api/assignment.api.ts';
import { t } from '../../i18n/i18n.ts';
import { type AssignmentPath, describePath, type IdentityNames, pathOfAssignment } from './assignment-path.ts';

/** One line of "who has what". */
export interface AccessRow {
  id: string;
  who: { type: 'user' | 'group'; id: string; name: string; domain: string };
  role: string;
  where: { type: 'project' | 'domain' | 'system'; id: string; name: string; domain: string };
  path: AssignmentPath;
  how: string;
}

export function accessRows(assignments: readonly AssignmentView[], names: IdentityNames): AccessRow[] {
  // The same role may come twice by the same grant, through two prior roles: one line is enough.
  const rows = new Map<string, AccessRow>();
  for (const assignment of assignments) {
    const path = pathOfAssignment(assignment);
    const who = whoOf(assignment, names);
    const where = whereOf(assignment, names);
    const key = [who.id, assignment.role.id, where.id, assignment.links.assignment];
    const id = key.join('|');
    rows.set(id, {
      id,
      who,
      role: assignment.role.name ?? names.role(assignment.role.id) ?? t('access:unknown'),
      where,
      path,
      how: describePath(path, names),
    });
  }
  return [...rows.values()];
}

function whoOf({ user, group }: AssignmentView, names: IdentityNames): AccessRow['who'] {
  const type = user ? 'user' : 'group';
  const actor = user ?? group;
  const id = actor?.id ?? '';
  const domainId = actor?.domain?.id ?? '';
  return {
    type,
    id,
    name: actor?.name ?? names[type](id) ?? t('access:unknown'),
    domain: actor?.domain?.name ?? names.domain(domainId) ?? '',
  };
}

function whereOf({ scope }: AssignmentView, names: IdentityNames): AccessRow['where'] {
  if (scope.project) {
    const { id, name, domain } = scope.project;
    return {
      type: 'project',
      id,
      name: name ?? names.project(id) ?? t('access:unknown'),
      domain: domain?.name ?? names.domain(domain?.id ?? '') ?? '',
    };
  }
  if (scope.domain) {
    const { id, name } = scope.domain;
    return { type: 'domain', id, name: name ?? names.domain(id) ?? t('access:unknown'), domain: '' };
  }
  return { type: 'system', id: 'system', name: t('access:system'), domain: '' };
}

/** `web (Default)`: projects and people of two domains may share a name. */
export function nameInDomain({ name, domain }: { name: string; domain: string }): string {
  return domain === '' ? name : `${name} (${domain})`;
}
