import { sql } from 'kysely';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Transaction } from '../../database/database.ts';
import type { Attributes } from '../../policy/policy-expression.ts';
import type { Scope } from '../../resource/collection-query.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import type { CatalogService } from '../catalog/catalog.service.ts';
import { expecting } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import { type LimitChange, type LimitQuery, type NewLimit, REGISTERED_LIMIT_FILTERS } from './limit.schema.ts';
import { limits, type RegisteredLimitRecord, registeredLimits, type StoredLimit } from './limit.tables.ts';

/** With what it limits, which the registered limit says. */
export type LimitRecord = StoredLimit & Pick<RegisteredLimitRecord, 'service_id' | 'region_id' | 'resource_name'>;

interface Parts extends ResourceParts, Pick<IdentityParts, 'directory'> {
  catalog: CatalogService;
}

/**
 * Unified limits: what services register as their defaults, and what projects and domains have instead. Nothing here is
 * enforced by this controller; services of elsewhere read it (oslo.limit).
 */
export class LimitService {
  readonly registered: KeystoneResource<RegisteredLimitRecord>;
  readonly #parts: Parts;
  readonly #records: KeystoneResource<StoredLimit>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#records = new KeystoneResource<StoredLimit>(
      {
        table: limits,
        thing: 'limit',
        defaults: { resource_limit: 0, description: null },
        filters: ['project_id', 'domain_id'],
        told: ({ project_id }) => ({ projectId: project_id }),
        unique: [
          { attributes: ['registered_limit_id', 'project_id', 'domain_id'], taken: () => alreadyThere('limit') },
        ],
      },
      parts,
    );
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
  async listFor({ domainId, projectId, roles, systemScope }: Context, query: LimitQuery): Promise<LimitRecord[]> {
    if (systemScope || roles.includes('admin') || roles.includes('service')) return await this.list(query);
    if (domainId === null) return await this.list(query, { is: { project_id: projectId ?? '' } });
    const inDomain = sql`SELECT id FROM identity_project WHERE domain_id = ${domainId}`;
    return await this.list(query, { also: [sql`(domain_id = ${domainId} OR project_id IN (${inDomain}))`] });
  }

  async list(query: Sent = {}, scope: Scope<StoredLimit> = {}): Promise<LimitRecord[]> {
    const [ofRegistered, ofLimit] = [true, false].map((is) =>
      Object.fromEntries(Object.entries(query).filter(([key]) => isOfRegistered(key) === is)),
    );
    const registered = new Map((await this.registered.seek({ ...ofRegistered })).map((each) => [each.id, each]));
    const where = [{ attribute: 'registered_limit_id', is: 'in', value: [...registered.keys()] } as const];
    return (await this.#records.seek({ ...ofLimit }, { ...scope, where })).flatMap((limit) => {
      const of = registered.get(limit.registered_limit_id);
      return of ? [joined(limit, of)] : [];
    });
  }

  async get(id: string): Promise<LimitRecord> {
    const limit = await this.#records.get(id);
    return joined(limit, await this.registered.get(limit.registered_limit_id));
  }

  /** What the rules look at; empty where it is not there. */
  async targetOf(id: string): Promise<Attributes> {
    const limit = await this.#records.find(id);
    const owner = limit && (await this.#parts.directory.findProject({ id: limit.project_id ?? limit.domain_id ?? '' }));
    return limit ? { limit: { ...limit, [limit.project_id === null ? 'domain' : 'project']: owner } } : {};
  }

  /** All of them or none: 400 where one names what is not there, 403 without a registered limit, 409 where one is there. */
  async create(context: Context, wanted: readonly NewLimit[]): Promise<LimitRecord[]> {
    return await this.#parts.database.transaction(async (trx) => {
      const made: LimitRecord[] = [];
      for (const each of wanted) {
        const { service_id, resource_name, region_id = null } = each;
        await this.#assertPlace(trx, { service_id, region_id }, 'limit');
        const owner = await this.#ownerOf(trx, each);
        const [of] = await this.registered.list({ is: { service_id, region_id, resource_name } }, trx);
        if (!of) {
          throw new UserError('forbidden', 'There is no registered limit that this limit could be put in place of.');
        }
        const limit = { ...this.#records.made(each), ...owner, registered_limit_id: of.id };
        await this.#records.add(trx, context, limit);
        made.push(joined(limit, of));
      }
      return made;
    });
  }

  async update(context: Context, id: string, change: LimitChange): Promise<LimitRecord> {
    await this.#records.change(context, id, change);
    return await this.get(id);
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
  }

  /** A domain may be named as the project it is. */
  async #ownerOf(trx: Transaction, wanted: NewLimit): Promise<Pick<LimitRecord, 'project_id' | 'domain_id'>> {
    const isOfProject = 'project_id' in wanted;
    const id = isOfProject ? wanted.project_id : wanted.domain_id;
    const found = await this.#parts.directory.findProject({ id }, trx);
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
    if (!(await this.#parts.catalog.services.find(service_id, trx))) throw expecting('service_id', thing);
    if (region_id !== null && !(await this.#parts.catalog.regions.find(region_id, trx)))
      throw expecting('region_id', thing);
  }

  async #assertUnused(trx: Transaction, { id }: RegisteredLimitRecord): Promise<void> {
    const [used] = await this.#records.list({ is: { registered_limit_id: id } }, trx);
    if (!used) return;
    throw new UserError(
      'forbidden',
      `The registered limit ${id} cannot be changed or deleted while limits of projects or domains refer to it.`,
    );
  }
}

/** Whether a filter is of what the registered limit says. */
function isOfRegistered(key: string): boolean {
  return REGISTERED_LIMIT_FILTERS.some((name) => key === name || key.startsWith(`${name}__`));
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
