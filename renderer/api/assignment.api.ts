import { IDENTITY, identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';

/** A user, group, project or role as assignments name it; without a name where names were not asked for. */
export interface NamedReference {
  id: string;
  name?: string;
  domain?: { id: string; name?: string } | null;
}

export interface AssignmentView {
  role: NamedReference;
  user?: NamedReference;
  group?: NamedReference;
  scope: {
    project?: NamedReference;
    domain?: NamedReference;
    system?: { all: boolean };
    'OS-INHERIT:inherited_to'?: 'projects';
  };
  /** `assignment` is the grant that this comes from, by its own address; see assignment-path.ts. */
  links: { assignment: string; membership?: string; prior_role?: string };
}

export interface AssignmentFilter {
  'user.id'?: string;
  'group.id'?: string;
  'role.id'?: string;
  'scope.project.id'?: string;
  'scope.domain.id'?: string;
  'scope.system'?: 'all';
}

/** Who has which role on what. `effective` spells groups, inheritance and implied roles out for each user. */
export function listAssignments(
  filter: AssignmentFilter,
  isEffective: boolean,
  signal?: AbortSignal,
): Promise<AssignmentView[]> {
  // Keystone reads these two as set by their presence; groups have no effective assignments.
  const how = isEffective ? { effective: '1', include_names: '1' } : { include_names: '1' };
  return listAll('/role_assignments', 'role_assignments', { ...filter, ...how }, signal);
}

export interface Grant {
  actor: { type: 'user' | 'group'; id: string };
  target: { type: 'project' | 'domain'; id: string } | { type: 'system' };
  roleId: string;
  /** On the projects below the target, instead of on the target itself. */
  isInherited: boolean;
}

/** The address of one grant: `PUT` gives it, `DELETE` takes it away. */
export function grantPath({ actor, target, roleId, isInherited }: Grant): string {
  const where = target.type === 'system' ? ['system'] : [`${target.type}s`, target.id];
  const parts = [...where, `${actor.type}s`, actor.id, 'roles', roleId];
  return isInherited ? `${identityPath('OS-INHERIT', ...parts)}/inherited_to_projects` : identityPath(...parts);
}

export async function giveRole(grant: Grant): Promise<void> {
  await change<void>('PUT', grantPath(grant));
}

export async function takeRole(grant: Grant): Promise<void> {
  await change<void>('DELETE', grantPath(grant));
}

/** The part of a link that says which grant it is, whatever origin and prefix stand before it. */
export function grantOfLink(link: string): Grant | null {
  const path = new URL(link, 'http://any').pathname.replace(IDENTITY, '').replace(/^\/v3/, '');
  const found =
    /^(?<inherit>\/OS-INHERIT)?\/(?:(?<kind>project|domain)s\/(?<on>[^/]+)|system)\/(?<who>user|group)s\/(?<actor>[^/]+)\/roles\/(?<role>[^/]+)/.exec(
      path,
    )?.groups;
  if (!found) return null;
  const { kind, on, who, actor, role, inherit } = found;
  return {
    actor: { type: who as 'user' | 'group', id: decodeURIComponent(actor ?? '') },
    target: kind && on ? { type: kind as 'project' | 'domain', id: decodeURIComponent(on) } : { type: 'system' },
    roleId: decodeURIComponent(role ?? ''),
    isInherited: inherit !== undefined,
  };
}
