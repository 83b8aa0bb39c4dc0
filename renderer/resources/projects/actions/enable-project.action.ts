import { IconCircleCheck } from '@tabler/icons-react';
import { type ProjectView, updateProject } from '../../../api/project.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

export const enableProjects: Action<ProjectView> = {
  id: 'project.enable',
  label: () => t('people:action.enable'),
  icon: IconCircleCheck,
  group: 'state',
  bulk: 'button',
  can: (project, me) => (project.enabled ? no(t('projects:reason.enabled')) : mayDo('identity:update_project', me)),
  run: (project) => updateProject(project.id, { enabled: true }),
};
