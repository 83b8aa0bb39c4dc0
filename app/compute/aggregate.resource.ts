import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type Action, action, actionBody, actionRule, named } from '../http/action.ts';
import { type Microversion, since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { type AggregateService, zoneOf } from './aggregate.service.ts';
import type { AggregateRecord } from './aggregate.tables.ts';
import type { HostClaims } from './collaborators.ts';
import { nova } from './nova.resource.ts';
import { isoMicroseconds } from './nova-time.ts';
import { metadataField, nameField } from './request-field.schema.ts';

const text = z.string();
const fields = (version: Microversion) => ({
  id: z.number().int(),
  name: text,
  availability_zone: text.nullable(),
  created_at: text,
  updated_at: text.nullable(),
  deleted: z.boolean(),
  deleted_at: text.nullable(),
  ...since(version, 41, { uuid: text }),
});
/** Hosts and metadata are not told of one just made, as in Nova. */
const madeSchema = (version: Microversion) => z.strictObject(fields(version)).meta({ title: 'CreatedAggregate' });
const schema = (version: Microversion) =>
  z
    .strictObject({ ...fields(version), hosts: z.array(text), metadata: z.record(text, text) })
    .meta({ title: 'AggregateView' });
const answer = (version: Microversion) => z.strictObject({ aggregate: schema(version) });

/** A colon would make it a zone with a host. */
const zoneField = nameField.refine((zone) => !zone.includes(':'), 'A zone has no colon in its name').nullable();
const createBody = () => z.strictObject({ name: nameField, availability_zone: zoneField.optional() });
const updateBody = z.strictObject({
  aggregate: z
    .strictObject({ name: nameField.optional(), availability_zone: zoneField.optional() })
    .refine((sent) => Object.keys(sent).length > 0, 'It must have name or availability_zone')
    .meta({ minProperties: 1 }),
});
const hostValue = z.strictObject({ host: z.string().min(1).max(255) });
const metadataValue = z.strictObject({
  metadata: z.record(metadataField.keyType, metadataField.valueType.nullable()),
});

/** `/os-aggregates`. */
export function aggregateRoutes(parts: { aggregates: AggregateService; claims: HostClaims }): RouteDefinition[] {
  const { aggregates, claims } = parts;
  const path = '/os-aggregates';
  const rule = (verb: string) => `os_compute_api:os-aggregates:${verb}`;
  const beside = async (records: readonly AggregateRecord[]) => {
    const hosts = await aggregates.hosts(records);
    return new Map(
      records.map(({ id, metadata }) => [
        String(id),
        { hosts: (hosts.get(id) ?? []).map((host) => claims.nameOf(host)), metadata },
      ]),
    );
  };
  const whole = async (record: AggregateRecord, version: Microversion) => ({
    aggregate: { ...view(record, { version }), ...(await beside([record])).get(String(record.id)) },
  });
  const of = nova<AggregateRecord>({
    records: aggregates.records,
    path,
    one: 'aggregate',
    many: 'aggregates',
    param: 'aggregateId',
    schema,
    view,
    beside,
    scope: () => ({}),
  });
  const hostAction = (verb: 'add_host' | 'remove_host'): Action =>
    action({
      rule: rule(verb),
      value: hostValue,
      run: async ({ context, id, version }, { host }) => {
        const change = verb === 'add_host' ? 'addHost' : 'removeHost';
        return await whole(await aggregates[change](context, id, host), version);
      },
    });
  const actions = {
    add_host: hostAction('add_host'),
    remove_host: hostAction('remove_host'),
    set_metadata: action({
      rule: rule('set_metadata'),
      value: metadataValue,
      run: async ({ context, id, version }, { metadata }) => {
        const change = (record: AggregateRecord) => ({ ...record, metadata: changedMetadata(record, metadata) });
        return await whole(await aggregates.update(context, id, change, 'aggregate.update_metadata.end'), version);
      },
    }),
  };
  return [
    of.list({ rule: rule('index') }),
    of.show({ rule: rule('show') }),
    of.create({
      rule: rule('create'),
      body: createBody,
      schema: madeSchema,
      make: ({ context }, { name, availability_zone }) =>
        aggregates.create(context, {
          uuid: randomUUID(),
          name,
          metadata: availability_zone ? { availability_zone } : {},
          createdAt: new Date().toISOString(),
          updatedAt: null,
        }),
    }),
    route({
      method: 'PUT',
      path: `${path}/:aggregateId`,
      rule: rule('update'),
      body: updateBody,
      answer,
      handler: async ({ context, params, body: { aggregate }, version }) => {
        const { name, availability_zone } = aggregate;
        const change = (record: AggregateRecord) => ({
          ...record,
          ...(name !== undefined && { name }),
          ...(availability_zone !== undefined && { metadata: changedMetadata(record, { availability_zone }) }),
        });
        return await whole(await aggregates.update(context, params.aggregateId, change), version);
      },
    }),
    of.delete({ rule: rule('delete'), status: 200 }),
    route({
      method: 'POST',
      path: `${path}/:aggregateId/action`,
      rule: actionRule(actions),
      body: actionBody(actions),
      answer,
      handler: async ({ params, body, ...request }) => {
        const { action: asked, value } = named(actions, body);
        return await asked.run({ ...request, id: params.aggregateId }, value);
      },
    }),
  ];
}

/** Null takes a key away; a zone, once said, stays one. */
function changedMetadata({ metadata, name }: AggregateRecord, changes: Record<string, string | null>) {
  if (Object.hasOwn(changes, 'availability_zone') && !changes.availability_zone) {
    const reason = `Aggregate ${name} does not support empty named availability zone`;
    throw new UserError('bad_request', `Cannot update aggregate. Reason: ${reason}.`, { field: 'availability_zone' });
  }
  const kept = Object.entries({ ...metadata, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}

function view(record: AggregateRecord, { version }: { version: Microversion }) {
  const { id, uuid, name, createdAt, updatedAt } = record;
  return {
    id,
    name,
    availability_zone: zoneOf(record),
    created_at: isoMicroseconds(createdAt),
    updated_at: updatedAt && isoMicroseconds(updatedAt),
    deleted: false,
    deleted_at: null,
    ...(version >= 41 && { uuid }),
  };
}
