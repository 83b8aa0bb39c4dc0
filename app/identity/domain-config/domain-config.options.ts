import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { conflictOf, type LdapOptions, ldapOptionsSchema } from '../ldap/ldap.options.ts';

/** Options by group, such as `{ ldap: { url: 'ldaps://…' } }`. */
export type DomainConfig = Record<string, Record<string, unknown>>;

/** What a domain may say of its own, as in Keystone (API reference, "Domain configuration"). */
const SCHEMAS = {
  identity: z.strictObject({
    driver: z.enum(['sql', 'ldap']).default('sql'),
    list_limit: z.null('is not supported with a value: whoever asks for a list says its limit').default(null),
  }),
  ldap: ldapOptionsSchema,
} as const;

/** Stored and never answered. */
export const SENSITIVE: Readonly<Record<string, readonly string[]>> = { ldap: ['password'] };

/** What holds where a domain says nothing. */
export const DEFAULT_CONFIG: DomainConfig = {
  identity: SCHEMAS.identity.parse({}),
  ldap: SCHEMAS.ldap.parse({}),
};

/** 403 (as Keystone) for options that are not there, 400 for values that cannot be. */
export function assertOptions(config: DomainConfig): void {
  for (const [group, options] of Object.entries(config)) {
    const schema: z.ZodObject | undefined = isGroup(group) ? SCHEMAS[group] : undefined;
    for (const option of Object.keys(options)) {
      if (schema && Object.hasOwn(schema.shape, option)) continue;
      const field = `config.${group}.${option}`.slice(0, 255);
      const message = `Option ${option.slice(0, 100)} in group ${group.slice(0, 100)} is not supported`;
      throw new UserError('forbidden', message, { field });
    }
    const issue = schema?.safeParse(options).error?.issues[0];
    if (issue) throw invalid(`config.${[group, ...issue.path].join('.')}`, issue.message);
  }
}

/** 400 where options of a whole configuration do not go together. */
export function assertConsistent(config: DomainConfig): void {
  const conflict = isLdap(config) ? conflictOf(toLdapOptions(config)) : undefined;
  if (conflict) throw invalid(`config.ldap.${conflict.option}`, conflict.message);
}

export function isLdap(config: DomainConfig): boolean {
  return config.identity?.driver === 'ldap';
}

/** Of a configuration that is valid. */
export function toLdapOptions({ ldap = {} }: DomainConfig): LdapOptions {
  return ldapOptionsSchema.parse(ldap);
}

function isGroup(name: string): name is keyof typeof SCHEMAS {
  return Object.hasOwn(SCHEMAS, name);
}

function invalid(field: string, message: string): UserError {
  return new UserError('bad_request', `Invalid input for field ${field}: ${message}`, { field: field.slice(0, 255) });
}
