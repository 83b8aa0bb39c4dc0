import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { type Attributes, type Evaluation, type Expression, evaluate, parseExpression } from './policy-expression.ts';

export type TokenScope = 'system' | 'domain' | 'project';

/** A rule as the code states it; `policy.yaml` may say otherwise. */
export interface RuleDefault {
  /** OpenStack's name, such as `identity:create_user`. */
  name: string;
  /** oslo.policy's language; see policy-expression.ts. */
  check: string;
  /** Scopes of token with which it can be used at all; any where left out. */
  scopes?: readonly TokenScope[];
}

/** Why something is not allowed: the least of the usual roles that would allow it, null where none would. */
export interface Right {
  allowed: boolean;
  needs: string | null;
}

const USUAL_ROLES = ['reader', 'member', 'manager', 'admin', 'service'] as const;
/** A rule that refers to itself, directly or not, is refused when it is loaded. */
const MAX_DEPTH = 20;

interface Rule extends RuleDefault {
  expression: Expression;
}

/** Who may do what: the defaults of every service, overridden by the data folder's `policy.yaml`. */
export class PolicyService {
  readonly #defaults: ReadonlyMap<string, Rule>;
  #rules: ReadonlyMap<string, Rule>;

  constructor(defaults: readonly RuleDefault[]) {
    this.#defaults = new Map(defaults.map((rule) => [rule.name, { ...rule, expression: parseExpression(rule.check) }]));
    this.#rules = this.#defaults;
    assertNoCircles(this.#rules);
  }

  has(name: string): boolean {
    return this.#rules.has(name);
  }

  /**
   * Replaces all overrides; 400 that names the rule when one cannot be used, and then nothing has changed. Answers the
   * names no service asks about, which are most likely slips: they count only where other checks refer to them.
   */
  override(checks: Readonly<Record<string, string>>): string[] {
    const rules = new Map(this.#defaults);
    for (const [name, check] of Object.entries(checks)) {
      rules.set(name, { ...this.#defaults.get(name), name, check, expression: parseExpression(check, name) });
    }
    assertNoCircles(rules);
    this.#rules = rules;
    const used = new Set(Object.values(checks).flatMap((check) => referred(parseExpression(check))));
    return Object.keys(checks).filter((name) => !this.#defaults.has(name) && !used.has(name));
  }

  /** Every rule as it holds now, and what the code says where `policy.yaml` says otherwise. */
  describe(): { name: string; check: string; default: string | null }[] {
    return [...this.#rules.values()].map(({ name, check }) => ({
      name,
      check,
      default: this.#defaults.get(name)?.check ?? null,
    }));
  }

  /** 401 without a token. */
  requireUser(context: Context): void {
    if (context.userId === null) {
      throw new UserError('unauthorized', 'The request you have made requires authentication.');
    }
  }

  /** 401 without a token, 403 where the rule does not allow it. `target` is what it is done to. */
  enforce(context: Context, name: string, target: Attributes = {}): void {
    this.requireUser(context);
    if (!this.allows(context, name, target)) {
      const isKeystones = name.startsWith('identity:');
      throw new UserError(
        'forbidden',
        isKeystones
          ? `You are not authorized to perform the requested action: ${name}.`
          : `Policy doesn't allow ${name} to be performed.`,
      );
    }
  }

  allows(context: Context, name: string, target: Attributes = {}): boolean {
    const rule = this.#rules.get(name);
    if (!rule || !this.#isInScope(rule, context)) return false;
    const credentials = credentialsOf(context);
    return this.#evaluate(rule, { credentials, target: withOwn(context, target), roles: rolesOf(context) });
  }

  /** Every rule as it is for this caller and what is their own: what the dashboard offers. */
  rights(context: Context): Record<string, Right> {
    const own = ownTargets(context);
    return Object.fromEntries(
      [...this.#rules.keys()].map((name) => {
        const allowed = this.allows(context, name, own);
        const grants = (role: string) => this.allows({ ...context, roles: [...context.roles, role] }, name, own);
        return [name, { allowed, needs: allowed ? null : (USUAL_ROLES.find(grants) ?? null) }];
      }),
    );
  }

  #isInScope({ scopes }: Rule, context: Context): boolean {
    return !scopes || scopes.includes(scopeOf(context));
  }

  #evaluate(rule: Rule, world: Omit<Evaluation, 'rule'>): boolean {
    return evaluate(rule.expression, {
      ...world,
      rule: (name) => {
        const other = this.#rules.get(name);
        return other !== undefined && this.#evaluate(other, world);
      },
    });
  }
}

/** As oslo.policy: a token without any scope counts as one of a project. */
function scopeOf(context: Context): TokenScope {
  if (context.systemScope) return 'system';
  return context.projectId === null && context.domainId !== null ? 'domain' : 'project';
}

function rolesOf(context: Context): Set<string> {
  return new Set(context.roles.map((role) => role.toLowerCase()));
}

/** What oslo.context hands to oslo.policy, with Keystone's `token.*` beside it. */
function credentialsOf(context: Context): Attributes {
  return {
    user_id: context.userId,
    user_domain_id: context.userDomainId,
    // Absent rather than null: `domain_id:%(target.domain_id)s` must not hold because both are nothing.
    ...(context.projectId === null
      ? {}
      : { project_id: context.projectId, tenant_id: context.projectId, project_domain_id: context.projectDomainId }),
    ...(context.domainId === null ? {} : { domain_id: context.domainId }),
    ...(context.systemScope ? { system_scope: 'all' } : {}),
    roles: context.roles,
    is_admin: context.isAdmin ? 1 : 0,
    token: {
      ...(context.domainId === null ? {} : { domain: { id: context.domainId } }),
      ...(context.projectId === null
        ? {}
        : { project: { id: context.projectId, domain: { id: context.projectDomainId } } }),
      user: { id: context.userId, domain: { id: context.userDomainId } },
    },
  };
}

/** As Nova: where nothing else is said, it is done to what is one's own. */
function withOwn(context: Context, target: Attributes): Attributes {
  return { project_id: context.projectId, tenant_id: context.projectId, user_id: context.userId, ...target };
}

/** Stand-ins for things of one's own user, project and domain, for rules that look at the thing. */
function ownTargets(context: Context): Attributes {
  const domain_id = context.domainId ?? context.userDomainId;
  const owned = { user_id: context.userId, project_id: context.projectId, domain_id };
  const domain = { id: domain_id };
  const role = { name: 'member', domain_id: null };
  return {
    ...owned,
    // An image of one's own, and a network that is there for everybody.
    ...{ owner: context.projectId, member_id: context.projectId, visibility: 'private', shared: true },
    target: {
      ...owned,
      user: { id: context.userId, domain_id },
      group: { domain_id },
      project: { id: context.projectId, domain_id },
      domain,
      role,
      credential: owned,
      limit: { domain, project: { domain_id }, ...owned },
      token: { user_id: context.userId },
      trust: { trustor_user_id: context.userId, trustee_user_id: context.userId },
      entity: { domain_id },
    },
  };
}

function assertNoCircles(rules: ReadonlyMap<string, Rule>): void {
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name) || path.length > MAX_DEPTH) {
      throw new UserError('bad_request', `The policy rule ${name} refers to itself.`, { field: name });
    }
    const rule = rules.get(name);
    if (rule) for (const next of referred(rule.expression)) visit(next, [...path, name]);
  };
  for (const name of rules.keys()) visit(name, []);
}

function referred(expression: Expression): string[] {
  if (expression.kind === 'check') return expression.left === 'rule' ? [expression.right] : [];
  if (expression.kind === 'not') return referred(expression.part);
  return 'parts' in expression ? expression.parts.flatMap(referred) : [];
}
