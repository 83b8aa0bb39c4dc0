import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { CatalogService as CatalogEntry } from '../../contract/openstack.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import { expecting, notFound } from '../identity.errors.ts';
import { KeptReads } from '../kept-reads.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import {
  type EndpointGroupRecord,
  type EndpointRecord,
  endpointGroups,
  endpoints,
  type PolicyRecord,
  policies,
  type RegionRecord,
  regions,
  type ServiceRecord,
  services,
} from './catalog.tables.ts';
import { EndpointFilterService } from './endpoint-filter.service.ts';
import { checkEndpointUrl, fillEndpointUrl } from './endpoint-url.ts';
import { PolicyAssociationService } from './policy-association.service.ts';

/** Regions, services and endpoints, what filters them, and what is stored beside them (Keystone API reference, v3). */
export class CatalogService {
  readonly regions: KeystoneResource<RegionRecord>;
  readonly services: KeystoneResource<ServiceRecord>;
  readonly endpoints: KeystoneResource<EndpointRecord>;
  readonly endpointGroups: KeystoneResource<EndpointGroupRecord>;
  readonly policies: KeystoneResource<PolicyRecord>;
  readonly filters: EndpointFilterService;
  readonly associations: PolicyAssociationService;
  /** What every token's catalogue is made of: services, endpoints, and which of them a project is to see. */
  readonly #kept = new KeptReads<{
    services: ServiceRecord[];
    endpoints: EndpointRecord[];
    wanted: Set<string> | null;
  }>();

  constructor(parts: { database: Database; events: EventService }) {
    const { database } = parts;
    const changed = () => this.#kept.forget();
    this.regions = new KeystoneResource<RegionRecord>(
      {
        table: regions,
        thing: 'region',
        defaults: { parent_region_id: null, description: '' },
        extra: { known: [] },
        filters: ['parent_region_id'],
        unique: [{ attributes: ['id'], taken: regionTaken }],
        check: (trx, region) => this.#checkParents(trx, region),
        checkDelete: (trx, region) => this.#checkNoEndpoints(trx, region),
      },
      parts,
    );
    this.services = new KeystoneResource<ServiceRecord>(
      {
        table: services,
        thing: 'service',
        changed,
        defaults: { type: '', name: '', enabled: true },
        extra: { known: [] },
        filters: ['type', 'name'],
      },
      parts,
    );
    this.endpoints = new KeystoneResource<EndpointRecord>(
      {
        table: endpoints,
        thing: 'endpoint',
        changed,
        defaults: { service_id: '', region_id: null, interface: 'public', url: '', enabled: true },
        extra: { known: ['region', 'legacy_endpoint_id'] },
        filters: ['interface', 'service_id', 'region_id'],
        check: (trx, endpoint) => this.#checkEndpoint(trx, endpoint),
      },
      parts,
    );
    this.endpointGroups = new KeystoneResource<EndpointGroupRecord>(
      {
        table: endpointGroups,
        thing: 'endpoint_group',
        changed,
        title: 'Endpoint Group',
        defaults: { name: '', description: null, filters: {} },
        filters: ['name'],
      },
      parts,
    );
    this.policies = new KeystoneResource<PolicyRecord>(
      {
        table: policies,
        thing: 'policy',
        defaults: { type: '', blob: '' },
        extra: { known: [] },
        filters: ['type'],
      },
      parts,
    );
    this.filters = new EndpointFilterService({ database, catalog: this, changed });
    this.associations = new PolicyAssociationService({ database, catalog: this });
  }

  /** The catalogue as tokens carry it, for a client that came by `origin`. */
  async catalogFor(who: { userId: string | null; projectId: string | null }, origin: string): Promise<CatalogEntry[]> {
    const { services, endpoints, wanted } = await this.#kept.of(who.projectId ?? '', async () => {
      const [services, endpoints] = await Promise.all([this.services.list(), this.endpoints.list()]);
      const wanted = who.projectId === null ? null : await this.filters.wantedBy(who.projectId, endpoints);
      return { services, endpoints, wanted };
    });
    const byService = Map.groupBy(
      endpoints.filter(({ id, enabled }) => enabled && (wanted === null || wanted.has(id))),
      ({ service_id }) => service_id,
    );
    return services
      .filter(({ id, enabled }) => enabled && (wanted === null || byService.has(id)))
      .map(({ id, type, name }) => ({
        id,
        type,
        name,
        endpoints: (byService.get(id) ?? []).flatMap((endpoint) => {
          const url = fillEndpointUrl(endpoint.url, { ...who, origin });
          if (url === undefined) return [];
          const region_id = endpoint.region_id ?? '';
          return [{ id: endpoint.id, interface: endpoint.interface, region: region_id, region_id, url }];
        }),
      }));
  }

  /** A region with the id the client chose, or one of ours. */
  async createRegion(context: Context, sent: Sent): Promise<RegionRecord> {
    return await this.regions.make(context, sent, typeof sent.id === 'string' && sent.id !== '' ? sent.id : undefined);
  }

  /** `region` is the older way to say `region_id`: such a region is made where it is missing. */
  async withRegion(context: Context, sent: Sent): Promise<Sent> {
    const { region, region_id } = sent;
    if (typeof region !== 'string' || typeof region_id === 'string') return sent;
    if (!(await this.regions.find(region))) await this.regions.make(context, {}, region);
    return { ...sent, region_id: region };
  }

  async #checkParents(trx: Transaction, region: RegionRecord): Promise<void> {
    const seen = new Set([region.id]);
    for (let parent = region.parent_region_id; parent !== null; ) {
      if (seen.has(parent)) {
        const message = `The specified parent region ${region.parent_region_id} would create a circular region hierarchy.`;
        throw new UserError('bad_request', message, { field: 'region.parent_region_id' });
      }
      seen.add(parent);
      const found: RegionRecord | undefined = await this.regions.find(parent, trx);
      if (!found) throw notFound('region', parent);
      parent = found.parent_region_id;
    }
  }

  /** Its child regions go with it, unless any of them has endpoints. */
  async #checkNoEndpoints(trx: Transaction, { id }: RegionRecord): Promise<void> {
    const used = await trx
      .withRecursive('below(id)', (query) =>
        query
          .selectFrom('identity_region')
          .select('id')
          .where('id', '=', id)
          .union(
            query
              .selectFrom('identity_region')
              .innerJoin('below', 'below.id', 'identity_region.parent_region_id')
              .select('identity_region.id'),
          ),
      )
      .selectFrom('identity_endpoint')
      .innerJoin('below', 'below.id', 'identity_endpoint.region_id')
      .select('identity_endpoint.id')
      .executeTakeFirst();
    if (!used) return;
    throw new UserError(
      'forbidden',
      `Unable to delete region ${id} because it or its child regions have associated endpoints.`,
    );
  }

  async #checkEndpoint(trx: Transaction, { service_id, region_id, url }: EndpointRecord): Promise<void> {
    checkEndpointUrl(url);
    if (!(await this.services.find(service_id, trx))) throw expecting('endpoint service_id', 'service table');
    if (region_id !== null && !(await this.regions.find(region_id, trx))) {
      throw expecting('endpoint region_id', 'region table');
    }
  }
}

function regionTaken({ id }: RegionRecord): UserError {
  const message = `Conflict occurred attempting to store region - Duplicate ID, ${id}.`;
  return new UserError('conflict', message, { field: 'region.id' });
}
