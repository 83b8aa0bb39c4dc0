import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { IdentityChange } from '../../contract/events.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import { extraOf } from '../extra-attributes.ts';
import { alreadyStored, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { matchesInexactly } from '../inexact-filter.ts';
import { assertMayDelete, assertMayUpdate, mergeOptions } from '../resource-options.ts';
import type { TokenService } from '../token/token.service.ts';
import type { RoleRecord } from './assignment.tables.ts';
import type { RoleRepository } from './role.repository.ts';
import type { NewRole, RoleChange } from './role.schema.ts';

const KNOWN = ['name', 'description', 'domain_id', 'options'];

/** Roles (Keystone API reference, "Roles"). Who may is the policy's to say. */
export class RoleService {
  readonly #database: Database;
  readonly #events: EventService;
  readonly #tokens: TokenService;
  readonly #roles: RoleRepository;

  constructor(parts: { database: Database; events: EventService; tokens: TokenService; roles: RoleRepository }) {
    this.#database = parts.database;
    this.#events = parts.events;
    this.#tokens = parts.tokens;
    this.#roles = parts.roles;
  }

  /** Roles of no domain unless one is named. */
  async list(query: { name?: string | undefined; domain_id?: string | undefined }): Promise<RoleRecord[]> {
    const roles = await this.#roles.list(query.domain_id ?? null);
    return roles.filter(
      (role) => (query.name === undefined || role.name === query.name) && matchesInexactly(role, query),
    );
  }

  async find(id: string): Promise<RoleRecord | undefined> {
    return await this.#roles.find(id);
  }

  async get(id: string): Promise<RoleRecord> {
    const role = await this.#roles.find(id);
    if (!role) throw notFound('role', id);
    return role;
  }

  async create(context: Context, sent: NewRole): Promise<RoleRecord> {
    const { name, description = null, domain_id = null } = sent;
    const extra = extraOf(sent, KNOWN);
    const options = mergeOptions<RoleRecord['options']>({}, sent.options);
    const role: RoleRecord = { id: newIdentityId(), name, description, domain_id, options, extra };
    return await this.#change(context, 'created', async (trx) => {
      if (domain_id !== null && !(await this.#roles.hasDomain(trx, domain_id))) throw notFound('domain', domain_id);
      await this.#assertNameIsFree(trx, role);
      await this.#roles.insert(trx, role);
      return role;
    });
  }

  async update(context: Context, id: string, sent: RoleChange): Promise<RoleRecord> {
    return await this.#change(context, 'updated', async (trx) => {
      const role = await this.#roles.update(trx, id, async (stored) => {
        const next = changed(stored, sent);
        await this.#assertNameIsFree(trx, next);
        return next;
      });
      if (!role) throw notFound('role', id);
      return role;
    });
  }

  /** With it go its assignments and rules of implication; tokens have it no more. */
  async delete(context: Context, id: string): Promise<void> {
    await this.#change(context, 'deleted', async (trx) => {
      const role = await this.#roles.find(id, trx);
      if (!role) throw notFound('role', id);
      assertMayDelete('role', role);
      await this.#roles.delete(trx, id);
      return role;
    });
  }

  async #change(
    context: Context,
    verb: IdentityChange,
    work: (trx: Transaction) => Promise<RoleRecord>,
  ): Promise<RoleRecord> {
    return await this.#database.transaction(async (trx) => {
      const role = await work(trx);
      const { id, name } = role;
      await this.#events.record(trx, context, {
        type: `identity.role.${verb}`,
        resourceId: id,
        projectId: null,
        payload: { name },
      });
      this.#database.afterCommit(trx, () => this.#tokens.changed());
      return role;
    });
  }

  async #assertNameIsFree(trx: Transaction, role: RoleRecord): Promise<void> {
    if (!(await this.#roles.isNameTaken(trx, role))) return;
    const place = role.domain_id === null ? '' : ` at domain ID ${role.domain_id}`;
    throw alreadyStored('role', `Duplicate entry found with name ${role.name}${place}`);
  }
}

function changed(stored: RoleRecord, sent: RoleChange): RoleRecord {
  if (sent.id !== undefined && sent.id !== stored.id) {
    throw new UserError('bad_request', 'Cannot change Role ID', { field: 'role.id' });
  }
  assertMayUpdate('role', stored, sent);
  if (sent.domain_id !== undefined && sent.domain_id !== stored.domain_id) {
    throw new UserError('bad_request', 'Update of `domain_id` is not allowed.', { field: 'role.domain_id' });
  }
  return {
    ...stored,
    name: sent.name ?? stored.name,
    description: sent.description === undefined ? stored.description : sent.description,
    options: mergeOptions(stored.options, sent.options),
    extra: extraOf(sent, KNOWN, stored.extra),
  };
}
