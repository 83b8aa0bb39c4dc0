import { sql } from 'kysely';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import { notFound } from '../identity.errors.ts';
import { type ListQuery, markerNotFound, type Page, toPage } from '../list-query.ts';
import type { DirectoryRepository } from './directory.repository.ts';
import type { ProjectRecord } from './directory.tables.ts';
import type { ProjectRepository, TaggedProject } from './project.repository.ts';
import { DOMAIN_FILTERS, PROJECT_FILTERS, type ProjectQuery } from './project.schema.ts';
import type { Kind } from './project-rules.ts';

/** Ids within ids, down or up a tree; null where it ends. */
export interface IdTree {
  [id: string]: IdTree | null;
}
export interface ProjectTree {
  parents?: TaggedProject[] | IdTree | null;
  subtree?: TaggedProject[] | IdTree | null;
}

/** Lists of projects and domains, and what stands above and below one. */
export class ProjectReadService {
  readonly #projects: ProjectRepository;
  readonly #directory: DirectoryRepository;
  readonly #assignments: AssignmentRepository;

  constructor(parts: {
    projects: ProjectRepository;
    directory: DirectoryRepository;
    assignments: AssignmentRepository;
  }) {
    this.#projects = parts.projects;
    this.#directory = parts.directory;
    this.#assignments = parts.assignments;
  }

  async get(id: string, asked: Kind = 'project'): Promise<TaggedProject> {
    const project = await this.#directory.findProject({ id });
    if (!project || (asked === 'domain' && !project.is_domain)) throw notFound(asked, id);
    return { ...project, tags: await this.#projects.tagsOf(id) };
  }

  /** Domains are left out unless `is_domain` asks for them; whoever has a token for a domain sees only what is in it. */
  async list(context: Context, query: ListQuery): Promise<Page<TaggedProject>> {
    await this.#assertMarker(query);
    const own = context.domainId === null ? [] : [sql<boolean>`domain_id = ${context.domainId}`];
    return toPage(await this.#projects.list({ is_domain: false, ...query }, PROJECT_FILTERS, own), query);
  }

  async listDomains(context: Context, query: ListQuery): Promise<Page<TaggedProject>> {
    await this.#assertMarker(query);
    const own = context.domainId === null ? [] : [sql<boolean>`id = ${context.domainId}`];
    return toPage(await this.#projects.list(query, DOMAIN_FILTERS, [sql<boolean>`is_domain = 1`, ...own]), query);
  }

  /** Those on which the user has a role, however it came about. */
  async ofUser(userId: string, query: ListQuery, target: Kind = 'project'): Promise<Page<TaggedProject>> {
    if (!(await this.#directory.findUser({ id: userId }))) throw notFound('user', userId);
    const ids = await this.#assignments.targetsOf(userId, target);
    if (ids.length === 0) return { items: [], isTruncated: false };
    const among = sql<boolean>`id IN (${sql.join(ids)})`;
    return toPage(await this.#projects.list(query, PROJECT_FILTERS, [among]), query);
  }

  /** Those of the ids, in their order; what is gone is left out. */
  async among(ids: readonly string[]): Promise<TaggedProject[]> {
    if (ids.length === 0) return [];
    const found = await this.#projects.list({}, PROJECT_FILTERS, [sql<boolean>`id IN (${sql.join(ids)})`]);
    return found.sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  }

  async hasSystemRole(userId: string): Promise<boolean> {
    return (await this.#assignments.targetsOf(userId, 'system')).length > 0;
  }

  /** What the query asks of the projects above and below; as lists they are only those the caller has a role on. */
  async treeOf(context: Context, project: ProjectRecord, asked: ProjectQuery): Promise<ProjectTree> {
    refuseBoth(asked, 'parents');
    refuseBoth(asked, 'subtree');
    const tree: ProjectTree = {};
    if (asked.parents_as_list || asked.parents_as_ids) {
      const parents = await this.#projects.parentsOf(project);
      tree.parents = asked.parents_as_list ? await this.#known(context, parents) : upwards(parents);
    }
    if (asked.subtree_as_list || asked.subtree_as_ids) {
      const subtree = await this.#projects.subtreeOf(project.id);
      tree.subtree = asked.subtree_as_list ? await this.#known(context, subtree) : downwards(project.id, subtree);
    }
    return tree;
  }

  async #known(context: Context, projects: ProjectRecord[]): Promise<TaggedProject[]> {
    const own = new Set(await this.#assignments.targetsOf(context.userId ?? '', 'project'));
    return await this.among(projects.map(({ id }) => id).filter((id) => own.has(id)));
  }

  async #assertMarker({ marker }: ListQuery): Promise<void> {
    if (marker !== undefined && !(await this.#directory.findProject({ id: marker }))) throw markerNotFound(marker);
  }
}

function upwards(parents: ProjectRecord[]): IdTree | null {
  return parents.reduceRight<IdTree | null>((above, { id }) => ({ [id]: above }), null);
}

function downwards(id: string, subtree: ProjectRecord[]): IdTree | null {
  const children = Map.groupBy(subtree, ({ parent_id }) => parent_id ?? '');
  const below = (parentId: string): IdTree | null => {
    const found = children.get(parentId);
    return found ? Object.fromEntries(found.map((child) => [child.id, below(child.id)])) : null;
  };
  return below(id);
}

function refuseBoth(asked: ProjectQuery, what: 'parents' | 'subtree'): void {
  if (!asked[`${what}_as_list`] || !asked[`${what}_as_ids`]) return;
  throw new UserError('bad_request', `Cannot use ${what}_as_list and ${what}_as_ids query params at the same time.`, {
    field: `${what}_as_ids`,
  });
}
