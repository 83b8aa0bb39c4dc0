import { UserError } from '../../contract/errors.ts';
import type { ProjectRecord } from './directory.tables.ts';
import type { UpdateProject } from './project.schema.ts';

/** Keystone's `max_project_tree_depth`: projects above one another, without the domain on top. */
const MAX_DEPTH = 5;
/** Keystone keeps this name to itself. */
export const FEDERATED_DOMAIN = 'federated';

export type Kind = 'domain' | 'project';

export function kindOf({ is_domain }: Pick<ProjectRecord, 'is_domain'>): Kind {
  return is_domain ? 'domain' : 'project';
}

/** 400 or 403 where the project cannot be made in its place. What is not there is the caller's mistake: 400. */
export async function assertWellPlaced(
  project: ProjectRecord,
  tree: {
    find: (id: string) => Promise<ProjectRecord | undefined>;
    parentsOf: (project: ProjectRecord) => Promise<ProjectRecord[]>;
  },
): Promise<void> {
  const { parent_id, domain_id } = project;
  if (project.is_domain) {
    if (parent_id !== null) throw refuse('only root projects are allowed to act as domains.', 'parent_id');
    return;
  }
  const domain = await tree.find(domain_id ?? '');
  if (!domain?.is_domain) throw refuse(`Could not find domain: ${domain_id}.`, 'domain_id');
  const parent = await tree.find(parent_id ?? '');
  if (!parent) throw refuse(`Could not find project: ${parent_id}.`, 'parent_id');
  if ((parent.domain_id ?? parent.id) !== domain.id) {
    throw refuse(
      parent.is_domain
        ? `Cannot create project, the parent (${parent.id}) is acting as a domain, but this project's domain id (${domain.id}) does not match the parent's id.`
        : `Cannot create project, since it specifies its domain_id ${domain.id}, but specifies a parent in a different domain (${parent.domain_id}).`,
      'domain_id',
    );
  }
  const parents = [parent, ...(await tree.parentsOf(parent))];
  const disabled = parents.find(({ enabled }) => !enabled);
  if (disabled) {
    throw refuse(`cannot create a project in a branch containing a disabled project: ${disabled.id}`, 'parent_id');
  }
  if (parents.length > MAX_DEPTH) {
    throw new UserError('forbidden', `Max hierarchy depth reached for ${parent.id} branch.`, {
      field: 'project.parent_id',
    });
  }
}

/** Where a project stands is settled when it is made. */
export function assertUnchanged(project: ProjectRecord, change: UpdateProject): void {
  if (change.id !== undefined && change.id !== project.id) throw refuse('Cannot change ID', 'id');
  if (change.domain_id !== undefined && change.domain_id !== project.domain_id) {
    throw refuse('Cannot change Domain ID', 'domain_id');
  }
  if (change.is_domain !== undefined && change.is_domain !== project.is_domain) {
    throw refuse('Update of `is_domain` is not allowed.', 'is_domain');
  }
  if (change.parent_id !== undefined && change.parent_id !== project.parent_id) {
    throw new UserError('forbidden', 'Update of `parent_id` is not allowed.', { field: 'project.parent_id' });
  }
}

function refuse(message: string, field: string): UserError {
  return new UserError('bad_request', message, { field: `project.${field}` });
}
