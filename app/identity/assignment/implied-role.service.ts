import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Transaction } from '../../database/database.ts';
import type { RecordOf } from '../../database/table.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { impliedRoles, type RoleRecord } from './assignment.tables.ts';
import type { Roles } from './role.resource.ts';
import { withImplied } from './with-implied.ts';

/** Keystone's `[assignment] prohibited_implied_role`: nobody comes to be an administrator by another role. */
const PROHIBITED = ['admin'];

type Rule = RecordOf<typeof impliedRoles>;

interface Parts extends Pick<IdentityParts, 'database' | 'events' | 'tokens'> {
  roles: Roles;
}

export interface Inference {
  prior: RoleRecord;
  implied: RoleRecord[];
}

/** Which role implies which (Keystone API reference, "Roles", role inferences). */
export class ImpliedRoleService {
  readonly #parts: Parts;
  /** Which role implies which, directly. */
  readonly #rules: ResourceStore<Rule>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#rules = new ResourceStore<Rule>({ database: parts.database, table: impliedRoles, id: 'implied_role_id' });
  }

  async listAll(): Promise<Inference[]> {
    const rules = await this.#rules.list({ sort: [{ attribute: 'prior_role_id', direction: 'asc' }] });
    const ids = new Set(rules.flatMap((rule) => [rule.prior_role_id, rule.implied_role_id]));
    const roles = new Map((await this.#parts.roles.findMany([...ids])).map((role) => [role.id, role]));
    return [...Map.groupBy(rules, (rule) => rule.prior_role_id)].flatMap(([priorId, ofPrior]) => {
      const prior = roles.get(priorId);
      return prior ? [{ prior, implied: ofPrior.flatMap((rule) => roles.get(rule.implied_role_id) ?? []) }] : [];
    });
  }

  /** Only those it implies directly. */
  async list(priorId: string): Promise<Inference> {
    const prior = await this.#parts.roles.get(priorId);
    const rules = await this.#rules.list({ is: { prior_role_id: priorId } });
    return { prior, implied: await this.#parts.roles.findMany(rules.map((rule) => rule.implied_role_id)) };
  }

  async get(priorId: string, impliedId: string): Promise<{ prior: RoleRecord; implied: RoleRecord }> {
    const { prior, implied } = await this.list(priorId);
    const found = implied.find(({ id }) => id === impliedId);
    if (!found) {
      await this.#parts.roles.get(impliedId);
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
      const implied = await this.#parts.roles.get(impliedId, trx);
      const prior = await this.#parts.roles.get(priorId, trx);
      if (PROHIBITED.includes(implied.name)) {
        throw new UserError('forbidden', `${impliedId} cannot be an implied roles.`);
      }
      if (prior.domain_id === null && implied.domain_id !== null) {
        throw new UserError('forbidden', 'Global role cannot imply a domain-specific role');
      }
      if ((await withImplied(trx, [impliedId])).has(priorId)) {
        throw new UserError('forbidden', `${impliedId} cannot be an implied roles.`, {
          hint: `It implies ${prior.name} itself, so they would imply each other.`,
        });
      }
      if (await this.#rules.find(impliedId, trx, { is: { prior_role_id: priorId } })) {
        throw new UserError('conflict', 'Conflict occurred attempting to store implied_role - Duplicate entry.');
      }
      await this.#rules.insert(trx, { prior_role_id: priorId, implied_role_id: impliedId });
    });
  }

  async delete(context: Context, priorId: string, impliedId: string): Promise<void> {
    await this.#parts.roles.get(priorId);
    await this.#parts.roles.get(impliedId);
    await this.#change(context, priorId, impliedId, 'deleted', async (trx) => {
      const ofPrior = { is: { prior_role_id: priorId } };
      if (!(await this.#rules.find(impliedId, trx, ofPrior))) throw doesNotImply(priorId, impliedId);
      await this.#rules.delete(trx, impliedId, ofPrior);
    });
  }

  async #change(
    context: Context,
    priorId: string,
    impliedId: string,
    verb: 'created' | 'deleted',
    work: (trx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      await work(trx);
      await this.#parts.events.record(trx, context, {
        type: `identity.implied_role.${verb}`,
        resourceId: priorId,
        projectId: null,
        payload: { implied_role_id: impliedId },
      });
      this.#parts.database.afterCommit(trx, () => this.#parts.tokens.changed());
    });
  }
}

function doesNotImply(priorId: string, impliedId: string): UserError {
  return new UserError('not_found', `${priorId} does not imply ${impliedId}.`);
}
