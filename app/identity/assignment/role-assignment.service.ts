import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Attributes } from '../../policy/policy-expression.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { notFound } from '../identity.errors.ts';
import type { AssignmentRow, RoleAssignmentRepository } from './role-assignment.repository.ts';
import type { AssignmentQuery } from './role-assignment.schema.ts';

/** Pairs of filters that say the same thing twice, and how Keystone refuses them. */
const EXCLUSIVE: readonly [keyof AssignmentQuery, keyof AssignmentQuery, string][] = [
  ['scope.domain.id', 'scope.project.id', 'Specify a domain or project, not both'],
  ['scope.domain.id', 'scope.system', 'Specify system or domain, not both'],
  ['scope.project.id', 'scope.system', 'Specify system or project, not both'],
  ['user.id', 'group.id', 'Specify a user or group, not both'],
];

/** Who has which role on what (Keystone API reference, "List role assignments"). */
export class RoleAssignmentService {
  readonly #assignments: RoleAssignmentRepository;
  readonly #directory: DirectoryRepository;

  constructor(parts: { assignments: RoleAssignmentRepository; directory: DirectoryRepository }) {
    this.#assignments = parts.assignments;
    this.#directory = parts.directory;
  }

  /** What the policy's rule for a tree of projects looks at. */
  async targetOf(projectId: string): Promise<Attributes> {
    const project = await this.#directory.findProject({ id: projectId });
    return { target: { ...(project && { project, domain_id: project.domain_id }) } };
  }

  /** In parts. A token of a domain sees what is on the domain and its projects. */
  async *list(context: Context, query: AssignmentQuery): AsyncGenerator<AssignmentRow[]> {
    assertMakesSense(query);
    const inheritedTo = query['scope.OS-INHERIT:inherited_to'];
    const filter = {
      roleId: query['role.id'],
      userId: query['user.id'],
      groupId: query['group.id'],
      projectId: query['scope.project.id'],
      withSubtree: query.include_subtree,
      domainId: query['scope.domain.id'],
      system: query['scope.system'] === 'all',
      inherited: inheritedTo === undefined ? undefined : inheritedTo === 'projects',
      within: context.domainId ?? undefined,
    };
    if (filter.withSubtree && filter.projectId && !(await this.#directory.findProject({ id: filter.projectId }))) {
      throw notFound('project', filter.projectId);
    }
    const withNames = query.include_names ?? false;
    yield* query.effective
      ? this.#assignments.listEffective(filter, withNames)
      : this.#assignments.listDirect(filter, withNames);
  }
}

function assertMakesSense(query: AssignmentQuery): void {
  for (const [one, other, message] of EXCLUSIVE) {
    if (query[one] && query[other]) throw new UserError('bad_request', message, { field: String(other) });
  }
  if (query.include_subtree && !query['scope.project.id']) {
    throw new UserError('bad_request', 'scope.project.id must be specified if include_subtree is also specified', {
      field: 'scope.project.id',
    });
  }
  if (!query.effective) return;
  if (query['group.id']) {
    throw new UserError('bad_request', 'Combining effective and group filter will always result in an empty list.', {
      field: 'group.id',
    });
  }
  if (query['scope.OS-INHERIT:inherited_to'] === 'projects' && query['scope.domain.id']) {
    throw new UserError(
      'bad_request',
      'Combining effective, domain and inherited filters will always result in an empty list.',
      { field: 'scope.domain.id' },
    );
  }
}
