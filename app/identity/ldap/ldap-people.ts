import { randomUUID } from 'node:crypto';
import { AndFilter, type Client, EqualityFilter, type Filter, FilterParser, PresenceFilter } from 'ldapts';
import { groupTreeOf, type LdapOptions, userTreeOf } from './ldap.options.ts';
import { dnKey } from './ldap-dn.ts';
import { type LdapEntry, toFilterValue } from './ldap-entry.ts';
import { LdapFailure, LdapServer } from './ldap-server.ts';

export interface LdapUser {
  localId: string;
  name: string;
  dn: string;
  enabled: boolean;
  defaultProjectId: string | null;
  extra: Record<string, unknown>;
}

export interface LdapGroup {
  localId: string;
  name: string;
  dn: string;
  description: string;
  extra: Record<string, unknown>;
}

/** All of a server's users and groups, and who is in which, by local ids. */
export interface LdapPeople {
  users: LdapUser[];
  groups: LdapGroup[];
  members: Map<string, string[]>;
}

/** Finds users and groups in an LDAP server, as Keystone's driver does (keystone/identity/backends/ldap). */
export class LdapReader {
  readonly server: LdapServer;
  readonly #options: LdapOptions;
  readonly #isEnabledRead: boolean;

  constructor(options: LdapOptions) {
    this.server = new LdapServer(options);
    this.#options = options;
    this.#isEnabledRead = !options.user_attribute_ignore.includes('enabled');
  }

  async readAll(): Promise<LdapPeople> {
    const { group_member_attribute: memberAttribute, group_members_are_ids: areIds } = this.#options;
    return await this.server.use(async (client) => {
      const users = await this.#users(client, new PresenceFilter({ attribute: this.#options.user_id_attribute }));
      const enabled = await this.#enabledMembers(client);
      if (enabled) for (const user of users) user.enabled = enabled.has(this.#memberKey(user));
      const byKey = new Map(users.map((user) => [areIds ? user.localId : dnKey(user.dn), user.localId]));
      const entries = await this.#groupEntries(client, undefined, [memberAttribute]);
      const groups: LdapGroup[] = [];
      const members = new Map<string, string[]>();
      for (const entry of entries) {
        const group = this.#toGroup(entry);
        if (!group) continue;
        groups.push(group);
        const keys = (await this.#allValues(client, entry, memberAttribute)).map((value) =>
          areIds ? value : dnKey(value),
        );
        members.set(group.localId, [...new Set(keys.map((key) => byKey.get(key)).filter((id) => id !== undefined))]);
      }
      return { users, groups, members };
    });
  }

  /** Users of a name; names need not be unique in LDAP, and are the same in any case. */
  async findUsers(by: { name: string } | { localId: string }): Promise<LdapUser[]> {
    const { user_name_attribute, user_id_attribute } = this.#options;
    const filter = 'name' in by ? equals(user_name_attribute, by.name) : equals(user_id_attribute, by.localId);
    return await this.server.use(async (client) => {
      const users = await this.#users(client, filter);
      for (const user of users) {
        if (this.#isEmulated) user.enabled = await this.#isEnabledMember(client, user);
      }
      return users;
    });
  }

  /** The groups that have a member; asked for somebody who is not there, it finds none and takes as long. */
  async groupsOf({ dn, localId }: Pick<LdapUser, 'dn' | 'localId'>): Promise<LdapGroup[]> {
    const { group_member_attribute: memberAttribute, group_members_are_ids: areIds } = this.#options;
    return await this.server.use(async (client) => {
      const entries = await this.#groupEntries(client, equals(memberAttribute, areIds ? localId : dn), []);
      return entries.map((entry) => this.#toGroup(entry)).filter((group) => group !== undefined);
    });
  }

  /** Stands for somebody who is not there. */
  nobody(): Pick<LdapUser, 'dn' | 'localId'> {
    const localId = randomUUID();
    return { dn: `${this.#options.user_id_attribute}=${localId},${userTreeOf(this.#options)}`, localId };
  }

  async #users(client: Client, wanted: Filter): Promise<LdapUser[]> {
    const o = this.#options;
    const tree = userTreeOf(o);
    const entries = await this.server.search(client, tree, {
      scope: o.query_scope,
      filter: all(equals('objectClass', o.user_objectclass), wanted, o.user_filter),
      attributes: [
        o.user_id_attribute,
        o.user_name_attribute,
        o.user_mail_attribute,
        o.user_description_attribute,
        o.user_enabled_attribute,
        ...(o.user_default_project_id_attribute === null ? [] : [o.user_default_project_id_attribute]),
        ...o.user_additional_attribute_mapping.map((pair) => pair.split(':')[0] ?? ''),
      ],
    });
    if (!entries) {
      const hint = 'Check user_tree_dn in the configuration of the domain, and that the account of user may read it.';
      throw new LdapFailure(`The LDAP server shows no entry ${tree}.`, hint);
    }
    const emulation = this.#isEmulated ? dnKey(this.#emulationDn) : undefined;
    return entries
      .filter(({ dn }) => emulation === undefined || dnKey(dn) !== emulation)
      .map((entry) => this.#toUser(entry))
      .filter((user) => user !== undefined);
  }

  /** As Keystone: without a tree of groups there are none. */
  async #groupEntries(client: Client, wanted: Filter | undefined, further: string[]): Promise<LdapEntry[]> {
    const o = this.#options;
    const entries = await this.server.search(client, groupTreeOf(o), {
      scope: o.query_scope,
      filter: all(
        equals('objectClass', o.group_objectclass),
        wanted ?? new PresenceFilter({ attribute: o.group_id_attribute }),
        o.group_filter,
      ),
      attributes: [
        o.group_id_attribute,
        o.group_name_attribute,
        o.group_desc_attribute,
        ...o.group_additional_attribute_mapping.map((pair) => pair.split(':')[0] ?? ''),
        ...further,
      ],
    });
    return entries ?? [];
  }

  /** Entries without id or name are passed over, as in Keystone. */
  #toUser(entry: LdapEntry): LdapUser | undefined {
    const o = this.#options;
    const localId = entry.id(o.user_id_attribute);
    const name = entry.first(o.user_name_attribute);
    if (localId === undefined || name === undefined) return undefined;
    const ignored = new Set(o.user_attribute_ignore);
    const project = o.user_default_project_id_attribute;
    return {
      localId,
      name,
      dn: entry.dn,
      enabled: !this.#isEnabledRead || this.#isEmulated || this.#isEnabled(entry),
      defaultProjectId: (project !== null && !ignored.has('default_project_id') && entry.first(project)) || null,
      extra: extraOf(
        entry,
        [
          `${o.user_mail_attribute}:email`,
          `${o.user_description_attribute}:description`,
          ...o.user_additional_attribute_mapping,
        ],
        ignored,
      ),
    };
  }

  #toGroup(entry: LdapEntry): LdapGroup | undefined {
    const o = this.#options;
    const localId = entry.id(o.group_id_attribute);
    const name = entry.first(o.group_name_attribute);
    if (localId === undefined || name === undefined) return undefined;
    const ignored = new Set(o.group_attribute_ignore);
    const description = ignored.has('description') ? undefined : entry.first(o.group_desc_attribute);
    const extra = extraOf(entry, o.group_additional_attribute_mapping, ignored);
    return { localId, name, dn: entry.dn, description: description ?? '', extra };
  }

