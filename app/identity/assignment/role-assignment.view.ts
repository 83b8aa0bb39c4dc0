import { flag } from '../../database/table.ts';
import type { AssignmentRow, NamedAssignmentRow } from './role-assignment.repository.ts';

/**
 * An assignment as Keystone answers it. An effective one tells by its links where it comes from: `membership` the group
 * by which, `assignment` the project above or the domain it is inherited from, `prior_role` the role that implies it
 * (by an address Keystone does not serve, the two roles the wrong way round; clients read it so).
 */
export function toAssignmentView(row: AssignmentRow, origin: string) {
  const root = `${origin}/identity/v3`;
  const names = isNamed(row) ? row : undefined;
  const isInherited = flag.read(row.inherited) || row.via_project_id !== null || row.via_domain_id !== null;
  return {
    role: { id: row.role_id, ...roleNames(names) },
    ...(row.user_id !== null && { user: { id: row.user_id, ...named(names, 'user') } }),
    ...(row.group_id !== null && { group: { id: row.group_id, ...named(names, 'group') } }),
    scope: { ...scopeOf(row, names), ...(isInherited && { 'OS-INHERIT:inherited_to': 'projects' }) },
    links: {
      assignment: root + assignmentPath(row, isInherited),
      ...(row.via_group_id !== null && { membership: `${root}/groups/${row.via_group_id}/users/${row.user_id}` }),
      ...(row.via_role_id !== null && { prior_role: `${root}/prior_role/${row.role_id}/implies/${row.via_role_id}` }),
    },
  };
}

function isNamed(row: AssignmentRow): row is NamedAssignmentRow {
  return 'role_name' in row;
}

function named(row: NamedAssignmentRow | undefined, thing: 'user' | 'group' | 'project') {
  return (
    row && {
      name: row[`${thing}_name`],
      domain: { id: row[`${thing}_domain_id`], name: row[`${thing}_domain_name`] },
    }
  );
}

function roleNames(row: NamedAssignmentRow | undefined) {
  if (!row) return {};
  const { role_name: name, role_domain_id: id, role_domain_name } = row;
  return { name, ...(id !== null && { domain: { id, name: role_domain_name } }) };
}

function scopeOf({ project_id, domain_id }: AssignmentRow, names: NamedAssignmentRow | undefined) {
  if (project_id !== null) return { project: { id: project_id, ...named(names, 'project') } };
  if (domain_id !== null) return { domain: { id: domain_id, ...(names && { name: names.domain_name }) } };
  return { system: { all: true } };
}

function assignmentPath(row: AssignmentRow, isInherited: boolean): string {
  const actor = row.via_group_id ?? row.group_id;
  const path = `${targetPath(row)}/${actor === null ? `users/${row.user_id}` : `groups/${actor}`}/roles/${row.via_role_id ?? row.role_id}`;
  return isInherited ? `/OS-INHERIT${path}/inherited_to_projects` : path;
}

function targetPath({ project_id, domain_id, via_project_id, via_domain_id }: AssignmentRow): string {
  const domainId = via_domain_id ?? domain_id;
  if (domainId !== null) return `/domains/${domainId}`;
  const projectId = via_project_id ?? project_id;
  return projectId === null ? '/system' : `/projects/${projectId}`;
}
