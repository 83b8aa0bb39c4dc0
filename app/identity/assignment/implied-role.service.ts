import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import { notFound } from '../identity.errors.ts';
import type { TokenService } from '../token/token.service.ts';
import type { RoleRecord } from './assignment.tables.ts';
import type { RoleRepository } from './role.repository.ts';

/** Keystone's `[assignment] prohibited_implied_role`: nobody comes to be an administrator by another role. */
const PROHIBITED = ['admin'];

export interface Inference {
  prior: RoleRecord;
  implied: RoleRecord[];
}

/** Which role implies which (Keystone API reference, "Roles", role inferences). */
export class ImpliedRoleService {
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

  async listAll(): Promise<Inference[]> {
    const rules = await this.#roles.listImplied();
    const ids = new Set(rules.flatMap((rule) => [rule.prior_role_id, rule.implied_role_id]));
    const roles = new Map((await this.#roles.findMany([...ids])).map((role) => [role.id, role]));
    return [...Map.groupBy(rules, (rule) => rule.prior_role_id)].flatMap(([priorId, ofPrior]) => {
      const prior = roles.get(priorId);
      return prior ? [{ prior, implied: ofPrior.flatMap((rule) => roles.get(rule.implied_role_id) ?? []) }] : [];
    });
  }

  /** Only those it implies directly. */
  async list(priorId: string): Promise<Inference> {
    const prior = await this.#role(priorId);
    const rules = await this.#roles.listImplied(priorId);
    return { prior, implied: await this.#roles.findMany(rules.map((rule) => rule.implied_role_id)) };
  }

  async get(priorId: string, impliedId: string): Promise<{ prior: RoleRecord; implied: RoleRecord }> {
    const { prior, implied } = await this.list(priorId);
    const found = implied.find(({ id }) => id === impliedId);
    if (!found) {
      await this.#role(impliedId);
      throw doesNotImply(priorId, impliedId);
    }
    return { prior, implied: found };
  }

  /**
   * Refused as in Keystone: `admin` as the implied one, and a role of one domain implied by one of all. Refused beyond
   * Keystone, which lets them in and steps around them whenever roles are read: circles.
   */
  async create(context: Context, priorId: string, impliedId: string): Promise<void> {
    await this.#change(context, priorId, impliedId, 'created', async (trx) => {
      const implied = await this.#role(impliedId, trx);
      const prior = await this.#role(priorId, trx);
      if (PROHIBITED.includes(implied.name)) {
        throw new UserError('forbidden', `${impliedId} cannot be an implied roles.`);
      }
      if (prior.domain_id === null && implied.domain_id !== null) {
        throw new UserError('forbidden', 'Global role cannot imply a domain-specific role');
      }
      if (priorId === impliedId || (await this.#roles.isImplied(trx, impliedId, priorId))) {
        throw new UserError('forbidden', `${impliedId} cannot be an implied roles.`, {
          hint: `It implies ${prior.name} itself, so they would imply each other.`,
        });
      }
      if (await this.#roles.insertImplied(trx, priorId, impliedId)) return;
      throw new UserError('conflict', 'Conflict occurred attempting to store implied_role - Duplicate entry.');
    });
  }

  async delete(context: Context, priorId: string, impliedId: string): Promise<void> {
    await this.#role(priorId);
    await this.#role(impliedId);
    await this.#change(context, priorId, impliedId, 'deleted', async (trx) => {
      if (!(await this.#roles.deleteImplied(trx, priorId, impliedId))) throw doesNotImply(priorId, impliedId);
    });
  }

  async #change(
    context: Context,
    priorId: string,
    impliedId: string,
    verb: 'created' | 'deleted',
    work: (trx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await work(trx);
      await this.#events.record(trx, context, {
        type: `identity.implied_role.${verb}`,
        resourceId: priorId,
        projectId: null,
        payload: { implied_role_id: impliedId },
      });
      this.#database.afterCommit(trx, () => this.#tokens.changed());
    });
  }

  async #role(id: string, on?: Queryable): Promise<RoleRecord> {
    const role = await this.#roles.find(id, on);
    if (!role) throw notFound('role', id);
    return role;
  }
}

function doesNotImply(priorId: string, impliedId: string): UserError {
  return new UserError('not_found', `${priorId} does not imply ${impliedId}.`);
}
