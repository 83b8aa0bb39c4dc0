import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Quota } from '../contract/quota.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import {
  DEFAULT_PROJECT,
  defaultFor,
  type QuotaDefaults,
  type QuotaLimits,
  type QuotaResource,
  UNLIMITED,
} from './quota.limits.ts';
import { QuotaRepository } from './quota.repository.ts';

export type Amounts = Partial<QuotaLimits>;

/** Whose usage is counted. `userId` matters only to resources that belong to users, such as keys. */
export interface QuotaScope {
  projectId: string;
  userId: string | null;
  /** Only what the user owns of the project is counted. */
  ofUser?: boolean;
}

/** Counts what a service's own tables hold now; runs on the transaction that is about to add to it. */
export type UsageCounter = (query: Queryable, scope: QuotaScope) => Promise<Amounts>;

/** Whoever knows which projects there are. */
export interface KnownProjects {
  hasProject: (id: string, query: Queryable) => Promise<boolean>;
}

export type Usage = Record<string, { limit: number; used: number }>;

interface ChangeOptions {
  /** Also below what is used. */
  force: boolean;
  /** What the limits are called in the request, for refusals that name one. */
  within?: string;
  /** How a project that is not there is refused: Nova does so with 400. */
  unknownProject?: 'bad_request' | 'not_found';
}

/**
 * Limits per project. Usage is never stored: it is counted from the tables that own the things, inside the very
 * transaction that adds to them, so it is exact under parallel requests and after a crash.
 */
export class QuotaService {
  readonly #database: Database;
  readonly #defaults: QuotaDefaults;
  readonly #repository: QuotaRepository;
  readonly #events: EventService;
  readonly #projects: KnownProjects | undefined;
  readonly #counters: { resources: readonly QuotaResource[]; count: UsageCounter }[] = [];

  /** Without `projects`, as where a service runs alone, limits are set for any. */
  constructor(parts: {
    database: Database;
    /** Of all that has a limit. */
    defaults: QuotaDefaults;
    events: EventService;
    projects?: KnownProjects;
  }) {
    this.#database = parts.database;
    this.#defaults = parts.defaults;
    this.#repository = new QuotaRepository(parts.database, parts.defaults);
    this.#events = parts.events;
    this.#projects = parts.projects;
  }

  /** Each service registers once, when it is made, how to count what it owns. */
  register(resources: readonly QuotaResource[], count: UsageCounter): void {
    this.#counters.push({ resources, count });
  }

