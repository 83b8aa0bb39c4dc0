/** The options of an LDAP server that the dialog asks for or sets with its kind; named as Keystone's. */
const TEXTS = {
  url: 'ldaps://',
  user: '',
  password: '',
  tls_cacertfile: '',
  user_tree_dn: '',
  user_filter: '',
  group_tree_dn: '',
};

/** What servers of a kind have in common. */
const KINDS = {
  standard: {
    query_scope: 'sub',
    user_objectclass: 'inetOrgPerson',
    user_id_attribute: 'uid',
    user_name_attribute: 'uid',
    user_enabled_attribute: 'enabled',
    user_enabled_mask: 0,
    user_enabled_default: 'True',
    group_objectclass: 'groupOfNames',
    group_id_attribute: 'cn',
    group_name_attribute: 'cn',
  },
  activeDirectory: {
    query_scope: 'sub',
    user_objectclass: 'person',
    user_id_attribute: 'objectGUID',
    user_name_attribute: 'sAMAccountName',
    user_enabled_attribute: 'userAccountControl',
    user_enabled_mask: 2,
    user_enabled_default: '512',
    group_objectclass: 'group',
    group_id_attribute: 'objectGUID',
    group_name_attribute: 'sAMAccountName',
  },
};
export type LdapKind = keyof typeof KINDS;
/** Servers give so many entries at once at least; many refuse more than a thousand. */
const PAGE_SIZE = 500;

type KindOptions = Record<keyof (typeof KINDS)['standard'], string | number>;
export type LdapForm = typeof TEXTS & KindOptions & { use_tls: boolean } & Record<string, unknown>;

export function optionsOfKind(kind: LdapKind): KindOptions {
  return KINDS[kind];
}

/** The form for a domain as it is configured, or as an empty one begins. Passwords are never told. */
export function toLdapForm(stored: Record<string, unknown> | undefined): LdapForm {
  const from = <T extends Record<string, string | number>>(defaults: T): T => {
    const known = Object.keys(defaults).filter((key) => ['string', 'number'].includes(typeof stored?.[key]));
    return { ...defaults, ...Object.fromEntries(known.map((key) => [key, stored?.[key]])) };
  };
  return { ...from(TEXTS), ...from<KindOptions>(KINDS.standard), use_tls: stored?.use_tls === true };
}

/** Group `ldap` of the configuration. An empty password is left out: the one that is stored stays. */
export function toLdapOptions(form: LdapForm, stored: Record<string, unknown> | undefined): Record<string, unknown> {
  const { password, ...values } = form;
  const options = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === '' ? null : value]));
  const isAnonymous = form.user === '';
  const secret = isAnonymous ? { password: null } : password === '' ? {} : { password };
  return { ...options, ...secret, ...(stored?.page_size === undefined && { page_size: PAGE_SIZE }) };
}
