import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { IdentityChange } from '../../contract/events.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { Attributes } from '../../policy/policy-expression.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import type { CatalogService } from '../catalog/catalog.service.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { expecting, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { matchesInexactly } from '../inexact-filter.ts';
import { KeystoneResource } from '../keystone.resource.ts';
import {
  LIMIT_FILTERS,
  type LimitChange,
  type LimitQuery,
  type NewLimit,
  REGISTERED_LIMIT_FILTERS,
} from './limit.schema.ts';
import { limits, type RegisteredLimitRecord, registeredLimits, type StoredLimit } from './limit.tables.ts';

/** With what it limits, which the registered limit says. */
export type LimitRecord = StoredLimit & Pick<RegisteredLimitRecord, 'service_id' | 'region_id' | 'resource_name'>;

/**
 * Unified limits: what services register as their defaults, and what projects and domains have instead. Nothing here is
 * enforced by this controller; services of elsewhere read it (oslo.limit).
 */
export class LimitService {
  readonly registered: KeystoneResource<RegisteredLimitRecord>;
  readonly #database: Database;
  readonly #events: EventService;
  readonly #catalog: CatalogService;
  readonly #directory: DirectoryRepository;
  readonly #rows: ResourceStore<StoredLimit>;

  constructor(parts: {
    database: Database;
    events: EventService;
    catalog: CatalogService;
    directory: DirectoryRepository;
  }) {
    const { database } = parts;
    this.#database = database;
    this.#events = parts.events;
    this.#catalog = parts.catalog;
    this.#directory = parts.directory;
    this.#rows = new ResourceStore<StoredLimit>({ database, table: limits });
    this.registered = new KeystoneResource<RegisteredLimitRecord>(
      {
        table: registeredLimits,
        thing: 'registered_limit',
        title: 'registered limit',
        defaults: { service_id: '', region_id: null, resource_name: '', default_limit: 0, description: null },
        filters: REGISTERED_LIMIT_FILTERS,
        check: (trx, record, stored) => this.#checkRegistered(trx, record, stored),
        checkDelete: (trx, record) => this.#assertUnused(trx, record),
      },
      parts,
    );
  }

  /** Administrators, services and the system see all, others their own domain's or project's. */
  async listFor(context: Context, query: LimitQuery): Promise<LimitRecord[]> {
    const { domainId, projectId, roles } = context;
    const limits = (await this.list()).filter(
      (limit) =>
        LIMIT_FILTERS.every((name) => query[name] === undefined || limit[name] === query[name]) &&
        matchesInexactly({ ...limit }, query),
    );
    if (context.systemScope || roles.includes('admin') || roles.includes('service')) return limits;
    if (domainId === null) return limits.filter((limit) => projectId !== null && limit.project_id === projectId);
    const ids = limits.map(({ project_id }) => project_id).filter((id) => id !== null);
    const projects = await this.#directory.findProjectsWithDomains(ids);
    const domainOf = (limit: LimitRecord) => limit.domain_id ?? projects.get(limit.project_id ?? '')?.domain_id;
    return limits.filter((limit) => domainOf(limit) === domainId);
  }

