import { IconPencil } from '@tabler/icons-react';
import type { ProjectView } from '../../../api/project.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { ProjectDialog } from '../dialogs/ProjectDialog.tsx';

export const editProject: Action<ProjectView> = {
  id: 'project.edit',
  label: () => t('people:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (_project, me) => mayDo('identity:update_project', me),
  run: (project) => openDialog((props) => <ProjectDialog {...props} project={project} domainId={project.domain_id} />),
};
