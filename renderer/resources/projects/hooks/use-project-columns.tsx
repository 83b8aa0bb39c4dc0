import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../design/table/column.ts';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import { useIdentityColumns } from '../../people/hooks/use-identity-columns.tsx';
import { PEOPLE_PAGES } from '../../people/people-pages.ts';
import type { ProjectRow } from '../project-tree.ts';
import classes from '../projects.module.css';

export interface TreeState {
  closed: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

/** Columns of the projects; with `tree` the names stand under their parents and the order is the tree's. */
export function useProjectColumns(tree: TreeState | null): Column<ProjectRow>[] {
  const { t } = useTranslation('projects');
  const names = useIdentityNames();
  const shared = useIdentityColumns<ProjectRow>(PEOPLE_PAGES.projects);
  return useMemo(() => {
    const columns: Column<ProjectRow>[] = [
      {
        ...shared.name,
        cell: (project) => <ProjectName project={project} tree={tree} />,
        width: { min: 200, share: 3 },
      },
      shared.domain,
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
      shared.state,
      {
        id: 'tags',
        header: t('tags'),
        value: (project) => (project.tags ?? []).join(', '),
        width: { min: 112, share: 2 },
      },
      shared.description,
      shared.id,
    ];
    return tree ? columns.map((column) => ({ ...column, isUnsortable: true })) : columns;
  }, [t, names, shared, tree]);
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
