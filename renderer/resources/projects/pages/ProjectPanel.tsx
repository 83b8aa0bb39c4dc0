import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ProjectView } from '../../../api/project.api.ts';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { TagList } from '../../../design/TagList.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { AccessTab } from '../../access/AccessTab.tsx';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { AuditTable } from '../../activity/pages/AuditTable.tsx';
import classes from '../../people/people.module.css';
import { PersonQuota } from '../../quotas/PersonQuota.tsx';
import { QuotaUsage } from '../../quotas/QuotaUsage.tsx';
import { createSubProject } from '../actions/create-sub-project.action.tsx';
import { PROJECT_ACTIONS } from '../actions/project-actions.ts';
import { useProjects } from '../hooks/use-projects.ts';
import { childrenByParent, projectPath } from '../project-tree.ts';

/** One project: where it stands, who may work in it and why, what is below it. */
export function ProjectPanel({ project, onClose }: { project: ProjectView; onClose: () => void }) {
  const { t } = useTranslation(['projects', 'people']);
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/people/projects' });
  const mayChangeQuota = mayDo('v1:quotas:update', useCurrentUser()).allowed;
  return (
    <DetailPanel
      title={project.name}
      state={
        <StateBadge
          tone={project.enabled ? 'running' : 'stopped'}
          label={t(project.enabled ? 'people:enabled' : 'people:disabled')}
        />
      }
      actions={<ActionMenu actions={PROJECT_ACTIONS} things={[project]} />}
      onClose={onClose}
      isWide
    >
      <PanelTabs
        open={tab}
        onOpen={(id) =>
          void navigate({ to: '/people/projects', search: (before) => ({ ...before, tab: id }), replace: true })
        }
        tabs={[
          { id: 'overview', label: t('people:tab.overview'), content: () => <Overview project={project} /> },
          {
            id: 'access',
            label: t('people:tab.withAccess'),
            content: () => <AccessTab subject={{ type: 'project', id: project.id, name: project.name }} />,
            isFilling: true,
          },
          { id: 'sub', label: t('subProjects'), content: () => <SubProjects project={project} /> },
          {
            id: 'quotas',
            label: t('quotas'),
            content: () => (
              <>
                <QuotaUsage owner={{ projectId: project.id }} name={project.name} mayChange={mayChangeQuota} />
                {mayChangeQuota && <PersonQuota projectId={project.id} />}
              </>
            ),
          },
          {
            id: 'activity',
            label: t('people:tab.activity'),
            content: () => <AuditTable filter={{ projectId: project.id }} isInAddress={false} />,
            isFilling: true,
          },
        ]}
      />
    </DetailPanel>
  );
}

function Overview({ project }: { project: ProjectView }) {
  const { t } = useTranslation(['projects', 'people']);
  const names = useIdentityNames();
  const projects = useProjects().data ?? [];
  return (
    <FieldList>
      <Field label="ID">
        <CopyText value={project.id} />
      </Field>
      <Field label={t('people:domain')}>
        {names.domain(project.domain_id) ?? <CopyText value={project.domain_id} />}
      </Field>
      <Field label={t('path')}>{projectPath(projects, project.id)}</Field>
      <Field label={t('people:description')}>{project.description || '–'}</Field>
      <Field label={t('tags')}>
        <TagList tags={project.tags ?? []} />
      </Field>
    </FieldList>
  );
}

function SubProjects({ project }: { project: ProjectView }) {
  const { t } = useTranslation(['projects', 'people']);
  const projects = useProjects().data ?? [];
  const below = childrenByParent(projects).get(project.id) ?? [];
  return (
    <>
      <ActionButton action={createSubProject} things={[project]} />
      {below.length === 0 && <p className="muted">{t('noSubProjects')}</p>}
      <ul className={classes.list}>
        {below.map(({ id, name, enabled }) => (
          <li key={id}>
            <Link
              className="truncate"
              to="/people/projects"
              search={(before) => ({ ...before, panel: id, tab: undefined })}
            >
              {name}
            </Link>
            <StateBadge
              tone={enabled ? 'running' : 'stopped'}
              label={t(enabled ? 'people:enabled' : 'people:disabled')}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
