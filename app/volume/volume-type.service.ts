import { type SqlBool, sql } from 'kysely';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { Scope } from '../resource/collection-query.ts';
import { missing } from '../resource/missing.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import { Resource } from '../resource/resource.ts';
import { limitsOf } from './volume.quotas.ts';
import {
  type VolumeTypeAccessRecord,
  type VolumeTypeRecord,
  volumeTypeAccess,
  volumeTypes,
} from './volume-type.tables.ts';

/** Those the caller may use. */
export function typesFor({ isAdmin, projectId }: Context): Scope<VolumeTypeRecord> {
  return isAdmin ? {} : { also: [usableBy(projectId)] };
}

/** Public ones, and others that the project was given. */
export function usableBy(projectId: string | null) {
  const shared = sql`SELECT type_id FROM volume_type_access WHERE project_id = ${projectId ?? ''}`;
  return sql<SqlBool>`(is_public = 1 OR id IN (${shared}))`;
}

/** Kinds of volumes, and which projects may use those that are not public. */
export class VolumeTypeService {
  readonly records: Resource<VolumeTypeRecord>;
  readonly #database: Database;
  readonly #access: ResourceStore<VolumeTypeAccessRecord>;

  constructor(parts: { database: Database; events: EventService; quota: QuotaService }) {
    this.#database = parts.database;
    this.#access = new ResourceStore({ database: parts.database, table: volumeTypeAccess, id: 'projectId' });
    this.records = new Resource<VolumeTypeRecord>(
      {
        table: volumeTypes,
        notFound: (id) => missing(`Volume type ${id} could not be found.`),
        events: { created: 'volume_type.create', updated: 'volume_type.update', deleted: 'volume_type.delete' },
        told: ({ isPublic, name }) => ({ projectId: isPublic ? '*' : null, payload: { name } }),
        unique: [
          {
            attributes: ['name'],
            taken: ({ name }) =>
              new UserError('conflict', `Volume Type ${name} already exists.`, { field: 'volume_type.name' }),
          },
        ],
        check: async (_trx, { extraSpecs }) => {
          if (extraSpecs.multiattach !== IS_TRUE || extraSpecs.cacheable !== IS_TRUE) return;
          throw new UserError('bad_request', 'cacheable cannot be set with multiattach.', { field: 'extra_specs' });
        },
        checkDelete: (trx, record) => this.#checkNoDefault(trx, record),
        deleting: async (trx, { id }) => {
          await this.#access.deleteAll(trx, { is: { typeId: id } });
          await parts.quota.forget(trx, limitsOf(id));
        },
      },
      parts,
    );
  }

  /** The project's, else the cloud's. */
  async default(context: Context): Promise<VolumeTypeRecord> {
    const chosen = await this.#database.query
      .selectFrom('volume_default_type')
      .select('volume_type_id')
      .where('project_id', '=', context.projectId ?? '')
      .executeTakeFirst();
    if (chosen) return await this.records.get(chosen.volume_type_id, undefined, typesFor(context));
    const [found] = await this.records.list({ is: { isDefault: true }, limit: 1 });
    if (!found) throw missing('Default volume type can not be found.');
    return found;
  }

  /** By id, else by name. */
  async named(idOrName: string, on?: Queryable): Promise<VolumeTypeRecord | undefined> {
    const found = await this.records.find(idOrName, on);
    return found ?? (await this.records.list({ is: { name: idOrName }, limit: 1 }, on))[0];
  }

  /** The projects that were given a type that is not public. */
  async projectsOf(id: string): Promise<string[]> {
    const { isPublic } = await this.records.get(id);
    if (isPublic) throw missing('Access list not available for public volume types.');
    return (await this.#access.list({ is: { typeId: id } })).map(({ projectId }) => projectId);
  }

  async addAccess(context: Context, id: string, projectId: string): Promise<void> {
    await this.#changeAccess(context, id, 'volume_type_project.access.add', async (trx) => {
      if (await this.#access.find(projectId, trx, { is: { typeId: id } })) {
        const message = `Volume type access for ${id} / ${projectId} combination already exists.`;
        throw new UserError('conflict', message, { field: 'addProjectAccess.project' });
      }
      await this.#access.insert(trx, { typeId: id, projectId });
    });
  }

  async removeAccess(context: Context, id: string, projectId: string): Promise<void> {
    const scope = { is: { typeId: id } };
    await this.#changeAccess(context, id, 'volume_type_project.access.remove', async (trx) => {
      if (!(await this.#access.find(projectId, trx, scope))) {
        throw missing(`Volume type access not found for ${id} / ${projectId} combination.`);
      }
      await this.#access.delete(trx, projectId, scope);
    });
  }

  async #changeAccess(
    context: Context,
    id: string,
    event: EventName,
    work: (trx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const type = await this.records.get(id, trx);
      if (type.isPublic) {
        const message = 'Invalid volume type: Type access modification is not applicable to public volume type.';
        throw new UserError('bad_request', message);
      }
      await work(trx);
      await this.records.tell(trx, context, type, event);
    });
  }

  async #checkNoDefault(trx: Transaction, { id, isDefault }: VolumeTypeRecord): Promise<void> {
    const chosen = trx.selectFrom('volume_default_type').select('project_id').where('volume_type_id', '=', id).limit(1);
    if (!isDefault && (await chosen.executeTakeFirst()) === undefined) return;
    throw new UserError('bad_request', `The volume type ${id} is a default volume type and cannot be deleted.`);
  }
}

/** As Cinder writes a flag in extra specs. */
const IS_TRUE = '<is> True';
