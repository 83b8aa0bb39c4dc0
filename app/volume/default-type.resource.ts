import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { KnownProjects } from '../quota/quota.service.ts';
import { missing } from '../resource/missing.ts';
import { Resource } from '../resource/resource.ts';
import { type DefaultTypeRecord, defaultTypes } from './default-type.tables.ts';
import { nameField } from './type.schema.ts';
import type { VolumeTypeService } from './volume-type.service.ts';

interface DefaultTypeParts {
  database: Database;
  events: EventService;
  identity: KnownProjects;
  types: VolumeTypeService;
}

/** Which type a project's volumes are of where they name none; without one it is the cloud's. */
export class DefaultTypes {
  readonly records: Resource<DefaultTypeRecord>;
  readonly #parts: DefaultTypeParts;

  constructor(parts: DefaultTypeParts) {
    this.#parts = parts;
    this.records = new Resource<DefaultTypeRecord>(
      {
        table: defaultTypes,
        id: 'projectId',
        notFound: (id) => missing(`Default type for project ${id} not found.`),
        events: { created: 'default_type.create', updated: 'default_type.update', deleted: 'default_type.delete' },
        told: ({ projectId, volumeTypeId }) => ({ projectId, payload: { volumeTypeId } }),
      },
      parts,
    );
  }

  async assertProject(id: string): Promise<void> {
    const { identity, database } = this.#parts;
    if (await identity.hasProject(id, database.query)) return;
    throw missing(`Project with id ${id} not found.`);
  }

  /** By the type's id or name. */
  async choose(context: Context, projectId: string, idOrName: string): Promise<DefaultTypeRecord> {
    return await this.#parts.database.transaction(async (trx) => {
      const type = await this.#parts.types.named(idOrName, trx);
      if (!type) {
        const message = `Volume type with name ${idOrName} could not be found.`;
        throw new UserError('bad_request', message, { field: 'default_type.volume_type' });
      }
      const record = { projectId, volumeTypeId: type.id };
      if (!(await this.records.find(projectId, trx))) {
        await this.records.add(trx, context, record);
        return record;
      }
      await this.records.store.update(trx, projectId, () => record);
      await this.records.tell(trx, context, record, 'default_type.update');
      return record;
    });
  }

  /** Of a project that has none, or is no more, there is nothing to do. */
  async unset(context: Context, projectId: string): Promise<void> {
    await this.records.deleteMany(context, { is: { projectId } });
  }
}

const schema = z.strictObject({ project_id: z.string(), volume_type_id: z.string() }).meta({ title: 'DefaultType' });
const answer = z.strictObject({ default_type: schema });
const body = z.strictObject({ default_type: z.strictObject({ volume_type: nameField }) });

/** `/default-types`, from 3.62 on. */
export function defaultTypeRoutes({ defaults }: { defaults: DefaultTypes }): RouteDefinition[] {
  const path = '/default-types';
  const one = `${path}/:id` as const;
  const since = 62;
  const rule = (verb: string) => `volume_extension:default_${verb}`;
  const target = async ({ params }: { params: { id: string } }) => ({ project_id: params.id });
  return [
    route({
      ...{ method: 'GET', path, rule: rule('get_all'), since },
      answer: z.strictObject({ default_types: z.array(schema) }),
      handler: async () => ({ default_types: (await defaults.records.list()).map(view) }),
    }),
    route({
      ...{ method: 'GET', path: one, rule: rule('get'), since, target, answer },
      handler: async ({ params }) => {
        await defaults.assertProject(params.id);
        return { default_type: view(await defaults.records.get(params.id)) };
      },
    }),
    route({
      ...{ method: 'PUT', path: one, rule: rule('set_or_update'), since, target, body, answer },
      handler: async ({ context, params, body: { default_type: sent } }) => {
        await defaults.assertProject(params.id);
        return { default_type: view(await defaults.choose(context, params.id, sent.volume_type)) };
      },
    }),
    route({
      ...{ method: 'DELETE', path: one, rule: rule('unset'), since, target },
      handler: async ({ context, params }) => await defaults.unset(context, params.id),
    }),
  ];
}

function view({ projectId, volumeTypeId }: DefaultTypeRecord) {
  return { project_id: projectId, volume_type_id: volumeTypeId };
}
