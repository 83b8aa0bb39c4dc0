import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { CredentialCipher } from '../credential/credential-cipher.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { notFound } from '../identity.errors.ts';
import { DEFAULT_CONFIG, isOption, SENSITIVE } from './domain-config.options.ts';

/** Options by group, such as `{ ldap: { url: 'ldaps://…' } }`. */
export type DomainConfig = Record<string, Record<string, unknown>>;
/** A whole configuration, one group of it, or one option. */
export interface ConfigPlace {
  group?: string | undefined;
  option?: string | undefined;
}

/** Keystone's domain-specific configuration: stored encrypted, since it holds passwords, which are never answered. */
export class DomainConfigService {
  readonly #database: Database;
  readonly #events: EventService;
  readonly #directory: DirectoryRepository;
  readonly #cipher: CredentialCipher;

  constructor(parts: {
    database: Database;
    events: EventService;
    directory: DirectoryRepository;
    cipher: CredentialCipher;
  }) {
    this.#database = parts.database;
    this.#events = parts.events;
    this.#directory = parts.directory;
    this.#cipher = parts.cipher;
  }

  /** What is at the place, without what is secret; 404 where nothing is. */
  async show(domainId: string, place: ConfigPlace): Promise<unknown> {
    await this.#assertDomain(domainId);
    return pick(withoutSecrets(await this.#read(this.#database.query, domainId)), place, `domain ${domainId}`);
  }

  /** What holds where a domain says nothing. */
  showDefault(place: ConfigPlace): unknown {
    return pick(DEFAULT_CONFIG, place, 'the defaults');
  }

  /** Replaces the whole; answers whether there was none before. */
  async replace(
    context: Context,
    domainId: string,
    config: DomainConfig,
  ): Promise<{ config: unknown; isNew: boolean }> {
    await this.#assertDomain(domainId);
    assertKnown(config);
    const isNew = await this.#database.transaction(async (trx) => {
      const before = await this.#read(trx, domainId);
      await this.#write(trx, context, domainId, config);
      return Object.keys(before).length === 0;
    });
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
    assertKnown(config);
    return await this.#database.transaction(async (trx) => {
      const before = await this.#read(trx, domainId);
      if (place.group !== undefined) pick(before, { group: place.group }, `domain ${domainId}`);
      if (Object.keys(before).length === 0) throw notFound('domain configuration', domainId);
      const after = { ...before };
      for (const [group, options] of Object.entries(config)) after[group] = { ...after[group], ...options };
      await this.#write(trx, context, domainId, after);
      return withoutSecrets(after);
    });
  }

  async delete(context: Context, domainId: string, { group, option }: ConfigPlace): Promise<void> {
    await this.#assertDomain(domainId);
    await this.#database.transaction(async (trx) => {
      const before = await this.#read(trx, domainId);
      pick(before, { group, option }, `domain ${domainId}`);
      const after = { ...before };
      if (group === undefined) for (const name of Object.keys(after)) delete after[name];
      else if (option === undefined) delete after[group];
      else after[group] = Object.fromEntries(Object.entries(after[group] ?? {}).filter(([name]) => name !== option));
      await this.#write(trx, context, domainId, after);
    });
  }

  async #assertDomain(id: string): Promise<void> {
    if (!(await this.#directory.findDomain({ id }))) throw notFound('domain', id);
  }

  async #read(query: Queryable, domainId: string): Promise<DomainConfig> {
    const row = await query
      .selectFrom('identity_domain_config')
      .select('config')
      .where('domain_id', '=', domainId)
      .executeTakeFirst();
    return row ? JSON.parse(this.#cipher.decrypt(row.config, domainId)) : {};
  }

  async #write(trx: Transaction, context: Context, domainId: string, config: DomainConfig): Promise<void> {
    const kept = Object.fromEntries(Object.entries(config).filter(([, options]) => Object.keys(options).length > 0));
    await trx.deleteFrom('identity_domain_config').where('domain_id', '=', domainId).execute();
    if (Object.keys(kept).length > 0) {
      const text = this.#cipher.encrypt(JSON.stringify(kept), domainId);
      await trx.insertInto('identity_domain_config').values({ domain_id: domainId, config: text }).execute();
    }
    const resource = { type: 'domain', id: domainId };
    await this.#events.record(trx, context, { type: 'identity.domain.updated', resource, projectId: null });
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

function assertKnown(config: DomainConfig): void {
  for (const [group, options] of Object.entries(config)) {
    for (const option of Object.keys(options)) {
      if (isOption(group, option)) continue;
      const field = `config.${group}.${option}`.slice(0, 255);
      throw new UserError(
        'forbidden',
        `Option ${option.slice(0, 100)} in group ${group.slice(0, 100)} is not supported`,
        {
          field,
        },
      );
    }
  }
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
