import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { IdentityChange } from '../../contract/events.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import { extraOf } from '../extra-attributes.ts';
import { alreadyStored, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { assertMayDelete, assertMayUpdate, mergeOptions } from '../resource-options.ts';
import type { TokenService } from '../token/token.service.ts';
import type { DirectoryRepository } from './directory.repository.ts';
import type { ProjectRecord } from './directory.tables.ts';
import type { ProjectRepository, TaggedProject } from './project.repository.ts';
import { type CreateDomain, type CreateProject, PROJECT_ATTRIBUTES, type UpdateProject } from './project.schema.ts';
import { assertUnchanged, assertWellPlaced, FEDERATED_DOMAIN, type Kind, kindOf } from './project-rules.ts';

/**
 * Projects and domains: a domain is a project at the top of its tree, so both are made, changed and deleted here.
 * Source: Identity API reference, "Projects" and "Domains".
 */
export class ProjectService {
  readonly #database: Database;
  readonly #projects: ProjectRepository;
  readonly #directory: DirectoryRepository;
  readonly #tokens: TokenService;
  readonly #events: EventService;

  constructor(parts: {
    database: Database;
    projects: ProjectRepository;
    directory: DirectoryRepository;
    tokens: TokenService;
    events: EventService;
  }) {
    this.#database = parts.database;
    this.#projects = parts.projects;
    this.#directory = parts.directory;
    this.#tokens = parts.tokens;
    this.#events = parts.events;
  }

  /** `parent_id` and `domain_id` say where; one follows from the other. 400 where they do not fit together. */
  async create(context: Context, given: CreateProject): Promise<TaggedProject> {
    const isDomain = given.is_domain ?? false;
    const domainId = isDomain ? null : (given.domain_id ?? null);
    return await this.#insert(context, given, {
      id: newIdentityId(),
      domain_id: domainId,
      parent_id: given.parent_id ?? given.domain_id ?? null,
      is_domain: isDomain,
    });
  }

  async createDomain(context: Context, given: CreateDomain): Promise<TaggedProject> {
    const id = given.explicit_domain_id ?? newIdentityId();
    return await this.#insert(context, given, { id, domain_id: null, parent_id: null, is_domain: true });
  }

  async update(context: Context, id: string, change: UpdateProject, asked: Kind = 'project'): Promise<TaggedProject> {
    return await this.#change(context, id, asked, async (trx) => {
      await this.#projects.update(trx, id, async (project) => {
        assertUnchanged(project, change);
        assertMayUpdate(kindOf(project), project, change);
        const updated: ProjectRecord = {
          ...project,
          name: change.name?.trim() ?? project.name,
          description: change.description === undefined ? project.description : change.description,
          enabled: change.enabled ?? project.enabled,
          options: mergeOptions(project.options, change.options),
          extra: extraOf(change, PROJECT_ATTRIBUTES, project.extra),
        };
        await this.#assertNameFree(trx, updated);
        if (updated.enabled && !project.enabled) await this.#assertParentsEnabled(trx, project);
        if (!updated.enabled && project.enabled) await this.#disable(trx, project);
        return updated;
      });
      if (change.tags) await this.#projects.setTags(trx, id, change.tags);
    });
  }

  /** Enables or disables a project with all that is below it. */
  async setEnabledBelow(context: Context, id: string, enabled: boolean): Promise<TaggedProject> {
    return await this.#change(context, id, 'project', async (trx, project) => {
      assertMayUpdate(kindOf(project), project, { enabled });
      if (enabled) await this.#assertParentsEnabled(trx, project);
      const below = await this.#projects.subtreeOf(id, trx);
      const changed = [project, ...below].filter((each) => each.enabled !== enabled);
      if (!enabled) for (const each of changed) await this.#endTokens(trx, each);
      await this.#projects.setEnabled(
        trx,
        changed.map((each) => each.id),
        enabled,
      );
      for (const each of changed) if (each.id !== id) await this.#tell(trx, context, each, 'updated');
    });
  }

  /** Of a project only what has nothing below it, unless `cascade` says to delete that too (disabled beforehand). */
  async delete(
    context: Context,
    id: string,
    { cascade = false, asked = 'project' }: { cascade?: boolean; asked?: Kind } = {},
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const project = await this.#load(trx, id, asked);
      assertMayDelete(kindOf(project), project);
      if (project.is_domain && project.enabled) {
        throw new UserError('forbidden', 'Cannot delete a domain that is enabled, please disable it first.');
      }
      const below = project.is_domain ? [] : await this.#projects.subtreeOf(id, trx);
      if (below.length > 0 && !cascade) {
        throw new UserError(
          'forbidden',
          `Cannot delete the project ${id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree.`,
        );
      }
      if (below.some(({ enabled }) => enabled)) {
        throw new UserError('forbidden', `Cannot delete project ${id} since its subtree contains enabled projects.`);
      }
      for (const each of [...below.reverse(), project]) {
        await this.#endTokens(trx, each);
        await this.#projects.delete(trx, each.id);
        await this.#tell(trx, context, each, 'deleted');
      }
    });
  }

  async setTags(context: Context, id: string, change: (tags: string[]) => string[]): Promise<string[]> {
    const { tags } = await this.#change(context, id, 'project', async (trx, project) => {
      assertMayUpdate(kindOf(project), project, { tags: [] });
      await this.#projects.setTags(trx, id, change(await this.#projects.tagsOf(id, trx)));
    });
    return tags;
  }

  async #insert(
    context: Context,
    given: CreateDomain | CreateProject,
    place: Pick<ProjectRecord, 'id' | 'domain_id' | 'parent_id' | 'is_domain'>,
  ): Promise<TaggedProject> {
    const project: TaggedProject = {
      ...place,
      name: given.name.trim(),
      description: given.description === undefined ? '' : given.description,
      enabled: given.enabled ?? true,
      options: mergeOptions({}, given.options),
      extra: extraOf(given, PROJECT_ATTRIBUTES),
      created_at: new Date().toISOString(),
      tags: [...(given.tags ?? [])].sort(),
    };
    if (project.is_domain && project.name.toLowerCase() === FEDERATED_DOMAIN) {
      throw new UserError('bad_request', `Domain cannot be named ${project.name}`, { field: 'domain.name' });
    }
    await this.#database.transaction(async (trx) => {
      await assertWellPlaced(project, {
        find: (id) => this.#directory.findProject({ id }, trx),
        parentsOf: (parent) => this.#projects.parentsOf(parent, trx),
      });
      if (await this.#directory.findProject({ id: project.id }, trx)) throw conflict(project);
      await this.#assertNameFree(trx, project);
      await this.#projects.insert(trx, project);
      await this.#tell(trx, context, project, 'created');
    });
    return project;
  }

  async #change(
    context: Context,
    id: string,
    asked: Kind,
    work: (trx: Transaction, project: ProjectRecord) => Promise<void>,
  ): Promise<TaggedProject> {
    return await this.#database.transaction(async (trx) => {
      await work(trx, await this.#load(trx, id, asked));
      const changed = await this.#load(trx, id, asked);
      await this.#tell(trx, context, changed, 'updated');
      this.#database.afterCommit(trx, () => this.#tokens.changed());
      return { ...changed, tags: await this.#projects.tagsOf(id, trx) };
    });
  }

  /** Whoever asks for a project may name a domain, not the other way round. */
  async #load(trx: Transaction, id: string, asked: Kind): Promise<ProjectRecord> {
    const project = await this.#directory.findProject({ id }, trx);
    if (!project || (asked === 'domain' && !project.is_domain)) throw notFound(asked, id);
    return project;
  }

  async #assertNameFree(trx: Transaction, project: ProjectRecord): Promise<void> {
    if (await this.#projects.isNameTaken(trx, project)) throw conflict(project);
  }

  async #assertParentsEnabled(trx: Transaction, project: ProjectRecord): Promise<void> {
    const parents = await this.#projects.parentsOf(project, trx);
    if (parents.every(({ enabled }) => enabled)) return;
    throw new UserError('forbidden', `Cannot enable project ${project.id} since it has disabled parents`);
  }

  /** A domain takes its projects with it; below a project all must be disabled already. */
  async #disable(trx: Transaction, project: ProjectRecord): Promise<void> {
    const below = project.is_domain ? [] : await this.#projects.subtreeOf(project.id, trx);
    if (below.some(({ enabled }) => enabled)) {
      throw new UserError(
        'forbidden',
        `Cannot disable project ${project.id} since its subtree contains enabled projects.`,
      );
    }
    await this.#endTokens(trx, project);
  }

  async #endTokens(trx: Transaction, { id, is_domain }: ProjectRecord): Promise<void> {
    if (is_domain) await this.#tokens.endOfDomain(trx, id);
    else await this.#tokens.end(trx, { scope: { type: 'project', id } });
  }

  async #tell(trx: Transaction, context: Context, project: ProjectRecord, what: IdentityChange): Promise<void> {
    await this.#events.record(trx, context, {
      type: `identity.${kindOf(project)}.${what}`,
      resourceId: project.id,
      projectId: project.is_domain ? null : project.id,
      payload: { name: project.name },
    });
  }
}

function conflict({ is_domain, name, id }: ProjectRecord): UserError {
  return alreadyStored(
    'project',
    is_domain
      ? `it is not permitted to have two projects acting as domains with the same name: ${name}`
      : `it is not permitted to have two projects with either the same name or same id in the same domain: name is ${name}, project id ${id}`,
  );
}
