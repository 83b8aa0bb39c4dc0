import type { DomainConfig } from './domain-config.service.ts';

/** What a domain may say of its own, as in Keystone (API reference, "Domain configuration"), with what holds else. */
export const DEFAULT_CONFIG: DomainConfig = {
  identity: { driver: 'sql', list_limit: null },
  ldap: {
    url: 'ldap://localhost',
    user: null,
    suffix: 'cn=example,cn=com',
    query_scope: 'one',
    page_size: 0,
    alias_dereferencing: 'default',
    chase_referrals: null,
    user_tree_dn: null,
    user_filter: null,
    user_objectclass: 'inetOrgPerson',
    user_id_attribute: 'cn',
    user_name_attribute: 'sn',
    user_mail_attribute: 'mail',
    user_description_attribute: 'description',
    user_enabled_attribute: 'enabled',
    user_enabled_invert: false,
    user_enabled_mask: 0,
    user_enabled_default: 'True',
    user_attribute_ignore: ['default_project_id'],
    user_default_project_id_attribute: null,
    group_tree_dn: null,
    group_filter: null,
    group_objectclass: 'groupOfNames',
    group_id_attribute: 'cn',
    group_name_attribute: 'ou',
    group_members_are_ids: false,
    group_member_attribute: 'member',
    group_desc_attribute: 'description',
    tls_cacertfile: null,
    use_tls: false,
    tls_req_cert: 'demand',
  },
};

/** Stored and never answered. */
export const SENSITIVE: Readonly<Record<string, readonly string[]>> = { ldap: ['password'] };

export function isOption(group: string, option: string): boolean {
  const options = Object.hasOwn(DEFAULT_CONFIG, group) ? DEFAULT_CONFIG[group] : undefined;
  return options !== undefined && (Object.hasOwn(options, option) || (SENSITIVE[group]?.includes(option) ?? false));
}
