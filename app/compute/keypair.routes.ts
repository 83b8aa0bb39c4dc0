import { z } from 'zod';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { nextLinks, pageOf, parseLimit } from './collection-page.ts';
import { type KeypairView, keypairAnswer, keypairListAnswer } from './keypair.schema.ts';
import type { KeypairService } from './keypair.service.ts';
import type { KeypairRecord } from './keypair.tables.ts';
import { isoMicroseconds } from './nova-time.ts';
import { nameField, queryText } from './request-field.schema.ts';

interface CreateBody {
  keypair: { name: string; public_key?: string; type?: 'ssh' | 'x509'; user_id?: string };
}

function createSchema(version: Microversion): z.ZodType<CreateBody> {
  const publicKey = z.string().min(1).max(16_384);
  const keypair = z.strictObject({
    name: nameField.refine(
      (name) => (version >= 92 ? /^[\w @.-]+$/ : /^[\w -]+$/).test(name),
      'Keypair name contains unsafe characters',
    ),
    // From 2.92 on keys are only imported: a private key must not travel.
    public_key: version >= 92 ? publicKey : publicKey.optional(),
    ...(version >= 2 && { type: z.enum(['ssh', 'x509']).optional() }),
    ...(version >= 10 && { user_id: z.string().min(1).max(255).optional() }),
  });
  return z.strictObject({ keypair }) as unknown as z.ZodType<CreateBody>;
}

const ownerFields = { user_id: queryText.optional() };
const pageFields = { ...ownerFields, limit: queryText.optional(), marker: queryText.optional() };
type ListQuery = { user_id?: string; limit?: string; marker?: string };

function ownerQuery(version: Microversion): z.ZodType<{ user_id?: string }> {
  if (version >= 75) return z.strictObject(ownerFields);
  return version >= 10 ? z.object(ownerFields) : z.object({});
}

function listQuery(version: Microversion): z.ZodType<ListQuery> {
  if (version >= 75) return z.strictObject(pageFields);
  if (version >= 35) return z.object(pageFields);
  return version >= 10 ? z.object(ownerFields) : z.object({});
}

/** Without another's name they are one's own. */
const owned = (userId: string | undefined) => (userId === undefined ? {} : { user_id: userId });
const ofOwner = async ({ query }: { query: { user_id?: string } }) => owned(query.user_id);

/** `/os-keypairs`. */
export function keypairRoutes({ keypairs }: { keypairs: KeypairService }): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/os-keypairs',
      rule: 'os_compute_api:os-keypairs:index',
      query: listQuery,
      target: ofOwner,
      answer: keypairListAnswer,
      handler: async ({ context, query, version, origin }) => {
        const all = await keypairs.list(context, query.user_id);
        const items = all.map((keypair) => ({ id: keypair.name, keypair }));
        const limit = parseLimit(query.limit);
        const page = version >= 35 ? pageOf(items, query.marker, limit) : items;
        const links =
          version >= 35 ? nextLinks(`${origin}/compute/v2.1/os-keypairs`, { ...query }, page, limit) : undefined;
        return {
          keypairs: page.map(({ keypair }) => ({ keypair: shortView(keypair, version) })),
          ...(links && { keypairs_links: links }),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/os-keypairs',
      rule: 'os_compute_api:os-keypairs:create',
      body: createSchema,
      target: async ({ body }) => owned(body.keypair.user_id),
      answer: keypairAnswer,
      handler: async ({ context, body, version, reply }) => {
        const { name, public_key, type = 'ssh', user_id } = body.keypair;
        const made = await keypairs.create(context, { name, type, publicKey: public_key, userId: user_id });
        reply.code(version >= 2 ? 201 : 200);
        const view = { ...shortView(made.keypair, version), user_id: made.keypair.userId };
        return reply.send({ keypair: made.privateKey === null ? view : { ...view, private_key: made.privateKey } });
      },
    }),
    route({
      method: 'GET',
      path: '/os-keypairs/:name',
      rule: 'os_compute_api:os-keypairs:show',
      query: ownerQuery,
      target: ofOwner,
      answer: keypairAnswer,
      handler: async ({ context, params, query, version }) => {
        const keypair = await keypairs.get(context, params.name ?? '', query.user_id);
        return {
          keypair: {
            ...shortView(keypair, version),
            user_id: keypair.userId,
            created_at: isoMicroseconds(keypair.createdAt),
            deleted: false,
            deleted_at: null,
            updated_at: null,
            // The user's number among Nova's rows; clients only show it.
            id: 0,
          },
        };
      },
    }),
    route({
      method: 'DELETE',
      path: '/os-keypairs/:name',
      rule: 'os_compute_api:os-keypairs:delete',
      query: ownerQuery,
      target: ofOwner,
      handler: async ({ context, params, query, version, reply }) => {
        await keypairs.delete(context, params.name ?? '', query.user_id);
        reply.code(version >= 2 ? 204 : 202);
        return reply.send();
      },
    }),
  ];
}

function shortView(keypair: KeypairRecord, version: Microversion): KeypairView {
  const { name, publicKey, fingerprint, type } = keypair;
  return { name, public_key: publicKey, fingerprint, ...(version >= 2 && { type }) };
}
