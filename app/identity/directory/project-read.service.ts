import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { CollectionQuery } from '../../resource/collection-query.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { Page, PageQuery } from '../keystone.query.ts';
import { DOMAINS } from './directory.repository.ts';
import type { ProjectRecord } from './directory.tables.ts';
import { ownDomain } from './in-domain.ts';
import { type ProjectRepository, type TaggedProject, tagConditions } from './project.repository.ts';
import type { ProjectQuery } from './project.schema.ts';
import type { ProjectService } from './project.service.ts';
import type { Kind } from './project-rules.ts';

/** Ids within ids, down or up a tree; null where it ends. */
export interface IdTree {
  [id: string]: IdTree | null;
}
export interface ProjectTree {
  parents?: TaggedProject[] | IdTree | null;
  subtree?: TaggedProject[] | IdTree | null;
}

interface Parts extends Pick<IdentityParts, 'directory' | 'assignments'> {
  projects: ProjectRepository;
  kinds: ProjectService['kinds'];
}

/** Lists of projects and domains, and what stands above and below one. */
export class ProjectReadService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async get(id: string, asked: Kind = 'project'): Promise<TaggedProject> {
    const { kinds, projects } = this.#parts;
    const project = await kinds[asked].get(id, undefined, asked === 'domain' ? DOMAINS : {});
    return { ...project, tags: await projects.tagsOf(id) };
  }

  /** Domains are left out unless `is_domain` asks for them; whoever has a token for a domain sees only what is in it. */
  async list(context: Context, query: PageQuery): Promise<Page<TaggedProject>> {
    const plain = query.is_domain === undefined ? [{ attribute: 'is_domain', is: '=', value: false } as const] : [];
    return await this.#page(query, { ...ownDomain(context), where: [...plain, ...tagConditions(query)] });
  }

  async listDomains({ domainId }: Context, query: PageQuery): Promise<Page<TaggedProject>> {
    return await this.#page(query, { ...DOMAINS, ...(domainId !== null && { is: { id: domainId } }) });
  }

  /** Those on which the user has a role, however it came about. */
  async ofUser(userId: string, query: PageQuery, target: Kind = 'project'): Promise<Page<TaggedProject>> {
    const { directory, assignments } = this.#parts;
    if (!(await directory.findUser({ id: userId }))) throw notFound('user', userId);
    const ids = await assignments.targetsOf(userId, target);
    return await this.#page(query, { where: [{ attribute: 'id', is: 'in', value: ids }] });
  }

  /** Those of the ids, in their order; what is gone is left out. */
  async among(ids: readonly string[]): Promise<TaggedProject[]> {
    const { projects } = this.#parts;
    const found = await projects.tagged(await projects.list({ where: [{ attribute: 'id', is: 'in', value: ids }] }));
    return found.sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  }

  async hasSystemRole(userId: string): Promise<boolean> {
    return (await this.#parts.assignments.targetsOf(userId, 'system')).length > 0;
  }

  /** What the query asks of the projects above and below; as lists they are only those the caller has a role on. */
  async treeOf(context: Context, project: ProjectRecord, asked: ProjectQuery): Promise<ProjectTree> {
    refuseBoth(asked, 'parents');
    refuseBoth(asked, 'subtree');
    const tree: ProjectTree = {};
    if (asked.parents_as_list || asked.parents_as_ids) {
      const parents = await this.#parts.projects.parentsOf(project);
      tree.parents = asked.parents_as_list ? await this.#known(context, parents) : upwards(parents);
    }
    if (asked.subtree_as_list || asked.subtree_as_ids) {
      const subtree = await this.#parts.projects.subtreeOf(project.id);
      tree.subtree = asked.subtree_as_list ? await this.#known(context, subtree) : downwards(project.id, subtree);
    }
    return tree;
  }

  async #known(context: Context, projects: ProjectRecord[]): Promise<TaggedProject[]> {
    const own = new Set(await this.#parts.assignments.targetsOf(context.userId ?? '', 'project'));
    return await this.among(projects.map(({ id }) => id).filter((id) => own.has(id)));
  }

  async #page(query: PageQuery, further: CollectionQuery<ProjectRecord>): Promise<Page<TaggedProject>> {
    const page = await this.#parts.kinds.project.page(query, further);
    return { ...page, items: await this.#parts.projects.tagged(page.items) };
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
