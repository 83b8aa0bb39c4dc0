import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type Microversion, since } from '../http/microversion.ts';
import type { RouteDefinition } from '../http/route.ts';
import type { Scope } from '../resource/collection-query.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
// The names of its quotas.
import type {} from './compute.quotas.ts';
import { type KeypairRecord, keypairs } from './keypair.tables.ts';
import { type Frame, nova } from './nova.resource.ts';
import { isoMicroseconds } from './nova-time.ts';
import { nameField, queryText } from './request-field.schema.ts';
import { generateSshKeypair, parsePublicKey } from './ssh-key.ts';
import { parseCertificate } from './x509-key.ts';

export type Keypairs = Resource<KeypairRecord>;
/** The private half is in the answer to whoever had it made, and nowhere else. */
type Made = KeypairRecord & { privateKey: string | null };

/** Keys belong to users, who name them. */
export function keypairsOf({ userId }: Pick<KeypairRecord, 'userId'>): Scope<KeypairRecord> {
  return { is: { userId } };
}

export function keypairResource(parts: ResourceParts): Keypairs {
  return new Resource<KeypairRecord>(
    {
      table: keypairs,
      id: 'name',
      notFound: (name, { is }) => new UserError('not_found', `Keypair ${name} not found for user ${is?.userId}`),
      events: { created: 'keypair.create.end', deleted: 'keypair.delete.end' },
      told: (_keypair, { projectId }) => ({ projectId }),
      unique: [
        {
          attributes: ['userId', 'name'],
          taken: ({ name }) =>
            new UserError('conflict', `Key pair '${name}' already exists.`, { field: 'keypair.name' }),
        },
      ],
      quota: {
        resource: 'key_pairs',
        scope: ({ userId }, { projectId }) => ({ projectId: projectId ?? '', userId }),
        counted: ({ userId }) => (userId === null ? null : keypairsOf({ userId })),
      },
    },
    parts,
  );
}

const text = z.string();
const schema = (version: Microversion) =>
  z
    .strictObject({
      name: text,
      public_key: text,
      fingerprint: text,
      ...since(version, 2, { type: z.enum(['ssh', 'x509']) }),
      user_id: text.optional(),
      private_key: text.optional().meta({ description: 'Only in the answer to the request that made it.' }),
      created_at: text.optional(),
      deleted: z.boolean().optional(),
      deleted_at: text.nullable().optional(),
      updated_at: text.nullable().optional(),
      id: z.number().int().optional(),
    })
    .meta({ title: 'KeypairView' });

const publicKey = z.string().min(1).max(16_384);
interface Sent {
  name: string;
  public_key?: string;
  type?: 'ssh' | 'x509';
  user_id?: string;
}
const body = (version: Microversion) =>
  z.strictObject({
    name: nameField.refine(
      (name) => (version >= 92 ? /^[\w @.-]+$/ : /^[\w -]+$/).test(name),
      'Keypair name contains unsafe characters',
    ),
    // From 2.92 on keys are only imported: a private key must not travel.
    public_key: version >= 92 ? publicKey : publicKey.optional(),
    ...(version >= 2 && { type: z.enum(['ssh', 'x509']).optional() }),
    ...(version >= 10 && { user_id: z.string().min(1).max(255).optional() }),
  }) as unknown as z.ZodType<Sent>;

/** `/os-keypairs`. Administrators may look after those of others, which microversion 2.10 brought. */
export function keypairRoutes({ keypairs }: { keypairs: Keypairs }): RouteDefinition[] {
  const rule = (verb: string) => `os_compute_api:os-keypairs:${verb}`;
  const owned = ({ user_id }: { user_id?: string | undefined }) => (user_id === undefined ? {} : { user_id });
  const of = nova<KeypairRecord>({
    records: keypairs,
    path: '/os-keypairs',
    one: 'keypair',
    many: 'keypairs',
    param: 'name',
    schema,
    view: shortView,
    query: (version): z.ZodRawShape => (version >= 10 ? { user_id: queryText.optional() } : {}),
    scope: ({ context, query }) => keypairsOf({ userId: query.user_id ?? context.userId ?? '' }),
    target: owned,
  });
  return [
    of.list({
      rule: rule('index'),
      pagedSince: 35,
      schema: (version) => z.strictObject({ keypair: schema(version) }),
      view: (record, frame) => ({ keypair: shortView(record, frame) }),
    }),
    of.create({
      rule: rule('create'),
      body,
      target: owned,
      status: (version) => (version >= 2 ? 201 : 200),
      make: ({ context }, sent) => make(keypairs, context, sent),
      view: (made, frame) => ({
        ...shortView(made, frame),
        user_id: made.userId,
        ...(made.privateKey !== null && { private_key: made.privateKey }),
      }),
    }),
    of.show({ rule: rule('show'), view: longView }),
    of.delete({ rule: rule('delete'), status: (version) => (version >= 2 ? 204 : 202) }),
  ];
}

/** Imports `public_key`, or makes a new key. */
async function make(keypairs: Keypairs, context: Frame['context'], sent: Sent): Promise<Made> {
  const { name, type = 'ssh', public_key, user_id } = sent;
  if (type === 'x509' && public_key === undefined) {
    throw new UserError('bad_request', 'Keypairs of the type x509 can only be imported: public_key is missing.', {
      hint: 'Make a certificate yourself, for instance with openssl req -x509, and send it as public_key.',
      field: 'keypair.public_key',
    });
  }
  const made = public_key === undefined ? generateSshKeypair('Generated-by-Cumulet') : null;
  const read = type === 'x509' ? parseCertificate : parsePublicKey;
  const { publicKey, fingerprint } = made ?? read(public_key ?? '');
  const userId = user_id ?? context.userId ?? '';
  const record = { userId, name, type, publicKey, fingerprint, createdAt: new Date().toISOString() };
  await keypairs.create(context, record, made ? 'keypair.create.end' : 'keypair.import.end');
  return { ...record, privateKey: made?.privateKey ?? null };
}

function shortView({ name, publicKey, fingerprint, type }: KeypairRecord, { version }: Frame) {
  return { name, public_key: publicKey, fingerprint, ...(version >= 2 && { type }) };
}

function longView(keypair: KeypairRecord, frame: Frame) {
  return {
    ...shortView(keypair, frame),
    user_id: keypair.userId,
    created_at: isoMicroseconds(keypair.createdAt),
    deleted: false,
    deleted_at: null,
    updated_at: null,
    // The user's number among Nova's rows; clients only show it.
    id: 0,
  };
}
