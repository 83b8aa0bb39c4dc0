import { z } from 'zod';
import { type PatternOptions, refusalOf } from '../pattern/linear-pattern.ts';
import { oidcSettingsSchema } from './federation/oidc.settings.ts';

const count = z.number().int().min(1);

/** How `password_regex` is looked for, as Keystone does. */
export const PASSWORD: PatternOptions = { at: 'start' };

/** `[identity]` of `config.toml`. */
export const identitySettingsSchema = z.strictObject({
  totp: z
    .strictObject({
      /** How many of the codes before the present one are right, too; each is 30 seconds old. */
      included_previous_windows: z.number().int().min(0).max(10).default(1),
    })
    .prefault({}),
  /** Keystone's option group of this name. */
  credential: z
    .strictObject({
      /** Minutes by which the time a request was signed at may be off. */
      auth_ttl: count.max(24 * 60).default(15),
    })
    .prefault({}),
  /** Keystone's option group of this name (docs.openstack.org/keystone, "Security compliance and PCI-DSS"). */
  security_compliance: z
    .strictObject({
      /** Wrong passwords in a row after which an account is locked for `lockout_duration` seconds. */
      lockout_failure_attempts: count.optional(),
      lockout_duration: count.default(1800),
      /** Days. */
      password_expires_days: count.optional(),
      /** Days for which a person has to keep the password they set. */
      minimum_password_age: z.number().int().min(0).default(0),
      /** How many of the last passwords, the present one among them, cannot be set again. */
      unique_last_password_count: z.number().int().min(0).default(0),
      /** What a password has to match from its first character on, and that in words. */
      password_regex: z
        .string()
        .refine((text) => refusalOf(text, PASSWORD) === undefined, {
          error: ({ input }) => refusalOf(String(input), PASSWORD),
        })
        .optional(),
      password_regex_description: z.string().optional(),
      change_password_upon_first_use: z.boolean().default(false),
      /** Days after which an account that nobody signs in to is disabled. */
      disable_user_account_days_inactive: count.optional(),
    })
    .prefault({}),
  /** Keystone's option group of this name. Seconds; 0: without an end. */
  oauth1: z
    .strictObject({
      /** How long a user has to authorize a consumer, and the consumer to come for it. */
      request_token_duration: z.number().int().min(0).default(28_800),
      /** How long the consumer may sign in after that. */
      access_token_duration: z.number().int().min(0).default(86_400),
    })
    .prefault({}),
  /** `[[identity.oidc]]`: providers of OpenID Connect. */
  oidc: z
    .array(oidcSettingsSchema)
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'each needs an id of its own')
    .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, 'each needs an issuer of its own')
    .default([]),
});
export type IdentitySettings = z.infer<typeof identitySettingsSchema>;
export type SecurityCompliance = IdentitySettings['security_compliance'];

export const DEFAULT_IDENTITY_SETTINGS: IdentitySettings = identitySettingsSchema.parse({});
