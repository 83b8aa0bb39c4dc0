import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Queryable, Transaction } from '../../database/database.ts';
import { DEFAULT_DOMAIN_ID } from '../bootstrap.service.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { SecurityCompliance } from '../identity.settings.ts';
import type { PageQuery } from '../keystone.query.ts';
import type { LdapOptions } from '../ldap/ldap.options.ts';
import {
  assertConsistent,
  assertOptions,
  DEFAULT_CONFIG,
  type DomainConfig,
  isElsewhere,
  listLimitOf,
  SENSITIVE,
  toLdapOptions,
  toUsableLdapOptions,
} from './domain-config.options.ts';
import { domainConfigs } from './domain-config.tables.ts';

/** A whole configuration, one group of it, or one option. */
export interface ConfigPlace {
  group?: string | undefined;
  option?: string | undefined;
}

interface Parts extends Pick<IdentityParts, 'database' | 'events' | 'directory' | 'cipher'> {
  rules: SecurityCompliance;
}

/** Keystone's domain-specific configuration: stored encrypted, since it holds passwords, which are never answered. */
export class DomainConfigService {
  readonly #parts: Parts;
  #changed: (domainId: string) => Promise<void> = async () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whoever lives by the configurations is told of each that has changed, before the change is answered. */
  onChanged(listener: (domainId: string) => Promise<void>): void {
    this.#changed = listener;
  }

  /** With the password; undefined where the domain's people live here, 503 where its driver is not there. */
  async ldapOptions(domainId: string): Promise<LdapOptions | undefined> {
    const config = await this.#read(this.#parts.database.query, domainId);
    return isElsewhere(config) ? toLdapOptions(config) : undefined;
  }

  async livesElsewhere(domainId: string): Promise<boolean> {
    return isElsewhere(await this.#read(this.#parts.database.query, domainId));
  }

  /** The domains whose people live elsewhere. */
  async domainsElsewhere(): Promise<string[]> {
    const rows = await this.#parts.database.query.selectFrom('identity_domain_config').selectAll().execute();
    return rows
      .filter(({ domain_id, config }) => isElsewhere(JSON.parse(this.#parts.cipher.decrypt(config, domain_id))))
      .map(({ domain_id }) => domain_id);
  }

  /** The query with the limit the domain sets for lists of its users and groups. */
  async withListLimit(domainId: string, query: PageQuery): Promise<PageQuery> {
    const limit = listLimitOf(await this.#read(this.#parts.database.query, domainId));
    return limit === undefined ? query : { ...query, limit: Math.min(limit, query.limit ?? limit) };
  }

  /** What the options would be with these changes, checked and with the password that is stored. */
  async ldapOptionsWith(domainId: string, change: Record<string, unknown>): Promise<LdapOptions> {
    await this.#assertDomain(domainId);
    const { ldap } = await this.#read(this.#parts.database.query, domainId);
    const config = { identity: { driver: 'ldap' }, ldap: { ...ldap, ...change } };
    return toUsableLdapOptions(config);
  }

  /** What is at the place, without what is secret; 404 where nothing is. */
  async show(domainId: string, place: ConfigPlace): Promise<unknown> {
    await this.#assertDomain(domainId);
    return pick(withoutSecrets(await this.#read(this.#parts.database.query, domainId)), place, `domain ${domainId}`);
  }

  /** What holds where a domain says nothing. */
  showDefault(place: ConfigPlace): unknown {
    return pick(DEFAULT_CONFIG, place, 'the defaults');
  }

  /** What anybody may know of the rules for passwords. As Keystone, they are asked for by the default domain, for all. */
  showSecurityCompliance(domainId: string, option?: string): unknown {
    const group = 'security_compliance';
    const { password_regex = null, password_regex_description = null } = this.#parts.rules;
    const shown = { password_regex, password_regex_description };
    if (domainId !== DEFAULT_DOMAIN_ID || (option !== undefined && !Object.hasOwn(shown, option))) {
      const names = Object.keys(shown).join(' and ');
      throw new UserError('forbidden', `Of ${group}, ${names} of the domain ${DEFAULT_DOMAIN_ID} can be read only.`);
    }
    return pick({ [group]: shown }, { group, option }, 'the settings');
  }

  /** Replaces the whole; answers whether there was none before. */
  async replace(
    context: Context,
    domainId: string,
    config: DomainConfig,
  ): Promise<{ config: unknown; isNew: boolean }> {
    await this.#assertDomain(domainId);
    assertOptions(config);
    const isNew = await this.#parts.database.transaction(async (trx) => {
      const before = await this.#read(trx, domainId);
      await this.#write(trx, context, domainId, config);
      return Object.keys(before).length === 0;
    });
    await this.#changed(domainId);
    return { config: withoutSecrets(config), isNew };
  }

  /** Changes what is named; at a place, only that may be named. Answers the whole. */
  async change(
    context: Context,
    domainId: string,
    place: ConfigPlace,
    change: Record<string, unknown>,
  ): Promise<unknown> {
    await this.#assertDomain(domainId);
    const config = toConfig(place, change);
    assertOptions(config);
    const answer = await this.#parts.database.transaction(async (trx) => {
      const before = await this.#read(trx, domainId);
      if (place.group !== undefined) pick(before, { group: place.group }, `domain ${domainId}`);
      if (Object.keys(before).length === 0) throw notFound('domain configuration', domainId);
      const after = { ...before };
      for (const [group, options] of Object.entries(config)) after[group] = { ...after[group], ...options };
      await this.#write(trx, context, domainId, after);
      return withoutSecrets(after);
    });
    await this.#changed(domainId);
    return answer;
  }

  async delete(context: Context, domainId: string, { group, option }: ConfigPlace): Promise<void> {
    await this.#assertDomain(domainId);
    await this.#parts.database.transaction(async (trx) => {
      const before = await this.#read(trx, domainId);
      pick(before, { group, option }, `domain ${domainId}`);
      const after = { ...before };
      if (group === undefined) for (const name of Object.keys(after)) delete after[name];
      else if (option === undefined) delete after[group];
      else after[group] = Object.fromEntries(Object.entries(after[group] ?? {}).filter(([name]) => name !== option));
      await this.#write(trx, context, domainId, after);
    });
    await this.#changed(domainId);
  }

  async #assertDomain(id: string): Promise<void> {
    if (!(await this.#parts.directory.findDomain({ id }))) throw notFound('domain', id);
  }

  async #read(query: Queryable, domainId: string): Promise<DomainConfig> {
    const row = await query
      .selectFrom('identity_domain_config')
      .select('config')
      .where('domain_id', '=', domainId)
      .executeTakeFirst();
    return row ? JSON.parse(this.#parts.cipher.decrypt(row.config, domainId)) : {};
  }

  async #write(trx: Transaction, context: Context, domainId: string, config: DomainConfig): Promise<void> {
    assertConsistent(config);
    const kept = Object.fromEntries(Object.entries(config).filter(([, options]) => Object.keys(options).length > 0));
    await trx.deleteFrom('identity_domain_config').where('domain_id', '=', domainId).execute();
    if (Object.keys(kept).length > 0) {
      const text = this.#parts.cipher.encrypt(JSON.stringify(kept), domainId);
      const row = domainConfigs.toRow({ domain_id: domainId, config: text });
      await trx.insertInto('identity_domain_config').values(row).execute();
    }
    await this.#parts.events.record(trx, context, {
      type: 'identity.domain.updated',
      resourceId: domainId,
      projectId: null,
    });
  }
}

