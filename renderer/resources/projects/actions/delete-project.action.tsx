import { IconTrash } from '@tabler/icons-react';
import type { ProjectView } from '../../../api/project.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { DeleteProjectDialog } from '../dialogs/DeleteProjectDialog.tsx';

export const deleteProjectAction: Action<ProjectView> = {
  id: 'project.delete',
  label: () => t('projects:action.delete'),
  icon: IconTrash,
  group: 'delete',
  isDangerous: true,
  can: (project, me) =>
    project.id === me.projectId ? no(t('projects:reason.own')) : mayDo('identity:delete_project', me),
  run: (project) => openDialog((props) => <DeleteProjectDialog {...props} project={project} />),
};
