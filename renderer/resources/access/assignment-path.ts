import { type AssignmentView, type Grant, grantOfLink } from '../../api/assignment.api.ts';
import { t } from '../../i18n/i18n.ts';

/** How a role comes to somebody: the grant it stands on, and each step from there that is not nothing. */
export interface AssignmentPath {
  grant: Grant | null;
  /** The group whose member the person is. */
  groupId?: string;
  /** The domain or project above, whose roles hold on what is below it. */
  from?: { type: 'domain' | 'project'; id: string };
  /** The role that implies this one. */
  priorRoleId?: string;
  /** It holds below its target only, not on the target itself. */
  isForBelow: boolean;
}

/**
 * Reads the links of Keystone's role assignments: `assignment` is the grant as it was given, with the group, the place
 * above and the prior role in it where they differ from what the entry says.
 */
export function pathOfAssignment(assignment: AssignmentView): AssignmentPath {
  const { scope, user, role, links } = assignment;
  const grant = grantOfLink(links.assignment);
  if (!grant) return { grant, isForBelow: false };
  const target = grant.target.type === 'system' ? undefined : grant.target;
  const isAbove = target !== undefined && target.id !== (scope.project?.id ?? scope.domain?.id);
  return {
    grant,
    isForBelow: grant.isInherited && !isAbove,
    ...(user && grant.actor.type === 'group' ? { groupId: grant.actor.id } : {}),
    ...(isAbove && target ? { from: target } : {}),
    ...(grant.roleId === role.id ? {} : { priorRoleId: grant.roleId }),
  };
}

/** Whether the entry is a grant itself, so that it can be taken away right here. */
export function isDirect(path: AssignmentPath): boolean {
  return path.grant !== null && !path.groupId && !path.from && !path.priorRoleId;
}

/** Names by id; undefined where the caller may not know. */
export interface IdentityNames {
  user: (id: string) => string | undefined;
  group: (id: string) => string | undefined;
  project: (id: string) => string | undefined;
  domain: (id: string) => string | undefined;
  role: (id: string) => string | undefined;
}

/** The path in words, step by step; never an id. */
export function describePath(path: AssignmentPath, names: IdentityNames): string {
  const steps: string[] = [];
  if (path.priorRoleId) {
    const name = names.role(path.priorRoleId);
    steps.push(name ? t('access:path.implied', { name }) : t('access:path.impliedUnknown'));
  }
  if (path.groupId) {
    const name = names.group(path.groupId);
    steps.push(name ? t('access:path.group', { name }) : t('access:path.groupUnknown'));
  }
  if (path.from) {
    const { type, id } = path.from;
    const name = names[type](id);
    steps.push(
      name
        ? t(`access:path.${type}`, { name })
        : t(type === 'domain' ? 'access:path.domainUnknown' : 'access:path.projectUnknown'),
    );
  }
  if (path.isForBelow) steps.push(t('access:path.below'));
  return steps.length === 0 ? t('access:path.direct') : steps.join(' · ');
}
