import { FilterParser } from 'ldapts';
import { z } from 'zod';

/** As oslo.config, which reads numbers, flags and lists from text too. */
const flag = z.preprocess((value) => ({ true: true, false: false })[String(value).toLowerCase()] ?? value, z.boolean());
const count = (min: number, max: number) =>
  z.preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.number().int().min(min).max(max));
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(item).max(100),
  );
const MAX_SERVERS = 10;
const text = z.string().min(1).max(4096);
const attribute = z
  .string()
  .regex(/^([A-Za-z][A-Za-z0-9-]{0,99}|\d+(\.\d+){1,30})$/, 'must be the name of an attribute');
const filter = text.refine(isFilter, 'must be a filter such as (memberOf=cn=staff,ou=groups,dc=example,dc=org)');
const pair = z
  .string()
  .regex(/^[A-Za-z0-9.-]{1,100}:[A-Za-z_][A-Za-z0-9_-]{0,99}$/, 'must be <LDAP attribute>:<attribute>')
  .refine((value) => !TAKEN.has(value.split(':')[1] ?? ''), 'must not name an attribute that has an option of its own');
const optional = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);
const unsupported = (what: string, ...allowed: [string | boolean | null, ...(string | boolean | null)[]]) =>
  z.literal(allowed, `is not supported with another value: ${what}`).default(allowed[0]);

const TAKEN = new Set(['id', 'name', 'domain_id', 'enabled', 'email', 'description', 'default_project_id', 'password']);

/**
 * Group `ldap` of a domain's configuration: Keystone's options with Keystone's defaults (keystone/conf/ldap.py). What
 * differs: `connection_timeout` is never endless, and options without effect here are not among them.
 */
export const ldapOptionsSchema = z.strictObject({
  /** Several, with commas between: the first that answers. */
  url: text.default('ldap://localhost'),
  user: optional(text),
  password: z.string().max(4096).nullish(),
  suffix: text.default('cn=example,cn=com'),
  query_scope: z.enum(['one', 'sub']).default('one'),
  page_size: count(0, 100_000).default(0),
  alias_dereferencing: unsupported('aliases are not followed', 'default', 'never'),
  chase_referrals: unsupported('referrals are not followed', null, false),
  connection_timeout: count(1, 120).default(10),
  user_tree_dn: optional(text),
  user_filter: optional(filter),
  user_objectclass: attribute.default('inetOrgPerson'),
  user_id_attribute: attribute.default('cn'),
  user_name_attribute: attribute.default('sn'),
  user_mail_attribute: attribute.default('mail'),
  user_description_attribute: attribute.default('description'),
  /** Keystone only writes to it, and that no longer: passwords are proven by binding. */
  user_pass_attribute: attribute.default('userPassword'),
  user_enabled_attribute: attribute.default('enabled'),
  user_enabled_invert: flag.default(false),
  user_enabled_mask: count(0, 2 ** 31 - 1).default(0),
  user_enabled_default: z.coerce
    .string()
    .regex(/^(true|false|\d{1,10})$/i, 'must be True, False or a number')
    .default('True'),
  user_attribute_ignore: list(z.string().max(100)).default(['default_project_id']),
  user_default_project_id_attribute: optional(attribute),
  user_enabled_emulation: flag.default(false),
  user_enabled_emulation_dn: optional(text),
  user_enabled_emulation_use_group_config: flag.default(false),
  user_additional_attribute_mapping: list(pair).default([]),
  group_tree_dn: optional(text),
  group_filter: optional(filter),
  group_objectclass: attribute.default('groupOfNames'),
  group_id_attribute: attribute.default('cn'),
  group_name_attribute: attribute.default('ou'),
  group_members_are_ids: flag.default(false),
  group_member_attribute: attribute.default('member'),
  group_desc_attribute: attribute.default('description'),
  group_attribute_ignore: list(z.string().max(100)).default([]),
  group_additional_attribute_mapping: list(pair).default([]),
  tls_cacertfile: optional(text),
  use_tls: flag.default(false),
  /** `allow` and `never`: whatever certificate the server shows. */
  tls_req_cert: z.enum(['demand', 'allow', 'never']).default('demand'),
});
export type LdapOptions = z.output<typeof ldapOptionsSchema>;

export function toUrls(url: string): string[] {
  return url.split(/[\s,]+/).filter(Boolean);
}

/** Why no server can be asked at `url`. */
export function urlProblem({ url }: LdapOptions): string | undefined {
  const urls = toUrls(url);
  if (urls.length === 0 || urls.length > MAX_SERVERS) return `must name 1 to ${MAX_SERVERS} servers`;
  const isUsable = urls.every((each) => /^ldaps?:$/.test(URL.parse(each)?.protocol ?? ''));
  return isUsable ? undefined : 'must be ldap://<host> or ldaps://<host>';
}

export function userTreeOf({ user_tree_dn, suffix }: LdapOptions): string {
  return user_tree_dn ?? `ou=Users,${suffix}`;
}

export function groupTreeOf({ group_tree_dn, suffix }: LdapOptions): string {
  return group_tree_dn ?? `ou=UserGroups,${suffix}`;
}

/** What is wrong with them together, and with which; undefined: nothing. */
export function conflictOf(options: LdapOptions): { option: string; message: string } | undefined {
  if (options.use_tls && toUrls(options.url).some((url) => url.toLowerCase().startsWith('ldaps:'))) {
    return { option: 'use_tls', message: 'is for ldap://; ldaps:// is encrypted from the start' };
  }
  // Without a password, servers take anybody for anonymous and say nothing.
  if (options.user && !options.password) return { option: 'password', message: 'is needed where user is set' };
  if (options.user_enabled_mask !== 0 && !/^\d+$/.test(options.user_enabled_default)) {
    return { option: 'user_enabled_default', message: 'must be a number, such as 512, where user_enabled_mask is set' };
  }
  return undefined;
}

function isFilter(value: string): boolean {
  try {
    FilterParser.parseString(value);
    return true;
  } catch {
    return false;
  }
}
