import { useMemo } from 'react';
import { useDomains } from '../../domains/hooks/use-domains.ts';
import { useGroups } from '../../groups/hooks/use-groups.ts';
import { useProjects } from '../../projects/hooks/use-projects.ts';
import { useRoles } from '../../roles/hooks/use-roles.ts';
import type { IdentityNames } from '../assignment-path.ts';

const nameMap = (things: readonly { id: string; name: string }[] | undefined): Map<string, string> =>
  new Map(things?.map(({ id, name }) => [id, name]));

/** Names for what assignments and lists carry as ids. The lists are read once and shared with their pages. */
export function useIdentityNames(): IdentityNames {
  const groups = useGroups().data;
  const projects = useProjects().data;
  const domains = useDomains().data;
  const roles = useRoles().data;
  return useMemo(() => {
    const maps = { group: nameMap(groups), project: nameMap(projects), domain: nameMap(domains), role: nameMap(roles) };
    return {
      // Assignments bring the names of people with them.
      user: () => undefined,
      group: (id) => maps.group.get(id),
      project: (id) => maps.project.get(id),
      domain: (id) => maps.domain.get(id),
      role: (id) => maps.role.get(id),
    };
  }, [groups, projects, domains, roles]);
}
