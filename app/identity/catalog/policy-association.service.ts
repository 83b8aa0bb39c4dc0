import { UserError } from '../../contract/errors.ts';
import type { Database, Queryable } from '../../database/database.ts';
import type { KeystoneResource } from '../keystone.resource.ts';
import type {
  EndpointRecord,
  PolicyAssociationRow,
  PolicyRecord,
  RegionRecord,
  ServiceRecord,
} from './catalog.tables.ts';

export type PolicyTarget = Omit<PolicyAssociationRow, 'policy_id'>;

/** What can be associated. */
export interface Associated {
  endpoints: KeystoneResource<EndpointRecord>;
  services: KeystoneResource<ServiceRecord>;
  regions: KeystoneResource<RegionRecord>;
  policies: KeystoneResource<PolicyRecord>;
}

/** Which stored policy is for which endpoints (OS-ENDPOINT-POLICY). */
export class PolicyAssociationService {
  readonly #database: Database;
  readonly #catalog: Associated;

  constructor(parts: { database: Database; catalog: Associated }) {
    this.#database = parts.database;
    this.#catalog = parts.catalog;
  }

  /** In place of the policy that was there before. */
  async set(policyId: string, target: PolicyTarget): Promise<void> {
    await this.#assertAll(policyId, target);
    await this.#database.transaction(async (trx) => {
      await this.#matching(trx, target).execute();
      await trx
        .insertInto('identity_policy_association')
        .values({ policy_id: policyId, ...target })
        .execute();
    });
  }

  async check(policyId: string, target: PolicyTarget): Promise<void> {
    await this.#assertAll(policyId, target);
    const found = (await this.#list()).some((row) => row.policy_id === policyId && isSame(row, target));
    if (!found) throw noAssociation();
  }

  async remove(policyId: string, target: PolicyTarget): Promise<void> {
    await this.check(policyId, target);
    await this.#database.transaction(async (trx) => {
      await this.#matching(trx, target).execute();
    });
  }

  async endpointsOf(policyId: string): Promise<EndpointRecord[]> {
    await this.#catalog.policies.get(policyId);
    const [endpoints, rows, parents] = await Promise.all([
      this.#catalog.endpoints.list(),
      this.#list(),
      this.#parents(),
    ]);
    return endpoints.filter((endpoint) => policyFor(endpoint, rows, parents) === policyId);
  }

  /** The nearest: of the endpoint itself, of its service in its region or one above, of its service. */
  async policyOf(endpointId: string): Promise<PolicyRecord> {
    const endpoint = await this.#catalog.endpoints.get(endpointId);
    const id = policyFor(endpoint, await this.#list(), await this.#parents());
    if (id === undefined) {
      throw new UserError('not_found', `No policy is associated with endpoint ${endpointId}.`);
    }
    return await this.#catalog.policies.get(id);
  }

  async #list(): Promise<PolicyAssociationRow[]> {
    return await this.#database.query.selectFrom('identity_policy_association').selectAll().execute();
  }

  async #parents(): Promise<Map<string, string | null>> {
    return new Map((await this.#catalog.regions.list()).map(({ id, parent_region_id }) => [id, parent_region_id]));
  }

  #matching(trx: Queryable, { endpoint_id, service_id, region_id }: PolicyTarget) {
    return trx
      .deleteFrom('identity_policy_association')
      .where('endpoint_id', endpoint_id === null ? 'is' : '=', endpoint_id)
      .where('service_id', service_id === null ? 'is' : '=', service_id)
      .where('region_id', region_id === null ? 'is' : '=', region_id);
  }

  async #assertAll(policyId: string, { endpoint_id, service_id, region_id }: PolicyTarget): Promise<void> {
    await this.#catalog.policies.get(policyId);
    if (endpoint_id !== null) await this.#catalog.endpoints.get(endpoint_id);
    if (service_id !== null) await this.#catalog.services.get(service_id);
    if (region_id !== null) await this.#catalog.regions.get(region_id);
  }
}

function policyFor(
  endpoint: EndpointRecord,
  rows: readonly PolicyAssociationRow[],
  parents: ReadonlyMap<string, string | null>,
): string | undefined {
  const { id, service_id } = endpoint;
  const targets: PolicyTarget[] = [{ endpoint_id: id, service_id: null, region_id: null }];
  for (let region_id = endpoint.region_id; region_id !== null; region_id = parents.get(region_id) ?? null) {
    targets.push({ endpoint_id: null, service_id, region_id });
  }
  targets.push({ endpoint_id: null, service_id, region_id: null });
  for (const target of targets) {
    const row = rows.find((one) => isSame(one, target));
    if (row) return row.policy_id;
  }
  return undefined;
}

function isSame(row: PolicyTarget, { endpoint_id, service_id, region_id }: PolicyTarget): boolean {
  return row.endpoint_id === endpoint_id && row.service_id === service_id && row.region_id === region_id;
}

function noAssociation(): UserError {
  return new UserError('not_found', 'Could not find policy association.');
}
