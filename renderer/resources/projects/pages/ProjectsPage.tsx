import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { useHomeDomain } from '../../domains/hooks/use-home-domain.ts';
import { IdentityPage } from '../../people/IdentityPage.tsx';
import { PEOPLE_PAGES } from '../../people/people-pages.ts';
import { PROJECT_ACTIONS } from '../actions/project-actions.ts';
import { ProjectDialog } from '../dialogs/ProjectDialog.tsx';
import { useProjectColumns } from '../hooks/use-project-columns.tsx';
import { useProjects } from '../hooks/use-projects.ts';
import { type ProjectRow, projectTree } from '../project-tree.ts';
import { ProjectPanel } from './ProjectPanel.tsx';

const NONE_CLOSED: ReadonlySet<string> = new Set();

/** The projects, under each other as they stand, or as a flat list to sort. */
export function ProjectsPage() {
  const { t } = useTranslation('projects');
  const navigate = useNavigate();
  const { view, q, where } = useSearch({ from: '/frame/people/projects' });
  const isTree = view !== 'list';
  const [closed, setClosed] = useState(NONE_CLOSED);
  const projects = useProjects();
  const homeDomain = useHomeDomain();
  const toggle = useCallback(
    (id: string) =>
      setClosed((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
    [],
  );
  const tree = useMemo(() => (isTree ? { closed, onToggle: toggle } : null), [isTree, closed, toggle]);
  const columns = useProjectColumns(tree);
  // Searched and filtered is everything, also what is folded away.
  const folded = q || where ? NONE_CLOSED : closed;
  const all = useMemo(() => projects.data && projectTree(projects.data, NONE_CLOSED), [projects.data]);
  const rows = useMemo(
    () => (isTree && folded.size > 0 && projects.data ? projectTree(projects.data, folded) : all),
    [projects.data, isTree, folded, all],
  );
  return (
    <IdentityPage<ProjectRow>
      page={PEOPLE_PAGES.projects}
      id={isTree ? 'projects-tree' : 'projects'}
      query={{ ...projects, data: all }}
      rows={rows}
      columns={columns}
      countLabel={(count) => t('count', { count })}
      {...(isTree ? {} : { defaultSort: 'name' })}
      actions={PROJECT_ACTIONS}
      createRule="identity:create_project"
      onCreate={() => openDialog((props) => <ProjectDialog {...props} domainId={homeDomain} />)}
      texts={{
        create: t('create'),
        createTitle: t('createTitle'),
        search: t('search'),
        none: t('none'),
        noneText: t('noneText'),
      }}
      headerActions={
        <SegmentedControl
          size="xs"
          aria-label={t('view.label')}
          value={isTree ? 'tree' : 'list'}
          onChange={(value) =>
            void navigate({
              to: '/people/projects',
              // The tree has an order of its own.
              search: (before) => ({ ...before, view: value === 'list' ? 'list' : undefined, sort: undefined }),
              replace: true,
            })
          }
          data={[
            { value: 'tree', label: t('view.tree') },
            { value: 'list', label: t('view.list') },
          ]}
        />
      }
      panel={(project, close) => <ProjectPanel project={project} onClose={close} />}
    />
  );
}
