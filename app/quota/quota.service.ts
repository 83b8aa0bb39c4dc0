import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import {
  DEFAULT_PROJECT,
  declaredName,
  defaultFor,
  type QuotaDefaults,
  type QuotaLimits,
  type QuotaResource,
  UNLIMITED,
} from './quota.limits.ts';
import { type QuotaOwner, QuotaRepository } from './quota.repository.ts';

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

export type Usage<Entry = { limit: number; used: number }> = Partial<Record<QuotaResource, Entry>>;

/** A limit as its own API tells of it; `isOwn`: somebody set it for this project (or user). */
export interface DescribedLimit {
  limit: number;
  used: number;
  isOwn: boolean;
}

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

  /** Each service registers once, when it is made, how to count what it owns: `resources` as it declares them. */
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

  /** What a project may use and uses, of keys what this user has; of all that has a limit, or what one service limits. */
  async usage(projectId: string, userId: string | null = null, of = this.#defaults): Promise<Usage> {
    const limits = await this.#repository.limits({ projectId });
    const names = namesOf(limits, of);
    const used = await this.#count(this.#database.query, { projectId, userId }, names);
    return Object.fromEntries(names.map((name) => [name, { limit: limits[name] ?? UNLIMITED, used: used[name] ?? 0 }]));
  }

  /**
   * The same of an owner, of a user only what is theirs; and which limits were said for the owner itself. With limits of
   * `each` thing that are named.
   */
  async describe(
    owner: QuotaOwner,
    of = this.#defaults,
    each: readonly QuotaResource[] = [],
  ): Promise<Usage<DescribedLimit>> {
    const [limits, own] = await Promise.all([this.limits(owner, undefined, each), this.#repository.own(owner)]);
    const names = namesOf(limits, of);
    const used = await this.#count(this.#database.query, scopeOf(owner), names);
    const described = names.map((name): [string, DescribedLimit] => [
      name,
      { limit: limits[name] ?? UNLIMITED, used: used[name] ?? 0, isOwn: Object.hasOwn(own, name) },
    ]);
    return Object.fromEntries(described);
  }

  /** All that hold of an owner; of `each` thing those that are named, or that somebody set. */
  async limits(
    owner: QuotaOwner | string,
    query?: Queryable,
    each: readonly QuotaResource[] = [],
  ): Promise<QuotaLimits> {
    return await this.#repository.limits(toOwner(owner), query, each);
  }

  /**
   * Sets limits of a project (or of `default`), or a user's part of them, which is never more than the project's. Below
   * what is used is refused unless `force`, as in Nova.
   */
  async update(context: Context, of: QuotaOwner | string, changes: Amounts, options: ChangeOptions): Promise<void> {
    const owner = toOwner(of);
    const { projectId, userId } = owner;
    await this.#database.transaction(async (trx) => {
      await this.#assertProject(trx, projectId, options);
      const names = namesOf(changes);
      const ofProject = userId === undefined ? undefined : await this.#repository.limits({ projectId }, trx);
      const isCounted = !options.force && projectId !== DEFAULT_PROJECT;
      const used = isCounted ? await this.#count(trx, scopeOf(owner), names) : {};
      for (const name of names) {
        const field = fieldOf(name, options);
        const limit = changes[name] ?? 0;
        if (ofProject) this.#assertPart(field, name, limit, ofProject[name] ?? UNLIMITED);
        assertNotBelowUsage(field, name, limit, used[name] ?? 0);
        await this.#repository.set(trx, owner, name, limit);
      }
      await this.#record(trx, context, 'quota.update', projectId, changes);
    });
  }

  /** The projects that have limits of their own among `resources`. */
  async projectsWithOwn(resources: readonly QuotaResource[]): Promise<string[]> {
    return await this.#repository.projectsWithOwn(resources);
  }

  /** Back to the defaults: of all, or of what one service limits. `none` is thrown where nothing was said. */
  async reset(
    context: Context,
    of: QuotaOwner | string,
    limits = this.#defaults,
    none?: () => UserError,
  ): Promise<void> {
    const owner = toOwner(of);
    await this.#database.transaction(async (trx) => {
      const names = namesOf(await this.#repository.limits(owner, trx), limits);
      if (none && !namesOf(await this.#repository.own(owner, trx)).some((name) => names.includes(name))) throw none();
      await this.#repository.clear(trx, owner, names);
      await this.#record(trx, context, 'quota.delete', owner.projectId, {});
    });
  }

  /** In the transaction in which what they were of goes. */
  async forget(trx: Transaction, resources: readonly QuotaResource[]): Promise<void> {
    await this.#repository.forget(trx, resources);
  }

  #assertPart(field: string, name: QuotaResource, limit: number, ofProject: number): void {
    if (!defaultFor(this.#defaults, name)?.perUser) {
      throw new UserError('bad_request', `The limit of ${name} cannot be set for a user.`, { field });
    }
    if (ofProject === UNLIMITED || (limit !== UNLIMITED && limit <= ofProject)) return;
    const message = `Quota limit ${limit} for ${name} must be less than or equal to ${ofProject}.`;
    throw new UserError('bad_request', message, { field });
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
    const ofAll = await this.#repository.limits({ projectId: scope.projectId }, trx, names);
    // What has no limit is not counted: that reads all there is, and comes between all who add to it.
    const bounded = names.filter((name) => (ofAll[name] ?? UNLIMITED) !== UNLIMITED);
    const ofProject = { limits: ofAll, used: await this.#count(trx, scope, bounded) };
    if (scope.userId === null) return [ofProject];
    const limits = await this.#repository.own({ ...scope, userId: scope.userId }, trx);
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
      if (!names.some((name) => resources.some((one) => one === declaredName(this.#defaults, name)))) continue;
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

/** Of all, or of what one service limits. */
function namesOf(amounts: Amounts, of?: QuotaDefaults): QuotaResource[] {
  const names = Object.keys(amounts) as QuotaResource[];
  return of ? names.filter((name) => defaultFor(of, name) !== undefined) : names;
}

function toOwner(of: QuotaOwner | string): QuotaOwner {
  return typeof of === 'string' ? { projectId: of } : of;
}

function scopeOf({ projectId, userId }: QuotaOwner): QuotaScope {
  return userId === undefined ? { projectId, userId: null } : { projectId, userId, ofUser: true };
}