/** What is sent to a group is `{ <group>: { ... } }`, to an option `{ <option>: value }`, as in Keystone. */
function toConfig({ group, option }: ConfigPlace, change: Record<string, unknown>): DomainConfig {
  const [name, ...others] = Object.keys(change);
  const wanted = option ?? group;
  if (wanted !== undefined && (name !== wanted || others.length > 0)) {
    throw new UserError('bad_request', `Invalid input: the body must name ${wanted} and nothing else.`, {
      field: `config.${others[0] ?? name ?? wanted}`.slice(0, 255),
    });
  }
  if (group !== undefined && option !== undefined) return { [group]: change };
  for (const [key, options] of Object.entries(change)) {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw new UserError(
        'bad_request',
        `Invalid input for field config.${key.slice(0, 200)}: a group holds options.`,
        {
          field: `config.${key.slice(0, 200)}`,
        },
      );
    }
  }
  return change as DomainConfig;
}

function withoutSecrets(config: DomainConfig): DomainConfig {
  return Object.fromEntries(
    Object.entries(config).map(([group, options]) => [
      group,
      Object.fromEntries(Object.entries(options).filter(([name]) => !SENSITIVE[group]?.includes(name))),
    ]),
  );
}

function pick(config: DomainConfig, { group, option }: ConfigPlace, where: string): unknown {
  if (group === undefined) {
    if (Object.keys(config).length === 0) throw notFound('domain configuration', where);
    return config;
  }
  const options = Object.hasOwn(config, group) ? config[group] : undefined;
  if (!options) throw notFound(`group ${group.slice(0, 100)} of the configuration`, where);
  if (option === undefined) return { [group]: options };
  if (!Object.hasOwn(options, option)) throw notFound(`option ${option.slice(0, 100)} of the configuration`, where);
  return { [option]: options[option] };
}
