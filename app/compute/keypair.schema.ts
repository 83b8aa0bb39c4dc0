import { z } from 'zod';
import { linksSchema } from '../http/link.schema.ts';
import { type Microversion, since } from '../http/microversion.ts';

const text = z.string();

export const keypairSchema = (version: Microversion) =>
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
export type KeypairView = z.infer<ReturnType<typeof keypairSchema>>;

export const keypairAnswer = (version: Microversion) => z.strictObject({ keypair: keypairSchema(version) });
export const keypairListAnswer = (version: Microversion) =>
  z.strictObject({ keypairs: z.array(keypairAnswer(version)), keypairs_links: linksSchema.optional() });
