import type { ProjectView } from '../../api/project.api.ts';
import { compareValues } from '../../design/table/table-rows.ts';

export interface ProjectRow extends ProjectView {
  depth: number;
  hasChildren: boolean;
}

/** Children by the id of what is above them: a project, or a domain for those at the top. */
export function childrenByParent(projects: readonly ProjectView[]): Map<string, ProjectView[]> {
  const known = new Set(projects.map(({ id }) => id));
  // A project whose parent one may not see stands at the top of its domain.
  return Map.groupBy(projects, ({ parent_id, domain_id }) =>
    parent_id !== null && known.has(parent_id) ? parent_id : domain_id,
  );
}

/** The projects in the order of a tree, by name on each level; what is below a closed one is left out. */
export function projectTree(projects: readonly ProjectView[], closed: ReadonlySet<string>): ProjectRow[] {
  const children = childrenByParent(projects);
  const rows: ProjectRow[] = [];
  const add = (parentId: string, depth: number): void => {
    const level = (children.get(parentId) ?? []).toSorted((a, b) => compareValues(a.name, b.name));
    for (const project of level) {
      rows.push({ ...project, depth, hasChildren: children.has(project.id) });
      if (!closed.has(project.id)) add(project.id, depth + 1);
    }
  };
  for (const domainId of new Set(projects.map(({ domain_id }) => domain_id))) add(domainId, 0);
  return rows;
}

/** The project and all below it, leaves first: the order to disable or delete them in. */
export function subtreeLeavesFirst(projects: readonly ProjectView[], id: string): ProjectView[] {
  const children = childrenByParent(projects);
  const found: ProjectView[] = [];
  const visit = (project: ProjectView): void => {
    for (const child of children.get(project.id) ?? []) visit(child);
    found.push(project);
  };
  const root = projects.find((project) => project.id === id);
  if (root) visit(root);
  return found;
}

/** `web / staging / blue`: where a project stands. */
export function projectPath(projects: readonly ProjectView[], id: string): string {
  const byId = new Map(projects.map((project) => [project.id, project]));
  const names: string[] = [];
  for (let at = byId.get(id); at; at = at.parent_id === null ? undefined : byId.get(at.parent_id)) {
    names.unshift(at.name);
  }
  return names.join(' / ');
}
