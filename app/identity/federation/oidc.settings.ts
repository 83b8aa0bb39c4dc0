import { z } from 'zod';
import { mappingSchema } from './mapping.schema.ts';

/** One `[[identity.oidc]]` of `config.toml`: a provider of OpenID Connect that people may sign in with. */
export const oidcSettingsSchema = z.strictObject({
  /** Names the identity provider in `/v3/OS-FEDERATION`. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be letters, digits, dots and dashes'),
  /** Shown on the sign-in page; default is the id. */
  name: z.string().min(1).max(255).optional(),
  issuer: z.url({ protocol: /^https?$/ }),
  client_id: z.string().min(1),
  /** Absent for public clients, which prove themselves by PKCE alone. */
  client_secret: z.string().min(1).optional(),
  scopes: z.array(z.string().regex(/^\S+$/)).default(['openid', 'profile', 'email']),
  /** The domain its people are in; default is one of its own. */
  domain_id: z.string().optional(),
  /** Minutes for which groups by mapping hold. */
  authorization_ttl: z.int().min(0).optional(),
  /** Rules as Keystone's mappings have them. Used at the first start with this provider; after that the stored ones are. */
  mapping: mappingSchema.prefault({
    rules: [
      {
        local: [{ user: { id: '{0}', name: '{1}', email: '{2}' } }],
        remote: [{ type: 'sub' }, { type: 'cumulet_name' }, { type: 'cumulet_email' }],
      },
    ],
  }),
});
export type OidcSettings = z.infer<typeof oidcSettingsSchema>;

/** The protocol under which a configured provider is stored. */
export const OIDC_PROTOCOL = 'openid';
