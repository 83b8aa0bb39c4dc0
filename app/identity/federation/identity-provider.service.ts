import type { Context } from '../../contract/context.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { RecordOf } from '../../database/table.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { insertProject } from '../directory/project.repository.ts';
import { notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import { duplicate } from './federation.errors.ts';
import type { NewIdentityProvider } from './federation.schema.ts';
import { type IdentityProviderRecord, identityProviders } from './federation.tables.ts';
import { deletePeopleOf, endTokensOf } from './provider-people.ts';

type Row = RecordOf<typeof identityProviders>;

/** Who may vouch for people. By which ids others call a provider stands in a table of its own: no two have the same. */
export class IdentityProviderService {
  readonly #database: Database;
  readonly #rows: KeystoneResource<Row>;

  constructor(parts: ResourceParts & { directory: DirectoryRepository; changed: () => void }) {
    const { database, directory, changed } = parts;
    this.#database = database;
    this.#rows = new KeystoneResource<Row>(
      {
        table: identityProviders,
        thing: 'identity_provider',
        title: 'Identity Provider',
        defaults: { domain_id: '', enabled: false, description: null, authorization_ttl: null },
        filters: ['id', 'enabled'],
        unique: [{ attributes: ['id'], taken: ({ id }) => duplicate('identity_provider', `Duplicate entry: ${id}`) }],
        check: async (trx, { domain_id }, stored) => {
          if (!stored && !(await directory.findDomain({ id: domain_id }, trx))) throw notFound('domain', domain_id);
        },
        // Disabling a provider ends the tokens of who came by it.
        written: async (trx, { id, enabled }, stored) => {
          if (stored?.enabled && !enabled) await endTokensOf(trx, id);
        },
        deleting: async (trx, { id }) => {
          await deletePeopleOf(trx, id);
          await trx.deleteFrom('identity_group_member').where('idp_id', '=', id).execute();
        },
        changed,
      },
      parts,
    );
  }

  async seek(query: Sent): Promise<IdentityProviderRecord[]> {
    const rows = await this.#rows.seek(query);
    const byProvider = Map.groupBy(
      await this.#database.query.selectFrom('identity_provider_remote_id').selectAll().orderBy('remote_id').execute(),
      ({ idp_id }) => idp_id,
    );
    return rows.map((row) => ({
      ...row,
      remote_ids: (byProvider.get(row.id) ?? []).map(({ remote_id }) => remote_id),
    }));
  }

  async find(id: string, on: Queryable = this.#database.query): Promise<IdentityProviderRecord | undefined> {
    const row = await this.#rows.find(id, on);
    return row && { ...row, remote_ids: await remoteIdsOf(on, id) };
  }

  async get(id: string): Promise<IdentityProviderRecord> {
    return { ...(await this.#rows.get(id)), remote_ids: await remoteIdsOf(this.#database.query, id) };
  }

  /** Without a `domain_id` the provider gets a domain of its own, for its people to be in. */
  async make(context: Context, id: string, sent: NewIdentityProvider): Promise<IdentityProviderRecord> {
    const { remote_ids, ...attributes } = sent;
    return await this.#database.transaction(async (trx) => {
      const domain_id = attributes.domain_id ?? (await makeDomain(trx, id));
      const row = this.#rows.made({ ...attributes, domain_id }, id);
      await this.#rows.add(trx, context, row);
      await setRemoteIds(trx, id, remote_ids ?? []);
      return { ...row, remote_ids: remote_ids ?? [] };
    });
  }

  async change(context: Context, id: string, sent: NewIdentityProvider): Promise<IdentityProviderRecord> {
    const { remote_ids, ...attributes } = sent;
    const row = await this.#rows.update(context, id, async (stored, trx) => {
      if (remote_ids !== undefined) await setRemoteIds(trx, id, remote_ids ?? []);
      return this.#rows.changed(attributes, stored);
    });
    return { ...row, remote_ids: remote_ids ?? (await remoteIdsOf(this.#database.query, id)) };
  }

  /** With it go the users that only its people were, and what its mapping made them members of. */
  async delete(context: Context, id: string): Promise<void> {
    await this.#rows.delete(context, id);
  }
}

async function remoteIdsOf(on: Queryable, id: string): Promise<string[]> {
  const rows = on.selectFrom('identity_provider_remote_id').select('remote_id').where('idp_id', '=', id);
  return (await rows.orderBy('remote_id').execute()).map(({ remote_id }) => remote_id);
}

async function setRemoteIds(trx: Transaction, idp_id: string, remoteIds: readonly string[]): Promise<void> {
  await trx.deleteFrom('identity_provider_remote_id').where('idp_id', '=', idp_id).execute();
  if (remoteIds.length === 0) return;
  const others = trx.selectFrom('identity_provider_remote_id').select('remote_id').where('remote_id', 'in', remoteIds);
  const taken = await others.limit(1).executeTakeFirst();
  if (taken) throw duplicate('identity_provider', `Duplicate remote ID: ${taken.remote_id}`);
  const rows = remoteIds.map((remote_id) => ({ remote_id, idp_id }));
  await trx.insertInto('identity_provider_remote_id').values(rows).execute();
}

async function makeDomain(trx: Transaction, idpId: string): Promise<string> {
  const id = newIdentityId();
  const description = `Auto generated federated domain for Identity Provider: ${idpId}`;
  await insertProject(trx, { id, domain_id: null, parent_id: null, name: id, description, is_domain: true });
  return id;
}