  async list(): Promise<LimitRecord[]> {
    const [limits, registered] = await Promise.all([this.#rows.list(), this.registered.list()]);
    const byId = new Map(registered.map((record) => [record.id, record]));
    return limits.flatMap((limit) => {
      const of = byId.get(limit.registered_limit_id);
      return of ? [joined(limit, of)] : [];
    });
  }

  async get(id: string): Promise<LimitRecord> {
    const limit = await this.#rows.find(id);
    const of = limit && (await this.registered.find(limit.registered_limit_id));
    if (!of) throw notFound('limit', id);
    return joined(limit, of);
  }

  /** What the rules look at; empty where it is not there. */
  async targetOf(id: string): Promise<Attributes> {
    const limit = await this.#rows.find(id);
    const owner = limit && (await this.#directory.findProject({ id: limit.project_id ?? limit.domain_id ?? '' }));
    return limit ? { limit: { ...limit, [limit.project_id === null ? 'domain' : 'project']: owner } } : {};
  }

  /** All of them or none. */
  async create(context: Context, wanted: readonly NewLimit[]): Promise<LimitRecord[]> {
    return await this.#database.transaction(async (trx) => {
      const made: LimitRecord[] = [];
      for (const each of wanted) {
        const limit = await this.#place(trx, each);
        const { service_id: _service, region_id: _region, resource_name: _name, ...row } = limit;
        await this.#rows.insert(trx, row);
        await this.#tell(trx, context, row, 'created');
        made.push(limit);
      }
      return made;
    });
  }

  async update(context: Context, id: string, change: LimitChange): Promise<LimitRecord> {
    await this.#database.transaction(async (trx) => {
      const limit = await this.#rows.update(trx, id, (stored) => {
        const { resource_limit = stored.resource_limit, description = stored.description } = change;
        return { ...stored, resource_limit, description };
      });
      if (!limit) throw notFound('limit', id);
      await this.#tell(trx, context, limit, 'updated');
    });
    return await this.get(id);
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const stored = await this.#stored(trx, id);
      await this.#rows.delete(trx, id);
      await this.#tell(trx, context, stored, 'deleted');
    });
  }

  async #stored(trx: Transaction, id: string): Promise<StoredLimit> {
    const stored = await this.#rows.find(id, trx);
    if (!stored) throw notFound('limit', id);
    return stored;
  }

  /** 400 where it names what is not there, 403 without a registered limit, 409 where there is one already. */
  async #place(trx: Transaction, wanted: NewLimit): Promise<LimitRecord> {
    const { service_id, resource_name, resource_limit, region_id = null, description = null } = wanted;
    await this.#assertPlace(trx, { service_id, region_id }, 'limit');
    const owner = await this.#ownerOf(trx, wanted);
    const [of] = await this.registered.list({ is: { service_id, region_id, resource_name } }, trx);
    if (!of) {
      throw new UserError('forbidden', 'There is no registered limit that this limit could be put in place of.');
    }
    const limit = { id: newIdentityId(), registered_limit_id: of.id, ...owner, resource_limit, description };
    const [same] = await this.#rows.list({ is: { registered_limit_id: of.id, ...owner } }, trx);
    if (same) throw alreadyThere('limit');
    return joined(limit, of);
  }

  /** A domain may be named as the project it is. */
  async #ownerOf(trx: Transaction, wanted: NewLimit): Promise<Pick<LimitRecord, 'project_id' | 'domain_id'>> {
    const isOfProject = 'project_id' in wanted;
    const id = isOfProject ? wanted.project_id : wanted.domain_id;
    const found = await this.#directory.findProject({ id }, trx);
    if (!found || (!isOfProject && !found.is_domain))
      throw expecting(isOfProject ? 'project_id' : 'domain_id', 'limit');
    return found.is_domain ? { project_id: null, domain_id: id } : { project_id: id, domain_id: null };
  }

  async #checkRegistered(
    trx: Transaction,
    record: RegisteredLimitRecord,
    stored: RegisteredLimitRecord | undefined,
  ): Promise<void> {
    if (stored) await this.#assertUnused(trx, stored);
    const { service_id, region_id, resource_name } = record;
    // One that stays where it is may be of a service that is no longer there.
    const isMoved = service_id !== stored?.service_id || region_id !== stored.region_id;
    if (isMoved) await this.#assertPlace(trx, record, 'registered_limit');
    const same = await this.registered.list({ is: { service_id, region_id, resource_name } }, trx);
    if (same.some(({ id }) => id !== record.id)) throw alreadyThere('registered_limit');
  }

  async #assertPlace(
    trx: Transaction,
    { service_id, region_id }: Pick<RegisteredLimitRecord, 'service_id' | 'region_id'>,
    thing: string,
  ): Promise<void> {
    if (!(await this.#catalog.services.find(service_id, trx))) throw expecting('service_id', thing);
    if (region_id !== null && !(await this.#catalog.regions.find(region_id, trx))) throw expecting('region_id', thing);
  }

  async #assertUnused(trx: Transaction, { id }: RegisteredLimitRecord): Promise<void> {
    const [used] = await this.#rows.list({ is: { registered_limit_id: id } }, trx);
    if (!used) return;
    throw new UserError(
      'forbidden',
      `The registered limit ${id} cannot be changed or deleted while limits of projects or domains refer to it.`,
    );
  }

  async #tell(
    trx: Transaction,
    context: Context,
    { id, project_id }: StoredLimit,
    what: IdentityChange,
  ): Promise<void> {
    await this.#events.record(trx, context, { type: `identity.limit.${what}`, resourceId: id, projectId: project_id });
  }
}

function joined(limit: StoredLimit, of: RegisteredLimitRecord): LimitRecord {
  const { service_id, region_id, resource_name } = of;
  return { ...limit, service_id, region_id, resource_name };
}

function alreadyThere(thing: string): UserError {
  return new UserError('conflict', `Conflict occurred attempting to store ${thing} - Duplicate entry.`, {
    field: `${thing}.resource_name`,
  });
}
