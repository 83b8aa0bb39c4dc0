import { z } from 'zod';
import type { Context } from '../../contract/context.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import type { FederationFilter } from './federation.repository.ts';
import {
  identityProviderCreateSchema,
  identityProviderUpdateSchema,
  identityProviderViewSchema,
  mappingBodySchema,
  mappingViewSchema,
  protocolCreateSchema,
  protocolUpdateSchema,
  protocolViewSchema,
  serviceProviderCreateSchema,
  serviceProviderUpdateSchema,
  serviceProviderViewSchema,
} from './federation.schema.ts';
import { toIdentityProviderView, toMappingView, toProtocolView, toServiceProviderView } from './federation.view.ts';

const ROOT = '/v3/OS-FEDERATION';
/** Keystone reads any of these as a boolean and passes over parameters it does not know. */
const flagSchema = z
  .string()
  .transform((text) => !['0', 'false', 'no', 'off', 'f', 'n'].includes(text.trim().toLowerCase()));
const filterSchema = z.object({ id: z.string().optional(), enabled: flagSchema.optional() });
const linksSchema = z.object({ self: z.string(), previous: z.string().nullable(), next: z.string().nullable() });

/** `/v3/OS-FEDERATION/{identity_providers,protocols,mappings,service_providers}`. */
export function federationRoutes({ federation }: IdentityService): RouteDefinition[] {
  return [
    ...resourceRoutes({
      one: 'identity_provider',
      many: 'identity_providers',
      param: 'idp_id',
      path: `${ROOT}/identity_providers`,
      createBody: identityProviderCreateSchema,
      updateBody: identityProviderUpdateSchema,
      viewSchema: identityProviderViewSchema,
      list: (_params, filter) => federation.listProviders(filter),
      get: ({ idp_id = '' }) => federation.getProvider(idp_id),
      create: (context, { idp_id = '' }, body) => federation.createProvider(context, idp_id, body.identity_provider),
      update: (context, { idp_id = '' }, body) => federation.updateProvider(context, idp_id, body.identity_provider),
      remove: (context, { idp_id = '' }) => federation.deleteProvider(context, idp_id),
      view: toIdentityProviderView,
    }),
    ...resourceRoutes({
      one: 'protocol',
      many: 'protocols',
      param: 'protocol_id',
      path: `${ROOT}/identity_providers/:idp_id/protocols`,
      createBody: protocolCreateSchema,
      updateBody: protocolUpdateSchema,
      viewSchema: protocolViewSchema,
      list: ({ idp_id = '' }) => federation.listProtocols(idp_id),
      get: ({ idp_id = '', protocol_id = '' }) => federation.getProtocol(idp_id, protocol_id),
      create: (context, { idp_id = '', protocol_id = '' }, body) =>
        federation.createProtocol(context, idp_id, protocol_id, body.protocol),
      update: (context, { idp_id = '', protocol_id = '' }, body) =>
        federation.updateProtocol(context, idp_id, protocol_id, body.protocol),
      remove: (context, { idp_id = '', protocol_id = '' }) => federation.deleteProtocol(context, idp_id, protocol_id),
      view: toProtocolView,
    }),
    ...resourceRoutes({
      one: 'mapping',
      many: 'mappings',
      param: 'mapping_id',
      path: `${ROOT}/mappings`,
      createBody: mappingBodySchema,
      updateBody: mappingBodySchema,
      viewSchema: mappingViewSchema,
      list: () => federation.listMappings(),
      get: ({ mapping_id = '' }) => federation.getMapping(mapping_id),
      create: (context, { mapping_id = '' }, body) => federation.createMapping(context, mapping_id, body.mapping),
      update: (context, { mapping_id = '' }, body) => federation.updateMapping(context, mapping_id, body.mapping),
      remove: (context, { mapping_id = '' }) => federation.deleteMapping(context, mapping_id),
      view: toMappingView,
    }),
    ...resourceRoutes({
      one: 'service_provider',
      many: 'service_providers',
      param: 'sp_id',
      path: `${ROOT}/service_providers`,
      createBody: serviceProviderCreateSchema,
      updateBody: serviceProviderUpdateSchema,
      viewSchema: serviceProviderViewSchema,
      list: (_params, filter) => federation.listServiceProviders(filter),
      get: ({ sp_id = '' }) => federation.getServiceProvider(sp_id),
      create: (context, { sp_id = '' }, body) =>
        federation.createServiceProvider(context, sp_id, body.service_provider),
      update: (context, { sp_id = '' }, body) =>
        federation.updateServiceProvider(context, sp_id, body.service_provider),
      remove: (context, { sp_id = '' }) => federation.deleteServiceProvider(context, sp_id),
      view: toServiceProviderView,
    }),
  ];
}

type Params = Record<string, string>;
interface Resource<R, C, U> {
  one: string;
  many: string;
  param: string;
  path: string;
  createBody: z.ZodType<C>;
  updateBody: z.ZodType<U>;
  viewSchema: z.ZodType;
  list: (params: Params, filter: FederationFilter) => Promise<R[]>;
  get: (params: Params) => Promise<R>;
  create: (context: Context, params: Params, body: C) => Promise<R>;
  update: (context: Context, params: Params, body: U) => Promise<R>;
  remove: (context: Context, params: Params) => Promise<void>;
  view: (record: R, origin: string, isListed: boolean) => unknown;
}

/** All four are made by PUT under an id of the caller's choice, and alike in everything else. */
function resourceRoutes<R, C, U>(of: Resource<R, C, U>): RouteDefinition[] {
  const { one, many, path, view } = of;
  const member = `${path}/:${of.param}`;
  const answer = z.object({ [one]: of.viewSchema });
  return [
    route<FederationFilter, unknown>({
      method: 'GET',
      path,
      rule: `identity:list_${many}`,
      delegated: ANY_TOKEN,
      query: filterSchema,
      answer: z.object({ [many]: z.array(of.viewSchema), links: linksSchema }),
      handler: async ({ params, query, origin, raw }) => {
        const views = (await of.list(params, query)).map((record) => view(record, origin, true));
        return toCollection(many, views, origin + raw.url);
      },
    }),
    route({
      method: 'GET',
      path: member,
      rule: `identity:get_${one}`,
      delegated: ANY_TOKEN,
      answer,
      handler: async ({ params, origin }) => ({ [one]: view(await of.get(params), origin, false) }),
    }),
    route<unknown, C>({
      method: 'PUT',
      path: member,
      rule: `identity:create_${one}`,
      delegated: ANY_TOKEN,
      body: of.createBody,
      answer,
      status: 201,
      handler: async ({ context, params, body, origin }) => ({
        [one]: view(await of.create(context, params, body), origin, false),
      }),
    }),
    route<unknown, U>({
      method: 'PATCH',
      path: member,
      rule: `identity:update_${one}`,
      delegated: ANY_TOKEN,
      body: of.updateBody,
      answer,
      handler: async ({ context, params, body, origin }) => ({
        [one]: view(await of.update(context, params, body), origin, false),
      }),
    }),
    route({
      method: 'DELETE',
      path: member,
      rule: `identity:delete_${one}`,
      delegated: ANY_TOKEN,
      handler: async ({ context, params }) => await of.remove(context, params),
    }),
  ];
}
