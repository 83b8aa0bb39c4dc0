import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProjectView } from '../../../api/project.api.ts';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import type { ProjectRow } from '../project-tree.ts';
import classes from '../projects.module.css';

export interface TreeState {
  closed: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

/** Columns of the projects; with `tree` the names stand under their parents and the order is the tree's. */
export function useProjectColumns(tree: TreeState | null): Column<ProjectRow>[] {
  const { t } = useTranslation(['projects', 'people']);
  const names = useIdentityNames();
  return useMemo(() => {
    const state = (project: ProjectView): string => t(project.enabled ? 'people:enabled' : 'people:disabled');
    const columns: Column<ProjectRow>[] = [
      {
        id: 'name',
        header: t('people:name'),
        value: (project) => project.name,
        cell: (project) => <ProjectName project={project} tree={tree} />,
        width: { min: 200, share: 3 },
        isFixed: true,
      },
      {
        id: 'domain',
        header: t('people:domain'),
        value: (project) => names.domain(project.domain_id),
        width: { min: 112, share: 1 },
        filter: {},
      },
      ...(tree
        ? []
        : [
            {
              id: 'parent',
              header: t('parent'),
              value: (project: ProjectRow) => (project.parent_id ? names.project(project.parent_id) : null),
              width: { min: 112, share: 1 },
            },
          ]),
      {
        id: 'state',
        header: t('people:state'),
        value: state,
        cell: (project) => <StateBadge tone={project.enabled ? 'running' : 'stopped'} label={state(project)} />,
        width: 112,
        filter: {},
      },
      {
        id: 'tags',
        header: t('tags'),
        value: (project) => (project.tags ?? []).join(', '),
        width: { min: 112, share: 2 },
      },
      {
        id: 'description',
        header: t('people:description'),
        value: (project) => project.description,
        width: { min: 128, share: 3 },
      },
      {
        id: 'id',
        header: 'ID',
        value: (project) => project.id,
        cell: (project) => <span className="mono truncate">{project.id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
    return tree ? columns.map((column) => ({ ...column, isUnsortable: true })) : columns;
  }, [t, names, tree]);
}

function ProjectName({ project, tree }: { project: ProjectRow; tree: TreeState | null }) {
  const { t } = useTranslation('projects');
  const link = (
    <Link className="truncate" to="/people/projects" search={(before) => ({ ...before, panel: project.id })}>
      {project.name}
    </Link>
  );
  if (!tree) return link;
  const isOpen = !tree.closed.has(project.id);
  const TwistIcon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <span className={classes.treeName} style={{ paddingInlineStart: project.depth * 20 }}>
      {project.hasChildren ? (
        <button
          type="button"
          className={classes.twist}
          aria-expanded={isOpen}
          aria-label={t(isOpen ? 'tree.close' : 'tree.open', { name: project.name })}
          onClick={(event) => {
            event.stopPropagation();
            tree.onToggle(project.id);
          }}
        >
          <TwistIcon size={14} aria-hidden="true" />
        </button>
      ) : (
        <span className={classes.twistPlace} />
      )}
      {link}
    </span>
  );
}
