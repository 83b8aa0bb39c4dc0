import { z } from 'zod';

const isSmall = (value: unknown) => JSON.stringify(value).length <= 65_536;
const TOO_LARGE = 'is larger than 64 kB';
const known = {
  id: z.string().optional(),
  user_id: z.string().max(255),
  type: z.string().min(1).max(255),
  project_id: z.string().max(64).nullish(),
  blob: z.string(),
};

/** Further attributes are kept, as in Keystone. */
const credential = z.looseObject(known);
export const credentialSchema = credential.refine(isSmall, TOO_LARGE);

export const credentialChangeSchema = credential
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must not be empty')
  .refine(isSmall, TOO_LARGE);

export const credentialAnswer = z
  .looseObject({
    id: z.string(),
    user_id: z.string(),
    type: z.string(),
    project_id: z.string().nullable(),
    blob: z.string(),
  })
  .meta({ title: 'CredentialView' });

export const createEc2Schema = z.object({ tenant_id: z.string().max(64) });
export const ec2Answer = z
  .looseObject({
    access: z.string(),
    secret: z.string(),
    user_id: z.string(),
    tenant_id: z.string().nullable(),
    trust_id: z.string().nullable(),
  })
  .meta({ title: 'Ec2CredentialView' });

const text = z.record(z.string(), z.string());
const signedSchema = z.object({
  access: z.string().max(1024).optional(),
  signature: z.string().max(1024).nullish(),
  host: z.string().max(1024).optional(),
  verb: z.string().max(32).optional(),
  path: z.string().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  headers: text.optional(),
  body_hash: z.string().max(128).optional(),
  /** Of S3 requests: what was signed, base64. */
  token: z.string().optional(),
});
export type SignedRequest = z.infer<typeof signedSchema>;
/** Keystone knows one thing by three names. */
export const signedRequestSchema = z.object({
  credentials: signedSchema.optional(),
  credential: signedSchema.optional(),
  ec2Credentials: signedSchema.optional(),
});
