import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import { queryText } from '../http/field.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { cinder } from './cinder.resource.ts';
import type { QosSpecsService } from './qos-specs.service.ts';
import { CONSUMERS, type QosSpecsRecord } from './qos-specs.tables.ts';
import { specsField, specsSchema } from './specs.routes.ts';
import { nameField } from './type.schema.ts';

const text = z.string();
const consumer = z.enum(CONSUMERS);
const schema = z.strictObject({ id: text, name: text, consumer, specs: specsSchema }).meta({ title: 'QosSpecs' });

/** Everything but name and consumer is a spec. */
const createBody = z
  .object({ name: nameField.transform((name) => name.trim()), consumer: consumer.optional() })
  .catchall(z.string().max(255))
  .superRefine(specsIn);
const updateBody = z.object({ consumer: consumer.optional() }).catchall(z.string().max(255).nullable());
const body = z.strictObject({ qos_specs: updateBody.superRefine(specsIn) });
const keysBody = z.strictObject({ keys: z.array(text.min(1).max(255)).max(128) });
const association = z.strictObject({ association_type: text, name: text, id: text });
const ofType = z.object({ vol_type_id: text.min(1).max(255) });

const COLUMNS = { id: 'id', name: 'name', consumer: 'consumer' } as const;
const filters = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, queryText.optional()]));

/** `/qos-specs`: how fast volumes of a type may be. Types are put to them by GET, as in Cinder. */
export function qosSpecsRoutes({ qosSpecs }: { qosSpecs: QosSpecsService }): RouteDefinition[] {
  const path = '/qos-specs';
  const one = `${path}/:id` as const;
  const rule = (verb: string) => `volume_extension:qos_specs_manage:${verb}`;
  const of = cinder<QosSpecsRecord>({
    records: qosSpecs.records,
    ...{ path, one: 'qos_specs', many: 'qos_specs', links: 'qos_specs_links', param: 'id' },
    schema,
    view: ({ id, name, consumer, specs }) => ({ id, name, consumer, specs }),
    isLinked: true,
    scope: () => ({}),
  });
  return [
    of.list({
      rule: rule('get_all'),
      sorts: { ...COLUMNS, created_at: 'createdAt', updated_at: 'createdAt' },
      query: filters,
      select: (query) => ({
        where: Object.entries(COLUMNS).flatMap(([name, attribute]) =>
          query[name] === undefined ? [] : [{ attribute, is: '=', value: query[name] } as const],
        ),
      }),
    }),
    of.show({ rule: rule('get') }),
    of.create({
      rule: rule('create'),
      body: createBody,
      make: (_frame, { name, consumer = 'back-end', ...specs }) => ({
        ...{ id: randomUUID(), name, consumer, specs },
        createdAt: new Date().toISOString(),
      }),
    }),
    route({
      ...{ method: 'PUT', path: one, rule: rule('update'), body, answer: z.strictObject({ qos_specs: specsSchema }) },
      handler: async ({ context, params, body }) => {
        await qosSpecs.update(context, params.id, body.qos_specs);
        return body;
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      rule: rule('delete'),
      query: z.object({ force: queryText.optional() }),
      status: 202,
      handler: async ({ context, params, query: { force = 'false' } }) => {
        const isForced = parseBoolean(force);
        if (isForced === undefined) {
          const message = `Value '${force.slice(0, 40)}' for 'force' is not a boolean.`;
          throw new UserError('bad_request', message, { field: 'force' });
        }
        await qosSpecs.delete(context, params.id, isForced);
      },
    }),
    route({
      ...{ method: 'PUT', path: `${one}/delete_keys`, rule: rule('delete'), body: keysBody, status: 202 },
      handler: async ({ context, params, body: { keys } }) => await qosSpecs.deleteKeys(context, params.id, keys),
    }),
    route({
      ...{ method: 'GET', path: `${one}/associations`, rule: rule('get_all') },
      answer: z.strictObject({ qos_associations: z.array(association) }),
      handler: async ({ params }) => ({
        qos_associations: (await qosSpecs.typesOf(params.id)).map(({ id, name }) => ({
          ...{ association_type: 'volume_type', name, id },
        })),
      }),
    }),
    route({
      ...{ method: 'GET', path: `${one}/associate`, rule: rule('update'), query: ofType, status: 202, isChange: true },
      handler: async ({ context, params, query }) => await qosSpecs.associate(context, params.id, query.vol_type_id),
    }),
    route({
      ...{
        method: 'GET',
        path: `${one}/disassociate`,
        rule: rule('update'),
        query: ofType,
        status: 202,
        isChange: true,
      },
      handler: async ({ context, params, query }) => await qosSpecs.disassociate(context, params.id, query.vol_type_id),
    }),
    route({
      ...{ method: 'GET', path: `${one}/disassociate_all`, rule: rule('update'), status: 202, isChange: true },
      handler: async ({ context, params }) => await qosSpecs.disassociateAll(context, params.id),
    }),
  ];
}

/** What else was sent, as specs. */
function specsIn(
  { name: _name, consumer: _consumer, ...specs }: Record<string, unknown>,
  { addIssue }: z.core.$RefinementCtx,
) {
  const checked = specsField.safeParse(specs);
  for (const { message, path } of checked.error?.issues ?? []) addIssue({ code: 'custom', message, path });
}
