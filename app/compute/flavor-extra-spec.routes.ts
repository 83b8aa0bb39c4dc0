import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { assertKnownExtraSpecs } from './extra-spec.validation.ts';
import { extraSpecsAnswer, extraSpecsSchema } from './flavor.schema.ts';
import type { FlavorService } from './flavor.service.ts';

const specs = z.record(
  z.string().regex(/^[a-zA-Z0-9-_:. ]{1,255}$/, 'Keys hold letters, digits, spaces and - _ : .'),
  z.union([z.string().max(255), z.number().transform(String)]),
);
const createBody = z.strictObject({ extra_specs: specs });

/** `/flavors/{id}/os-extra_specs`. */
export function flavorExtraSpecRoutes({ flavors }: { flavors: FlavorService }): RouteDefinition[] {
  const path = '/flavors/:flavorId/os-extra_specs';
  const rule = (verb: string) => `os_compute_api:os-flavor-extra-specs:${verb}`;
  return [
    route({
      method: 'GET',
      path,
      rule: rule('index'),
      answer: extraSpecsAnswer,
      handler: async ({ context, params }) => ({
        extra_specs: (await flavors.get(context, params.flavorId)).extraSpecs,
      }),
    }),
    route({
      method: 'POST',
      path,
      rule: rule('create'),
      body: createBody,
      answer: extraSpecsAnswer,
      handler: async ({ context, params, body, version }) => {
        if (version >= 86) assertKnownExtraSpecs(body.extra_specs);
        await flavors.setExtraSpecs(context, params.flavorId, body.extra_specs);
        return { extra_specs: body.extra_specs };
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:key`,
      rule: rule('show'),
      answer: extraSpecsSchema,
      handler: async ({ context, params }) => {
        const { flavorId, key } = params;
        const { extraSpecs } = await flavors.get(context, flavorId);
        const value = Object.hasOwn(extraSpecs, key) ? extraSpecs[key] : undefined;
        if (value === undefined) {
          throw new UserError('not_found', `Flavor ${flavorId} has no extra specs with key ${key}.`);
        }
        return { [key]: value };
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:key`,
      rule: rule('update'),
      body: specs,
      answer: extraSpecsSchema,
      handler: async ({ context, params, body, version }) => {
        const { flavorId, key } = params;
        if (Object.keys(body).length !== 1 || !Object.hasOwn(body, key)) {
          throw new UserError('bad_request', 'Request body contains too many items, or another than the URI', {
            field: key,
          });
        }
        if (version >= 86) assertKnownExtraSpecs(body);
        await flavors.setExtraSpecs(context, flavorId, body);
        return body;
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:key`,
      rule: rule('delete'),
      status: 200,
      handler: async ({ context, params }) => await flavors.deleteExtraSpec(context, params.flavorId, params.key),
    }),
  ];
}
