import { IconCircleOff } from '@tabler/icons-react';
import { type ProjectView, updateProject } from '../../../api/project.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { subtreeLeavesFirst } from '../project-tree.ts';

/** What is below goes first: Keystone disables no project over one that is enabled. */
const enabledBelow = (project: ProjectView): ProjectView[] =>
  subtreeLeavesFirst(queryClient.getQueryData<ProjectView[]>(keys.projects.every) ?? [], project.id).filter(
    ({ id, enabled }) => enabled && id !== project.id,
  );

export const disableProjects: Action<ProjectView> = {
  id: 'project.disable',
  label: () => t('people:action.disable'),
  icon: IconCircleOff,
  group: 'state',
  bulk: 'button',
  can: (project, me) => {
    if (!project.enabled) return no(t('projects:reason.disabled'));
    return project.id === me.projectId ? no(t('projects:reason.own')) : mayDo('identity:update_project', me);
  },
  confirm: (projects) => {
    const below = projects.flatMap(enabledBelow).map(({ name }) => name);
    return {
      title: t('projects:disable.title', { count: projects.length, name: projects[0]?.name ?? '' }),
      text: below.length > 0 ? t('projects:disable.textBelow') : t('projects:disable.text'),
      consequences: below,
      wayBack: t('projects:disable.wayBack'),
      confirmLabel: t('people:action.disable'),
    };
  },
  run: async (project) => {
    for (const { id } of enabledBelow(project)) await updateProject(id, { enabled: false });
    await updateProject(project.id, { enabled: false });
  },
};
