import { IconFolderPlus } from '@tabler/icons-react';
import type { ProjectView } from '../../../api/project.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { ProjectDialog } from '../dialogs/ProjectDialog.tsx';

export const createSubProject: Action<ProjectView> = {
  id: 'project.create-sub',
  label: () => t('projects:action.createSub'),
  icon: IconFolderPlus,
  group: 'change',
  can: (_project, me) => mayDo('identity:create_project', me),
  run: (project) =>
    openDialog((props) => <ProjectDialog {...props} domainId={project.domain_id} parentId={project.id} />),
};
