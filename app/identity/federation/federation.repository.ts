import type { Database, Queryable, Transaction } from '../../database/database.ts';
import { flag } from '../../database/table.ts';
import {
  type IdentityProviderRecord,
  identityProviders,
  type MappingRecord,
  mappings,
  type ProtocolRecord,
  type ServiceProviderRecord,
  serviceProviders,
} from './federation.tables.ts';

export interface FederationFilter {
  id?: string | undefined;
  enabled?: boolean | undefined;
}

/** Rows of identity providers, protocols, mappings and service providers. */
export class FederationRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get #query(): Queryable {
    return this.#database.query;
  }

  async listProviders(filter: FederationFilter, query = this.#query): Promise<IdentityProviderRecord[]> {
    let select = query.selectFrom('identity_provider').selectAll().orderBy('id');
    if (filter.id !== undefined) select = select.where('id', '=', filter.id);
    if (filter.enabled !== undefined) select = select.where('enabled', '=', flag.write(filter.enabled));
    const rows = await select.execute();
    if (rows.length === 0) return [];
    let remotes = query.selectFrom('identity_provider_remote_id').selectAll().orderBy('remote_id');
    if (filter.id !== undefined) remotes = remotes.where('idp_id', '=', filter.id);
    const byProvider = Map.groupBy(await remotes.execute(), (row) => row.idp_id);
    return rows.map((row) => ({
      ...identityProviders.toRecord(row),
      remote_ids: (byProvider.get(row.id) ?? []).map(({ remote_id }) => remote_id),
    }));
  }

  async findProvider(id: string, query?: Queryable): Promise<IdentityProviderRecord | undefined> {
    return (await this.listProviders({ id }, query))[0];
  }

  /** The provider that has one of these remote ids already, other than `idpId`. */
  async findRemoteIdTaken(trx: Transaction, idpId: string, remoteIds: readonly string[]): Promise<string | undefined> {
    if (remoteIds.length === 0) return undefined;
    const row = await trx
      .selectFrom('identity_provider_remote_id')
      .select('remote_id')
      .where('remote_id', 'in', remoteIds)
      .where('idp_id', '<>', idpId)
      .executeTakeFirst();
    return row?.remote_id;
  }

  async writeProvider(trx: Transaction, { remote_ids, ...record }: IdentityProviderRecord): Promise<void> {
    const row = identityProviders.toRow(record);
    await trx
      .insertInto('identity_provider')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    await trx.deleteFrom('identity_provider_remote_id').where('idp_id', '=', record.id).execute();
    if (remote_ids.length === 0) return;
    const rows = remote_ids.map((remote_id) => ({ remote_id, idp_id: record.id }));
    await trx.insertInto('identity_provider_remote_id').values(rows).execute();
  }

  /** With it go the users that only its people were, and what its mapping made them members of. */
  async deleteProvider(trx: Transaction, id: string): Promise<void> {
    await this.endTokens(trx, id);
    await this.#deleteUsersMadeBy(trx, id);
    await trx.deleteFrom('identity_group_member').where('idp_id', '=', id).execute();
    await trx.deleteFrom('identity_provider').where('id', '=', id).execute();
  }

  async listProtocols(idpId: string, query = this.#query): Promise<ProtocolRecord[]> {
    return await query.selectFrom('identity_protocol').selectAll().where('idp_id', '=', idpId).orderBy('id').execute();
  }

  async findProtocol(idpId: string, id: string, query = this.#query): Promise<ProtocolRecord | undefined> {
    return await query
      .selectFrom('identity_protocol')
      .selectAll()
      .where('idp_id', '=', idpId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  async writeProtocol(trx: Transaction, row: ProtocolRecord): Promise<void> {
    await trx
      .insertInto('identity_protocol')
      .values(row)
      .onConflict((conflict) => conflict.columns(['idp_id', 'id']).doUpdateSet(row))
      .execute();
  }

  async deleteProtocol(trx: Transaction, idpId: string, id: string): Promise<void> {
    await this.endTokens(trx, idpId);
    await this.#deleteUsersMadeBy(trx, idpId, id);
    await trx.deleteFrom('identity_protocol').where('idp_id', '=', idpId).where('id', '=', id).execute();
  }

  async listMappings(query = this.#query): Promise<MappingRecord[]> {
    const rows = await query.selectFrom('identity_mapping').selectAll().orderBy('id').execute();
    return rows.map(mappings.toRecord);
  }

  async findMapping(id: string, query = this.#query): Promise<MappingRecord | undefined> {
    const row = await query.selectFrom('identity_mapping').selectAll().where('id', '=', id).executeTakeFirst();
    return row && mappings.toRecord(row);
  }

  async writeMapping(trx: Transaction, mapping: MappingRecord): Promise<void> {
    const row = mappings.toRow(mapping);
    await trx
      .insertInto('identity_mapping')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async deleteMapping(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_mapping').where('id', '=', id).execute();
  }

  async listServiceProviders(filter: FederationFilter, query = this.#query): Promise<ServiceProviderRecord[]> {
    let select = query.selectFrom('identity_service_provider').selectAll().orderBy('id');
    if (filter.id !== undefined) select = select.where('id', '=', filter.id);
    if (filter.enabled !== undefined) select = select.where('enabled', '=', flag.write(filter.enabled));
    return (await select.execute()).map(serviceProviders.toRecord);
  }

  async writeServiceProvider(trx: Transaction, record: ServiceProviderRecord): Promise<void> {
    const row = serviceProviders.toRow(record);
    await trx
      .insertInto('identity_service_provider')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  async deleteServiceProvider(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_service_provider').where('id', '=', id).execute();
  }

  /** Of everybody whom the provider vouched for. */
  async endTokens(trx: Transaction, idpId: string): Promise<void> {
    const users = trx.selectFrom('identity_federated_user').select('user_id').where('idp_id', '=', idpId);
    await trx.deleteFrom('identity_token').where('federation', 'is not', null).where('user_id', 'in', users).execute();
  }

  async #deleteUsersMadeBy(trx: Transaction, idpId: string, protocolId?: string): Promise<void> {
    let made = trx
      .selectFrom('identity_federated_user')
      .select('user_id')
      .where('idp_id', '=', idpId)
      .where('made_user', '=', 1);
    if (protocolId !== undefined) made = made.where('protocol_id', '=', protocolId);
    const orphans = trx
      .selectFrom('identity_user')
      .select('id')
      .where('id', 'in', made)
      .where(({ not, exists, selectFrom }) => {
        const others = selectFrom('identity_federated_user as other')
          .select('other.user_id')
          .whereRef('other.user_id', '=', 'identity_user.id');
        return not(
          exists(
            protocolId === undefined
              ? others.where('other.idp_id', '<>', idpId)
              : others.where((e) => e.or([e('other.idp_id', '<>', idpId), e('other.protocol_id', '<>', protocolId)])),
          ),
        );
      });
    await trx.deleteFrom('identity_token').where('user_id', 'in', orphans).execute();
    await trx.deleteFrom('identity_user').where('id', 'in', orphans).execute();
  }
}
