import type { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type ApiRequest, paramOf, type RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { filterSchema } from '../keystone.query.ts';
import type { KeystoneResource, Sent } from '../keystone.resource.ts';
import { type KeystoneFrame, keystone } from '../keystone.routes.ts';
import * as schema from './federation.schema.ts';
import type {
  IdentityProviderRecord,
  MappingRecord,
  ProtocolRecord,
  ServiceProviderRecord,
} from './federation.tables.ts';
import { plainView, toIdentityProviderView, toProtocolView } from './federation.view.ts';

const ROOT = 'OS-FEDERATION';
const MAX_ID = 64;
const listed = filterSchema(['id', 'enabled']);

/** `/v3/OS-FEDERATION/{identity_providers,protocols,mappings,service_providers}`: made by PUT under an id of the client's. */
export function federationRoutes({ federation }: IdentityService): RouteDefinition[] {
  return [
    ...providerRoutes(federation.providers),
    ...protocolRoutes(federation.protocols),
    ...plainRoutes<MappingRecord>(federation.mappings, {
      ...{ thing: 'mapping', things: 'mappings' },
      schema: schema.mappingViewSchema,
      bodies: [schema.mappingSchema, schema.mappingSchema],
    }),
    ...plainRoutes<ServiceProviderRecord>(federation.serviceProviders, {
      ...{ thing: 'service_provider', things: 'service_providers', param: 'sp_id' },
      schema: schema.serviceProviderViewSchema,
      bodies: [schema.serviceProviderSchema, schema.serviceProviderChangeSchema],
    }),
  ];
}

function providerRoutes(providers: IdentityService['federation']['providers']): RouteDefinition[] {
  const of = keystone<IdentityProviderRecord>({
    records: providers,
    ...{ thing: 'identity_provider', things: 'identity_providers', param: 'idp_id' },
    path: `${ROOT}/identity_providers`,
    schema: schema.identityProviderViewSchema,
    view: toIdentityProviderView,
  });
  return [
    of.list({ query: listed, find: ({ query }) => providers.seek(query) }),
    of.put({
      body: schema.identityProviderSchema,
      make: ({ context }, id, sent) => providers.make(context, allowed(id), sent),
    }),
    of.show(),
    of.update({
      body: schema.identityProviderChangeSchema,
      change: ({ context }, id, sent) => providers.change(context, id, sent),
    }),
    of.delete(),
  ];
}

function protocolRoutes(protocols: KeystoneResource<ProtocolRecord>): RouteDefinition[] {
  const of = keystone<ProtocolRecord>({
    ...{ thing: 'protocol', things: 'protocols', path: `${ROOT}/identity_providers/:idp_id/protocols` },
    schema: schema.protocolViewSchema,
    view: toProtocolView,
  });
  const within = (request: ApiRequest<unknown, unknown>) => ({ is: { idp_id: paramOf(request, 'idp_id') } });
  return [
    of.list({ query: listed, find: (request) => protocols.list(within(request)) }),
    of.put({
      body: schema.protocolSchema,
      make: (request, id, sent) => protocols.make(request.context, sent, allowed(id), within(request).is),
    }),
    of.show({ find: (request, id) => protocols.get(id, undefined, within(request)) }),
    of.update({
      body: schema.protocolChangeSchema,
      change: (request, id, sent) => protocols.change(request.context, id, sent, within(request)),
    }),
    of.delete((request, id) => protocols.delete(request.context, id, within(request))),
  ];
}

type Plain<R extends { id: string }> = Omit<KeystoneFrame<R>, 'view'> & {
  bodies: [create: z.ZodType<Sent>, update: z.ZodType<Sent>];
};

function plainRoutes<R extends { id: string }>(records: KeystoneResource<R>, frame: Plain<R>): RouteDefinition[] {
  const { things, bodies } = frame;
  const of = keystone<R>({ records, path: `${ROOT}/${things}`, view: plainView(things), ...frame });
  return [
    of.list({ query: listed, find: ({ query }) => records.seek(query) }),
    of.put({ body: bodies[0], make: ({ context }, id, sent) => records.make(context, sent, allowed(id)) }),
    of.show(),
    of.update({ body: bodies[1], change: ({ context }, id, sent) => records.change(context, id, sent) }),
    of.delete(),
  ];
}

function allowed(id: string): string {
  if (id.length <= MAX_ID) return id;
  throw new UserError('bad_request', `The id is longer than ${MAX_ID} characters.`, { field: 'id' });
}