  /**
   * Refuses with 403 when `wanted` more would pass a limit of the project, or the user's own part of it. Call it in the
   * transaction that adds, before adding. A resource without a counter (such as `metadata_items`) is compared with the
   * limit alone.
   */
  async check(trx: Transaction, scope: QuotaScope | string, wanted: Amounts): Promise<void> {
    const who = typeof scope === 'string' ? { projectId: scope, userId: null } : scope;
    for (const { limits, used } of await this.#bounds(trx, who, namesOf(wanted))) assertFits(wanted, limits, used);
  }

  /** How many times `each` still fits, `undefined` when nothing bounds it. */
  async headroom(trx: Transaction, scope: QuotaScope, each: Amounts): Promise<number | undefined> {
    const names = namesOf(each);
    const bounds = await this.#bounds(trx, scope, names);
    const fits = bounds.flatMap(({ limits, used }) =>
      names
        .filter((name) => (limits[name] ?? UNLIMITED) !== UNLIMITED && (each[name] ?? 0) > 0)
        .map((name) => Math.max(0, Math.floor(((limits[name] ?? 0) - (used[name] ?? 0)) / (each[name] ?? 1)))),
    );
    return fits.length === 0 ? undefined : Math.min(...fits);
  }

  /** Used and allowed, for `GET /v1/limits` and the quota APIs. */
  async usage(projectId: string, userId: string | null = null): Promise<Usage> {
    const limits = await this.#repository.limits(projectId);
    const resources = namesOf(limits);
    const used = await this.#count(this.#database.query, { projectId, userId }, resources);
    return Object.fromEntries(
      resources.map((name) => [name, { limit: limits[name] ?? UNLIMITED, used: used[name] ?? 0 }]),
    );
  }

  /** What one user uses of a project and may: their own limits, else the project's. */
  async userUsage(projectId: string, userId: string): Promise<Usage> {
    const limits = {
      ...(await this.#repository.limits(projectId)),
      ...(await this.#repository.userLimits(projectId, userId)),
    };
    const resources = namesOf(limits);
    const used = await this.#count(this.#database.query, { projectId, userId, ofUser: true }, resources);
    return Object.fromEntries(
      resources.map((name) => [name, { limit: limits[name] ?? UNLIMITED, used: used[name] ?? 0 }]),
    );
  }

  /** All limits with use, and which of them were said for this project (or user) itself. */
  async describe(projectId: string, userId?: string): Promise<Quota> {
    const usage = await (userId === undefined ? this.usage(projectId) : this.userUsage(projectId, userId));
    const own = await (userId === undefined
      ? this.#repository.ownLimits(projectId)
      : this.#repository.userLimits(projectId, userId));
    return {
      limits: Object.fromEntries(
        Object.entries(usage).map(([name, entry]) => [name, { ...entry, isOwn: Object.hasOwn(own, name) }]),
      ),
    };
  }

  async limits(projectId: string, query?: Queryable): Promise<QuotaLimits> {
    return await this.#repository.limits(projectId, query);
  }

  async defaults(): Promise<QuotaLimits> {
    return await this.#repository.limits(DEFAULT_PROJECT);
  }

  /** Sets limits of a project (or of `default`). Below what is used is refused unless `force`, as in Nova. */
  async update(context: Context, projectId: string, changes: Amounts, options: ChangeOptions): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#assertProject(trx, projectId, options);
      const names = namesOf(changes);
      if (!options.force && projectId !== DEFAULT_PROJECT) {
        const used = await this.#count(trx, { projectId, userId: null }, names);
        for (const name of names)
          assertNotBelowUsage(fieldOf(name, options), name, changes[name] ?? 0, used[name] ?? 0);
      }
      for (const name of names) await this.#repository.set(trx, projectId, name, changes[name] ?? 0);
      await this.#record(trx, context, 'quota.update', projectId, changes);
    });
  }

  /** The projects that have limits of their own among `resources`. */
  async projectsWithOwn(resources: readonly QuotaResource[]): Promise<string[]> {
    return await this.#repository.projectsWithOwn(resources);
  }

  /** Back to the defaults: of all, or of `resources` alone. */
  async reset(context: Context, projectId: string, resources?: readonly QuotaResource[]): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#repository.clear(trx, projectId, resources);
      await this.#record(trx, context, 'quota.delete', projectId, {});
    });
  }

  /** In the transaction in which what they were of goes. */
  async forget(trx: Transaction, resources: readonly QuotaResource[]): Promise<void> {
    await this.#repository.forget(trx, resources);
  }

  /** Sets a user's part of a project's quota: never more than the project's, nor less than what they use (unless forced). */
  async updateForUser(
    context: Context,
    owner: { projectId: string; userId: string },
    changes: Amounts,
    options: ChangeOptions,
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#assertProject(trx, owner.projectId, options);
      const names = namesOf(changes);
      const limits = await this.#repository.limits(owner.projectId, trx);
      const used = await this.#count(trx, { ...owner, ofUser: true }, names);
      for (const name of names) {
        const field = fieldOf(name, options);
        if (!defaultFor(this.#defaults, name)?.perUser) {
          throw new UserError('bad_request', `The limit of ${name} cannot be set for a user.`, { field });
        }
        const limit = changes[name] ?? 0;
        const most = limits[name] ?? UNLIMITED;
        if (most !== UNLIMITED && (limit === UNLIMITED || limit > most)) {
          throw new UserError(
            'bad_request',
            `Quota limit ${limit} for ${name} must be less than or equal to ${most}.`,
            { field },
          );
        }
        if (!options.force) assertNotBelowUsage(field, name, limit, used[name] ?? 0);
        await this.#repository.setForUser(trx, owner, name, limit);
      }
      await this.#record(trx, context, 'quota.update', owner.projectId, changes);
    });
  }

  async resetForUser(context: Context, { projectId, userId }: { projectId: string; userId: string }): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#repository.clearForUser(trx, projectId, userId);
      await this.#record(trx, context, 'quota.delete', projectId, {});
    });
  }

  async #assertProject(trx: Transaction, id: string, { unknownProject = 'bad_request' }: ChangeOptions): Promise<void> {
    if (id === DEFAULT_PROJECT || !this.#projects || (await this.#projects.hasProject(id, trx))) return;
    throw new UserError(unknownProject, `Project ID ${id.slice(0, 255)} is not a valid project.`);
  }

  /** All that bounds what this scope adds: the project's limits with what it uses, then the user's own. */
  async #bounds(
    trx: Transaction,
    scope: QuotaScope,
    names: readonly QuotaResource[],
  ): Promise<{ limits: Partial<QuotaLimits>; used: Amounts }[]> {
    const ofProject = {
      limits: await this.#repository.limits(scope.projectId, trx),
      used: await this.#count(trx, scope, names),
    };
    if (scope.userId === null) return [ofProject];
    const limits = await this.#repository.userLimits(scope.projectId, scope.userId, trx);
    const limited = names.filter((name) => limits[name] !== undefined);
    if (limited.length === 0) return [ofProject];
    return [ofProject, { limits, used: await this.#count(trx, { ...scope, ofUser: true }, limited) }];
  }

  async #record(
    trx: Transaction,
    context: Context,
    type: EventName,
    projectId: string,
    payload: Amounts,
  ): Promise<void> {
    await this.#events.record(trx, context, { type, resourceId: projectId, projectId, payload });
  }

  async #count(query: Queryable, scope: QuotaScope, names: readonly QuotaResource[]): Promise<Amounts> {
    const used: Amounts = {};
    for (const { resources, count } of this.#counters) {
      if (!resources.some((resource) => names.includes(resource))) continue;
      Object.assign(used, await count(query, scope));
    }
    return used;
  }
}

function assertFits(wanted: Amounts, limits: Partial<QuotaLimits>, used: Amounts): void {
  const over = namesOf(wanted).filter((name) => {
    const limit = limits[name] ?? UNLIMITED;
    return limit !== UNLIMITED && (used[name] ?? 0) + (wanted[name] ?? 0) > limit;
  });
  if (over.length === 0) return;
  const list = over.join(', ');
  const requested = over.map((name) => wanted[name] ?? 0).join(', ');
  const already = over.map((name) => used[name] ?? 0).join(', ');
  const allowed = over.map((name) => limits[name]).join(', ');
  throw new UserError(
    'quota_exceeded',
    `Quota exceeded for ${list}: Requested ${requested}, but already used ${already} of ${allowed} ${list}`,
  );
}

function fieldOf(name: QuotaResource, { within = 'quota_set' }: ChangeOptions): string {
  return `${within}.${name}`;
}

function assertNotBelowUsage(field: string, name: QuotaResource, limit: number, used: number): void {
  if (limit === UNLIMITED || limit >= used) return;
  throw new UserError(
    'bad_request',
    `Quota limit ${limit} for ${name} must be greater than or equal to already used and reserved ${used}.`,
    { field },
  );
}

function namesOf(amounts: Amounts): QuotaResource[] {
  return Object.keys(amounts) as QuotaResource[];
}
