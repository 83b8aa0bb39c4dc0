import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Transaction } from '../../database/database.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import { alreadyStored } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { newIdentityId } from '../identity-id.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import { assertMayDelete, assertMayUpdate, mergeOptions } from '../resource-options.ts';
import { DOMAINS } from './directory.repository.ts';
import { type ProjectRecord, projects } from './directory.tables.ts';
import type { ProjectRepository, TaggedProject } from './project.repository.ts';
import {
  type CreateDomain,
  type CreateProject,
  PROJECT_ATTRIBUTES,
  PROJECT_FILTERS,
  type UpdateProject,
} from './project.schema.ts';
import { assertUnchanged, assertWellPlaced, FEDERATED_DOMAIN, type Kind, kindOf } from './project-rules.ts';

interface Parts extends ResourceParts, Pick<IdentityParts, 'tokens'> {
  projects: ProjectRepository;
}

/**
 * Projects and domains: a domain is a project at the top of its tree, so both are made, changed and deleted here.
 * Source: Identity API reference, "Projects" and "Domains".
 */
export class ProjectService {
  readonly kinds: Readonly<Record<Kind, KeystoneResource<ProjectRecord>>>;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.kinds = { domain: this.#kindOf('domain'), project: this.#kindOf('project') };
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
    return await this.#change(context, id, asked, async (project, trx) => {
      assertUnchanged(project, change);
      assertMayUpdate(kindOf(project), project, change);
      if (change.tags) await this.#parts.projects.setTags(trx, id, change.tags);
      return this.kinds[kindOf(project)].changed(change, project);
    });
  }

  /** Enables or disables a project with all that is below it. */
  async setEnabledBelow(context: Context, id: string, enabled: boolean): Promise<TaggedProject> {
    const { projects } = this.#parts;
    return await this.#change(context, id, 'project', async (project, trx) => {
      assertMayUpdate(kindOf(project), project, { enabled });
      const below = (await projects.subtreeOf(id, trx)).filter((each) => each.enabled !== enabled);
      await projects.setEnabled(
        trx,
        below.map((each) => each.id),
        enabled,
      );
      for (const each of below) {
        if (!enabled) await this.#endTokens(trx, each);
        await this.kinds[kindOf(each)].tell(trx, context, each, `identity.${kindOf(each)}.updated`);
      }
      return { ...project, enabled };
    });
  }

  /** Of a project only what has nothing below it, unless `cascade` says to delete that too (disabled beforehand). */
  async delete(
    context: Context,
    id: string,
    { cascade = false, asked = 'project' }: { cascade?: boolean; asked?: Kind } = {},
  ): Promise<void> {
    const { database, projects } = this.#parts;
    await database.transaction(async (trx) => {
      const project = await this.#load(trx, id, asked);
      assertMayDelete(kindOf(project), project);
      if (project.is_domain && project.enabled) {
        throw new UserError('forbidden', 'Cannot delete a domain that is enabled, please disable it first.');
      }
      const below = project.is_domain ? [] : await projects.subtreeOf(id, trx);
      if (below.length > 0 && !cascade) {
        throw new UserError(
          'forbidden',
          `Cannot delete the project ${id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree.`,
        );
      }
      assertAllDisabled('delete', id, below);
      for (const each of [...below.reverse(), project]) await this.kinds[kindOf(each)].remove(trx, context, each);
    });
  }

  async setTags(context: Context, id: string, change: (tags: string[]) => string[]): Promise<string[]> {
    const { projects } = this.#parts;
    const { tags } = await this.#change(context, id, 'project', async (project, trx) => {
      assertMayUpdate(kindOf(project), project, { tags: [] });
      await projects.setTags(trx, id, change(await projects.tagsOf(id, trx)));
      return project;
    });
    return tags;
  }

  #kindOf(thing: Kind): KeystoneResource<ProjectRecord> {
    return new KeystoneResource<ProjectRecord>(
      {
        table: projects,
        thing,
        defaults: {
          ...{ name: '', description: '', enabled: true, options: {} },
          ...{ domain_id: null, parent_id: null, is_domain: false },
        },
        extra: { known: PROJECT_ATTRIBUTES },
        filters: [...PROJECT_FILTERS.text, ...PROJECT_FILTERS.flags],
        told: ({ id, name, is_domain }) => ({ projectId: is_domain ? null : id, payload: { name } }),
        unique: [
          { attributes: ['id'], taken: conflict },
          { attributes: ['domain_id', 'name'], taken: conflict },
        ],
        refine,
        check: (trx, project, stored) => this.#check(trx, project, stored),
        written: async (trx, project, stored) => {
          if (stored?.enabled && !project.enabled) await this.#endTokens(trx, project);
          if (stored) this.#parts.database.afterCommit(trx, () => this.#parts.tokens.changed());
        },
        deleting: async (trx, project) => {
          await this.#endTokens(trx, project);
          await this.#parts.projects.forgetAsDefault(trx, project.id);
        },
      },
      this.#parts,
    );
  }

  async #insert(
    context: Context,
    given: CreateDomain | CreateProject,
    place: Pick<ProjectRecord, 'id' | 'domain_id' | 'parent_id' | 'is_domain'>,
  ): Promise<TaggedProject> {
    const { database, projects } = this.#parts;
    const records = this.kinds[kindOf(place)];
    const project = { ...records.made(given), ...place, created_at: new Date().toISOString() };
    const tags = [...(given.tags ?? [])].sort();
    if (project.is_domain && project.name.toLowerCase() === FEDERATED_DOMAIN) {
      throw new UserError('bad_request', `Domain cannot be named ${project.name}`, { field: 'domain.name' });
    }
    await database.transaction(async (trx) => {
      await records.add(trx, context, project);
      await projects.setTags(trx, project.id, tags);
    });
    return { ...project, tags };
  }

  async #change(
    context: Context,
    id: string,
    asked: Kind,
    change: (project: ProjectRecord, trx: Transaction) => Promise<ProjectRecord>,
  ): Promise<TaggedProject> {
    const { database, projects } = this.#parts;
    return await database.transaction(async (trx) => {
      const kind = this.kinds[kindOf(await this.#load(trx, id, asked))];
      const project = await kind.alter(trx, context, id, change);
      return { ...project, tags: await projects.tagsOf(id, trx) };
    });
  }

  /** Whoever asks for a project may name a domain, not the other way round. */
  async #load(trx: Transaction, id: string, asked: Kind): Promise<ProjectRecord> {
    return await this.kinds[asked].get(id, trx, asked === 'domain' ? DOMAINS : {});
  }

  /** A domain takes its projects with it as it is disabled; below a project all must be so already. */
  async #check(trx: Transaction, project: ProjectRecord, stored: ProjectRecord | undefined): Promise<void> {
    const { projects } = this.#parts;
    if (!stored) {
      await assertWellPlaced(project, {
        find: (id) => projects.find(id, trx),
        parentsOf: (parent) => projects.parentsOf(parent, trx),
      });
    } else if (project.enabled && !stored.enabled) {
      const parents = await projects.parentsOf(project, trx);
      if (parents.every(({ enabled }) => enabled)) return;
      throw new UserError('forbidden', `Cannot enable project ${project.id} since it has disabled parents`);
    } else if (stored.enabled && !project.enabled && !project.is_domain) {
      assertAllDisabled('disable', project.id, await projects.subtreeOf(project.id, trx));
    }
  }

  async #endTokens(trx: Transaction, { id, is_domain }: ProjectRecord): Promise<void> {
    const { tokens } = this.#parts;
    if (is_domain) await tokens.endOfDomain(trx, id);
    else await tokens.end(trx, { scope: { type: 'project', id } });
  }
}

function refine(sent: Sent, stored: ProjectRecord | undefined): Sent {
  const options = mergeOptions<ProjectRecord['options']>(stored?.options ?? {}, sent.options as object | undefined);
  return { ...sent, options, ...(typeof sent.name === 'string' && { name: sent.name.trim() }) };
}

function assertAllDisabled(verb: 'delete' | 'disable', id: string, below: readonly ProjectRecord[]): void {
  if (below.every(({ enabled }) => !enabled)) return;
  throw new UserError('forbidden', `Cannot ${verb} project ${id} since its subtree contains enabled projects.`);
}

function conflict({ is_domain, name, id }: ProjectRecord): UserError {
  return alreadyStored(
    'project',
    is_domain
      ? `it is not permitted to have two projects acting as domains with the same name: ${name}`
      : `it is not permitted to have two projects with either the same name or same id in the same domain: name is ${name}, project id ${id}`,
  );
}
