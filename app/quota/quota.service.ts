import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { DEFAULT_PROJECT, type QuotaResource, UNLIMITED } from './quota.defaults.ts';
import type { Limits, QuotaRepository } from './quota.repository.ts';

export type Amounts = Partial<Record<QuotaResource, number>>;

/** Whose usage is counted. `userId` matters only to resources that belong to users, such as keys. */
export interface QuotaScope {
  projectId: string;
  userId: string | null;
}

/** Counts what a service's own tables hold now; runs on the transaction that is about to add to it. */
export type UsageCounter = (query: Queryable, scope: QuotaScope) => Promise<Amounts>;

export type Usage = Record<string, { limit: number; used: number }>;

/**
 * Limits per project. Usage is never stored: it is counted from the tables that own the things, inside the very
 * transaction that adds to them, so it is exact under parallel requests and after a crash.
 */
export class QuotaService {
  readonly #database: Database;
  readonly #repository: QuotaRepository;
  readonly #events: EventService;
  readonly #counters: { resources: readonly QuotaResource[]; count: UsageCounter }[] = [];

  constructor(parts: { database: Database; repository: QuotaRepository; events: EventService }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#events = parts.events;
  }

  /** Each service registers once, when it is made, how to count what it owns. */
  register(resources: readonly QuotaResource[], count: UsageCounter): void {
    this.#counters.push({ resources, count });
  }

  /**
   * Refuses with 403 when `wanted` more would pass a limit. Call it in the transaction that adds, before adding.
   * A resource without a counter (such as `metadata_items`) is compared with the limit alone.
   */
  async check(trx: Transaction, scope: QuotaScope | string, wanted: Amounts): Promise<void> {
    const who = typeof scope === 'string' ? { projectId: scope, userId: null } : scope;
    const names = namesOf(wanted);
    const limits = await this.#repository.limits(who.projectId, trx);
    const used = await this.#count(trx, who, names);
    const over = names.filter((name) => {
      const limit = limits[name];
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

  /** How many times `each` still fits, `undefined` when nothing bounds it. */
  async headroom(trx: Transaction, scope: QuotaScope, each: Amounts): Promise<number | undefined> {
    const names = namesOf(each);
    const limits = await this.#repository.limits(scope.projectId, trx);
    const used = await this.#count(trx, scope, names);
    const fits = names
      .filter((name) => limits[name] !== UNLIMITED && (each[name] ?? 0) > 0)
      .map((name) => Math.max(0, Math.floor((limits[name] - (used[name] ?? 0)) / (each[name] ?? 1))));
    return fits.length === 0 ? undefined : Math.min(...fits);
  }

  /** Used and allowed, for `GET /v1/limits` and the quota APIs. */
  async usage(projectId: string, userId: string | null = null): Promise<Usage> {
    const limits = await this.#repository.limits(projectId);
    const resources = namesOf(limits);
    const used = await this.#count(this.#database.query, { projectId, userId }, resources);
    return Object.fromEntries(resources.map((name) => [name, { limit: limits[name], used: used[name] ?? 0 }]));
  }

  async limits(projectId: string, query?: Queryable): Promise<Limits> {
    return await this.#repository.limits(projectId, query);
  }

  async defaults(): Promise<Limits> {
    return await this.#repository.limits(DEFAULT_PROJECT);
  }

  /** Sets limits of a project (or of `default`). Below what is used is refused unless `force`, as in Nova. */
  async update(context: Context, projectId: string, changes: Amounts, options: { force: boolean }): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const names = namesOf(changes);
      if (!options.force && projectId !== DEFAULT_PROJECT) {
        const used = await this.#count(trx, { projectId, userId: null }, names);
        for (const name of names) assertNotBelowUsage(name, changes[name] ?? 0, used[name] ?? 0);
      }
      for (const name of names) await this.#repository.set(trx, projectId, name, changes[name] ?? 0);
      await this.#record(trx, context, 'quota.update', projectId, changes);
    });
  }

  /** Back to the defaults. */
  async reset(context: Context, projectId: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#repository.clear(trx, projectId);
      await this.#record(trx, context, 'quota.delete', projectId, {});
    });
  }

  async #record(trx: Transaction, context: Context, type: string, projectId: string, payload: Amounts): Promise<void> {
    await this.#events.record(trx, context, { type, resource: { type: 'quota', id: projectId }, projectId, payload });
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

function assertNotBelowUsage(name: QuotaResource, limit: number, used: number): void {
  if (limit === UNLIMITED || limit >= used) return;
  throw new UserError(
    'bad_request',
    `Quota limit ${limit} for ${name} must be greater than or equal to already used and reserved ${used}.`,
    { field: `quota_set.${name}` },
  );
}

function namesOf(amounts: Amounts): QuotaResource[] {
  return Object.keys(amounts) as QuotaResource[];
}
