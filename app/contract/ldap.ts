import { z } from 'zod';

/** The LDAP server a domain's people live in; null where they live in the cloud. */
export const ldapServerSchema = z.object({
  server: z
    .object({
      url: z.string(),
      /** When it was last asked for all. */
      checkedAt: z.string(),
      /** What it said when it last answered. */
      people: z
        .object({
          at: z.string(),
          users: z.number().int(),
          groups: z.number().int(),
          /** Names that have no place here: taken already, or too long. */
          passedOver: z.array(z.string()),
        })
        .nullable(),
      failure: z.object({ message: z.string(), hint: z.string().nullable() }).nullable(),
    })
    .meta({ title: 'LdapServer' })
    .nullable(),
});
export type LdapServer = z.infer<typeof ldapServerSchema>['server'];

/** Options of group `ldap` of the domain's configuration; what is not named stays as it is stored, such as the password. */
export const ldapTestSchema = z.strictObject({ ldap: z.record(z.string().max(255), z.unknown()) });
export const ldapTestedSchema = z.object({
  users: z.number().int(),
  groups: z.number().int(),
  /** Some of the names, to see that the right attributes were chosen. */
  userNames: z.array(z.string()),
  groupNames: z.array(z.string()),
});
export type LdapTested = z.infer<typeof ldapTestedSchema>;