  #isEnabled(entry: LdapEntry): boolean {
    const {
      user_enabled_attribute,
      user_enabled_default,
      user_enabled_mask: mask,
      user_enabled_invert,
    } = this.#options;
    const value = entry.first(user_enabled_attribute) ?? user_enabled_default;
    // The bit says that the account is off (Active Directory's ACCOUNTDISABLE).
    if (mask !== 0) return /^-?\d+$/.test(value) && (Number(value) & mask) !== mask;
    return (value.toLowerCase() === 'true') !== user_enabled_invert;
  }

  get #isEmulated(): boolean {
    return this.#isEnabledRead && this.#options.user_enabled_emulation;
  }

  get #emulationDn(): string {
    return this.#options.user_enabled_emulation_dn ?? `cn=enabled_users,${userTreeOf(this.#options)}`;
  }

  get #emulation(): { attribute: string; areIds: boolean } {
    const { user_enabled_emulation_use_group_config: asGroups, ...o } = this.#options;
    return asGroups
      ? { attribute: o.group_member_attribute, areIds: o.group_members_are_ids }
      : { attribute: 'member', areIds: false };
  }

  #memberKey({ dn, localId }: LdapUser): string {
    return this.#emulation.areIds ? localId : dnKey(dn);
  }

  async #enabledMembers(client: Client): Promise<Set<string> | undefined> {
    if (!this.#isEmulated) return undefined;
    const { attribute, areIds } = this.#emulation;
    const [entry] = (await this.#emulationEntry(client, new PresenceFilter({ attribute }), [attribute])) ?? [];
    const values = entry ? await this.#allValues(client, entry, attribute) : [];
    return new Set(values.map((value) => (areIds ? value : dnKey(value))));
  }

  async #isEnabledMember(client: Client, { dn, localId }: LdapUser): Promise<boolean> {
    const { attribute, areIds } = this.#emulation;
    const found = await this.#emulationEntry(client, equals(attribute, areIds ? localId : dn), ['1.1']);
    return found !== undefined && found.length > 0;
  }

  async #emulationEntry(client: Client, filter: Filter, attributes: string[]): Promise<LdapEntry[] | undefined> {
    return await this.server.search(client, this.#emulationDn, { scope: 'base', filter, attributes });
  }

  async #allValues(client: Client, entry: LdapEntry, attribute: string): Promise<string[]> {
    const values = [...entry.all(attribute)];
    for (let part = entry.range(attribute); part; ) {
      values.push(...part.values);
      if (part.next === null || part.values.length === 0) break;
      const [more] =
        (await this.server.search(client, entry.dn, {
          scope: 'base',
          filter: new PresenceFilter({ attribute: 'objectClass' }),
          attributes: [`${attribute};range=${part.next}-*`],
        })) ?? [];
      part = more?.range(attribute);
    }
    return values;
  }
}

/** Built from values, never from text that is parsed: what a name contains cannot change what is asked. */
function equals(attribute: string, value: string): EqualityFilter {
  return new EqualityFilter({ attribute, value: toFilterValue(attribute, value) });
}

function all(first: Filter, second: Filter, further: string | null): Filter {
  const filters = [first, second, ...(further === null ? [] : [FilterParser.parseString(further)])];
  return new AndFilter({ filters });
}

/** `pairs` are `<LDAP attribute>:<attribute>`. */
function extraOf(entry: LdapEntry, pairs: string[], ignored: Set<string>): Record<string, unknown> {
  const extra: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [from = '', to = ''] = pair.split(':');
    const value = ignored.has(to) ? undefined : entry.first(from);
    if (value !== undefined) extra[to] = value;
  }
  return extra;
}
