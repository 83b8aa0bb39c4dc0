import { SegmentedControl } from '@mantine/core';
import { IconFolder, IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useHomeDomain } from '../../domains/hooks/use-home-domain.ts';
import { IdentityTable } from '../../people/IdentityTable.tsx';
import { PeopleHeader } from '../../people/PeopleHeader.tsx';
import { PROJECT_ACTIONS } from '../actions/project-actions.ts';
import { ProjectDialog } from '../dialogs/ProjectDialog.tsx';
import { useProjectColumns } from '../hooks/use-project-columns.tsx';
import { useProjects } from '../hooks/use-projects.ts';
import { type ProjectRow, projectTree } from '../project-tree.ts';
import { ProjectPanel } from './ProjectPanel.tsx';

const NONE_CLOSED: ReadonlySet<string> = new Set();

/** The projects, under each other as they stand, or as a flat list to sort. */
export function ProjectsPage() {
  const { t } = useTranslation(['projects', 'people']);
  const navigate = useNavigate();
  const { panel, view, q, where } = useSearch({ from: '/frame/people/projects' });
  const isTree = view !== 'list';
  const [closed, setClosed] = useState(NONE_CLOSED);
  const projects = useProjects();
  const homeDomain = useHomeDomain();
  const right = mayDo('identity:create_project', useCurrentUser());
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
  const rows = useMemo(
    () => projects.data && projectTree(projects.data, isTree ? folded : NONE_CLOSED),
    [projects.data, isTree, folded],
  );
  const shown = projects.data?.find((project) => project.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/people/projects', search: (before) => ({ ...before, panel: id, tab: undefined }) });
  const create = (): void => {
    if (right.allowed) openDialog((props) => <ProjectDialog {...props} domainId={homeDomain} />);
  };
  useShortcut({ keys: 'N', label: t('createTitle'), group: t('people:area') }, create);
  const button = (
    <ReasonedButton verdict={right} leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
      {t('create')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PeopleHeader
        actions={
          <>
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
            {button}
          </>
        }
      />
      <IdentityTable<ProjectRow>
        id={isTree ? 'projects-tree' : 'projects'}
        rule="identity:list_projects"
        query={{ ...projects, data: rows }}
        label={t('people:page.projects')}
        columns={columns}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        {...(isTree ? {} : { defaultSort: 'name' })}
        actions={PROJECT_ACTIONS}
        onOpen={(project) => open(project.id)}
        empty={
          <EmptyState
            icon={<IconFolder size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={button}
          />
        }
      />
      {shown && <ProjectPanel key={shown.id} project={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
