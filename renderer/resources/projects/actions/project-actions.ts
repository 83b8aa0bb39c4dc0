import type { ProjectView } from '../../../api/project.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { createSubProject } from './create-sub-project.action.tsx';
import { deleteProjectAction } from './delete-project.action.tsx';
import { disableProjects } from './disable-project.action.ts';
import { editProject } from './edit-project.action.tsx';
import { enableProjects } from './enable-project.action.ts';

/** In the order of menus. */
export const PROJECT_ACTIONS: readonly Action<ProjectView>[] = [
  editProject,
  createSubProject,
  enableProjects,
  disableProjects,
  deleteProjectAction,
];
