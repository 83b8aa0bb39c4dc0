import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useUsers } from '../../../kernel/use-users.ts';
import { useDomains } from '../../domains/hooks/use-domains.ts';
import { useGroups } from '../../groups/hooks/use-groups.ts';
import { useProjects } from '../../projects/hooks/use-projects.ts';
import { nameInDomain } from '../access-row.ts';

export interface ChoiceGroup {
  group: string;
  items: { value: string; label: string }[];
}

/** The domain's name beside each label once there is more than one domain. */
function useDomainLabel(): (thing: { name: string; domain_id: string }) => string {
  const domains = useDomains().data;
  return useMemo(() => {
    const names = new Map(domains?.map(({ id, name }) => [id, name]));
    return ({ name, domain_id }) => nameInDomain({ name, domain: names.size > 1 ? (names.get(domain_id) ?? '') : '' });
  }, [domains]);
}

/** People and groups to choose from, `user <id>` and `group <id>`. */
export function useActorChoice(): ChoiceGroup[] {
  const { t } = useTranslation('access');
  const users = useUsers().data;
  const groups = useGroups().data;
  const label = useDomainLabel();
  return useMemo(
    () => [
      { group: t('people'), items: (users ?? []).map((user) => ({ value: `user ${user.id}`, label: label(user) })) },
      {
        group: t('groups'),
        items: (groups ?? []).map((group) => ({ value: `group ${group.id}`, label: label(group) })),
      },
    ],
    [t, users, groups, label],
  );
}

/** Projects, domains and the system, `project <id>`, `domain <id>` and `system`. */
export function useTargetChoice(): ChoiceGroup[] {
  const { t } = useTranslation('access');
  const projects = useProjects().data;
  const domains = useDomains().data;
  const label = useDomainLabel();
  return useMemo(
    () => [
      {
        group: t('projects'),
        items: (projects ?? []).map((project) => ({ value: `project ${project.id}`, label: label(project) })),
      },
      { group: t('domains'), items: (domains ?? []).map(({ id, name }) => ({ value: `domain ${id}`, label: name })) },
      { group: t('kind.system'), items: [{ value: 'system', label: t('system') }] },
    ],
    [t, projects, domains, label],
  );
}

/** Projects by their bare id. */
export function useProjectChoice(): { value: string; label: string }[] {
  const projects = useProjects().data;
  const label = useDomainLabel();
  return useMemo(
    () => (projects ?? []).map((project) => ({ value: project.id, label: label(project) })),
    [projects, label],
  );
}
