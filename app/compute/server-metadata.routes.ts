import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { metadataField } from './request-field.schema.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';
import { assertState, assertUnlocked, NOTABLE } from './server.state.ts';
import { metaAnswer, metadataAnswer } from './server-parts.schema.ts';

const allBody = z.strictObject({ metadata: metadataField });
const oneBody = z.strictObject({ meta: metadataField });

/** `/servers/{id}/metadata`: notes of people and programs; a running guest hears of changes at its next build only. */
export function serverMetadataRoutes(parts: { server: ServerService; quota: QuotaService }): RouteDefinition[] {
  const path = '/servers/:serverId/metadata';
  const rule = (verb: string) => `os_compute_api:server-metadata:${verb}`;

  async function change(
    context: Context,
    id: string,
    verb: 'update metadata' | 'delete metadata',
    edit: (metadata: Record<string, string>) => Record<string, string>,
  ): Promise<Record<string, string>> {
    const server = await parts.server.update(context, id, async (before, trx) => {
      assertUnlocked(context, before);
      assertState(before, verb, NOTABLE);
      const metadata = edit(before.metadata);
      await parts.quota.check(trx, before.projectId, { metadata_items: Object.keys(metadata).length });
      return { metadata };
    });
    return server.metadata;
  }

  return [
    route({
      method: 'GET',
      path,
      rule: rule('index'),
      answer: metadataAnswer,
      handler: async (request) => ({
        metadata: (await parts.server.get(request.context, serverIdOf(request))).metadata,
      }),
    }),
    route({
      method: 'POST',
      path,
      rule: rule('create'),
      body: allBody,
      answer: metadataAnswer,
      handler: async (request) => ({
        metadata: await change(request.context, serverIdOf(request), 'update metadata', (metadata) => ({
          ...metadata,
          ...request.body.metadata,
        })),
      }),
    }),
    route({
      method: 'PUT',
      path,
      rule: rule('update_all'),
      body: allBody,
      answer: metadataAnswer,
      handler: async (request) => ({
        metadata: await change(request.context, serverIdOf(request), 'update metadata', () => request.body.metadata),
      }),
    }),
    route({
      method: 'GET',
      path: `${path}/:key`,
      rule: rule('show'),
      answer: metaAnswer,
      handler: async (request) => {
        const { metadata } = await parts.server.get(request.context, serverIdOf(request));
        return { meta: only(metadata, request.params.key) };
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:key`,
      rule: rule('update'),
      body: oneBody,
      answer: metaAnswer,
      handler: async (request) => {
        const { key } = request.params;
        const { meta } = request.body;
        if (Object.keys(meta).length !== 1 || !Object.hasOwn(meta, key)) {
          throw new UserError('bad_request', 'Request body and URI mismatch', { field: 'meta' });
        }
        await change(request.context, serverIdOf(request), 'update metadata', (metadata) => ({ ...metadata, ...meta }));
        return { meta };
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:key`,
      rule: rule('delete'),
      handler: async (request) => {
        const { key } = request.params;
        await change(request.context, serverIdOf(request), 'delete metadata', (metadata) => {
          only(metadata, key);
          const { [key]: _gone, ...rest } = metadata;
          return rest;
        });
      },
    }),
  ];
}

function only(metadata: Record<string, string>, key: string): Record<string, string> {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw new UserError('not_found', 'Metadata item was not found');
  return { [key]: value };
}
