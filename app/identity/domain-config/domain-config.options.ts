import { z } from 'zod';
import { OperationalError, UserError } from '../../contract/errors.ts';
import { conflictOf, type LdapOptions, ldapOptionsSchema, urlProblem } from '../ldap/ldap.options.ts';

const MAX_LIMIT = 2 ** 31 - 1;

/** Options by group, such as `{ ldap: { url: 'ldaps://…' } }`. */
export type DomainConfig = Record<string, Record<string, unknown>>;

/** What a domain may say of its own, as in Keystone (API reference, "Domain configuration"). */
const SCHEMAS = {
  identity: z.strictObject({
    /** Any name may be written, as in Keystone; with one that is neither of `sql` and `ldap` nobody can sign in. */
    driver: z.string().min(1).max(255).default('sql'),
    /** So many users or groups of the domain are listed at once; 0 and null: all. */
    list_limit: z.number().int().min(0).max(MAX_LIMIT).nullable().default(null),
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
  const conflict = config.identity?.driver === 'ldap' ? conflictOf(toLdapOptions(config)) : undefined;
  if (conflict) throw invalid(`config.ldap.${conflict.option}`, conflict.message);
}

/** Its people live elsewhere than in this database. */
export function isElsewhere({ identity }: DomainConfig): boolean {
  return (identity?.driver ?? 'sql') !== 'sql';
}

/** Of a configuration that is valid; 503 where it names a driver that is not there. */
export function toLdapOptions({ identity, ldap = {} }: DomainConfig): LdapOptions {
  if (identity?.driver === 'ldap') return ldapOptionsSchema.parse(ldap);
  const message = `The domain's driver of identity, ${String(identity?.driver)}, is not one of Cumulet's.`;
  throw new OperationalError('unavailable', 'controller', message, {
    hint: 'Set identity.driver in the configuration of the domain to ldap or sql.',
  });
}

/** The same of one that is only tried, with all that can be checked before; Keystone stores any `url`. */
export function toUsableLdapOptions(config: DomainConfig): LdapOptions {
  assertOptions(config);
  assertConsistent(config);
  const options = toLdapOptions(config);
  const problem = urlProblem(options);
  if (problem) throw invalid('config.ldap.url', problem);
  return options;
}

/** Undefined: all. */
export function listLimitOf({ identity }: DomainConfig): number | undefined {
  return SCHEMAS.identity.parse(identity ?? {}).list_limit || undefined;
}

function isGroup(name: string): name is keyof typeof SCHEMAS {
  return Object.hasOwn(SCHEMAS, name);
}

function invalid(field: string, message: string): UserError {
  return new UserError('bad_request', `Invalid input for field ${field}: ${message}`, { field: field.slice(0, 255) });
}
