import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { pageSchema } from '../keystone.query.ts';

/** Source: Identity API reference, "Users". Members that are not named here are kept as `extra`. */
export const nameSchema = z.string().min(1).max(255).regex(/\S/, 'It must not be blank');
export const idSchema = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z0-9-]+$/);
const passwordSchema = z.string().min(1).max(4096);
const flag = z.boolean().nullable().optional();
const isUnique = (list: readonly unknown[]) => new Set(list.map((item) => JSON.stringify(item))).size === list.length;
const rulesSchema = z
  .array(
    z
      .array(z.string().max(255))
      .min(1)
      .max(20)
      .refine(isUnique, 'A method may be there only once')
      .meta({ uniqueItems: true }),
  )
  .max(50)
  .refine(isUnique, 'A rule may be there only once')
  .meta({ uniqueItems: true });

const optionsSchema = z.strictObject({
  ignore_change_password_upon_first_use: flag,
  ignore_password_expiry: flag,
  ignore_lockout_failure_attempts: flag,
  ignore_user_inactivity: flag,
  lock_password: flag,
  multi_factor_auth_enabled: flag,
  multi_factor_auth_rules: rulesSchema.nullable().optional(),
});
/** What identity providers call the user. */
export const federatedSchema = z.array(
  z.strictObject({
    idp_id: z.string().max(64),
    protocols: z.array(z.strictObject({ protocol_id: z.string().max(64), unique_id: z.string().max(255) })).min(1),
  }),
);
export type Federated = z.infer<typeof federatedSchema>;

const fields = {
  id: z.string().optional(),
  domain_id: idSchema.optional(),
  enabled: z.boolean().optional(),
  password: passwordSchema.nullable().optional(),
  default_project_id: z.string().max(64).nullable().optional(),
  description: z.string().max(65_535).nullable().optional(),
  options: optionsSchema.optional(),
  federated: federatedSchema.optional(),
};
export const createUser = z.looseObject({ name: nameSchema, ...fields });
export const updateUser = createUser.partial();
export type CreateUser = z.infer<typeof createUser>;
export type UpdateUser = z.infer<typeof updateUser>;

/** What `extra` must not hold: what a user has of its own, and secrets that are meant for other requests. */
export const USER_ATTRIBUTES = [
  ...Object.keys(createUser.shape).filter((name) => name !== 'description'),
  'original_password',
  'password_expires_at',
];

export const USER_FILTERS = { text: ['name', 'domain_id'], flags: ['enabled'] };
const OPERATORS = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '<>' } as const;
export interface ExpiryFilter {
  operator: (typeof OPERATORS)[keyof typeof OPERATORS];
  time: string;
}

/** `password_expires_at=lt:2016-12-08T22:02:00Z`, also several times. */
const expirySchema = z.union([z.string(), z.array(z.string())]).optional();
/** `idp_id`, `protocol_id` and `unique_id` are of users whom identity providers know. */
export const FEDERATED_FILTERS = ['idp_id', 'protocol_id', 'unique_id'] as const;
export const usersQuery = pageSchema(USER_FILTERS, {
  password_expires_at: expirySchema,
  ...Object.fromEntries(FEDERATED_FILTERS.map((name) => [name, z.string().optional()])),
});

export function expiryFilters(value: unknown): ExpiryFilter[] {
  return [value ?? []].flat().map((text) => {
    const [, name = 'eq', stamp = ''] = /^(?:([a-z]{2,3}):)?(.*)$/.exec(String(text)) ?? [];
    const operator = OPERATORS[name as keyof typeof OPERATORS];
    if (operator === undefined) {
      throw refuse(
        `The given operator ${name} is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', or 'gte'.`,
      );
    }
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/.test(stamp);
    const time = isTime ? Date.parse(/Z|[+-]\d\d:\d\d$/.test(stamp) ? stamp : `${stamp}Z`) : Number.NaN;
    if (Number.isNaN(time)) throw refuse('Timestamp not in expected format.');
    return { operator, time: new Date(time).toISOString() };
  });
}

function refuse(message: string): UserError {
  return new UserError('bad_request', message, { field: 'password_expires_at' });
}
