import type { Transaction } from '../database/database.ts';
import type { Target } from './assignment/assignment.repository.ts';
import { insertProject } from './directory/project.repository.ts';
import type { IdentityParts } from './identity.parts.ts';
import { newIdentityId } from './identity-id.ts';
import type { TokenRepository } from './token/token.repository.ts';

export const DEFAULT_DOMAIN_ID = 'default';
export const ADMIN_NAME = 'admin';

/** Keystone's default roles; each implies the next of the chain. */
const ROLES = ['admin', 'manager', 'member', 'reader', 'service'] as const;
/** As Keystone's bootstrap, so that nobody renames or deletes by mistake what every rule is made of. */
const IMMUTABLE = JSON.stringify({ immutable: true });
const IMPLIED: readonly (readonly [(typeof ROLES)[number], (typeof ROLES)[number]])[] = [
  ['admin', 'manager'],
  ['manager', 'member'],
  ['member', 'reader'],
];

const DOMAIN = {
  id: DEFAULT_DOMAIN_ID,
  domain_id: null,
  parent_id: null,
  name: 'Default',
  description: 'The default domain',
  is_domain: true,
};
const PROJECT = {
  id: '',
  domain_id: DEFAULT_DOMAIN_ID,
  parent_id: DEFAULT_DOMAIN_ID,
  name: ADMIN_NAME,
  description: 'Bootstrap project for initializing the cloud.',
  is_domain: false,
};

interface Parts extends Pick<IdentityParts, 'database' | 'directory' | 'assignments' | 'hasher'> {
  tokens: TokenRepository;
}

/** What `keystone-manage bootstrap` makes. */
export class BootstrapService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * First start: domain, project, roles and the administrator with this password. Later: what of it the cloud cannot be
   * without is made again where it was deleted; the administrator only when `reset` is set. With `reset`, a password that
   * is another one becomes the administrator's, who is let in again and whose tokens end. Answers what was done.
   */
  async run({
    adminPassword,
    reset,
  }: {
    adminPassword: string | null;
    reset: boolean;
  }): Promise<'created' | 'reset' | 'unchanged'> {
    const admin = await this.#parts.directory.findUser({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID });
    const isFirst = await this.isFirst();
    const isWanted = reset || (isFirst && !admin);
    const isKnown = reset && adminPassword !== null && (await this.isAdminPassword(adminPassword));
    const hash = isWanted && !isKnown && adminPassword !== null ? await this.#parts.hasher.hash(adminPassword) : null;
    return await this.#parts.database.transaction(async (trx) => {
      if (isFirst) await insertProject(trx, DOMAIN);
      const adminRole = await this.#makeRoles(trx);
      const projectId = await this.#makeProject(trx);
      if (hash === null) return 'unchanged';
      if (admin) {
        await this.#resetPassword(trx, admin.id, hash);
        return 'reset';
      }
      const userId = await this.#makeAdministrator(trx, hash);
      const targets: Target[] = [{ project_id: projectId }, {}];
      for (const target of targets) {
        await this.#parts.assignments.insert(trx, { actor: { user_id: userId }, target, inherited: false }, adminRole);
      }
      return 'created';
    });
  }

  async isFirst(): Promise<boolean> {
    return (await this.#parts.directory.findDomain({ id: DEFAULT_DOMAIN_ID })) === undefined;
  }

  async isAdminPassword(password: string): Promise<boolean> {
    const admin = await this.#parts.directory.findUser({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID });
    return admin !== undefined && (await this.#parts.hasher.verify(password, admin.password_hash));
  }

  async #resetPassword(trx: Transaction, userId: string, hash: string): Promise<void> {
    const now = new Date().toISOString();
    await trx
      .updateTable('identity_user')
      .set({
        password_hash: hash,
        password_created_at: now,
        password_expires_at: null,
        password_self_service: 0,
        enabled: 1,
        failed_count: 0,
        failed_at: null,
        last_active_on: now.slice(0, 10),
      })
      .where('id', '=', userId)
      .execute();
    await this.#parts.tokens.deleteMatching(trx, { userId });
  }

  async #makeAdministrator(trx: Transaction, hash: string): Promise<string> {
    const id = newIdentityId();
    const created_at = new Date().toISOString();
    const password = { password_hash: hash, password_created_at: created_at };
    await trx
      .insertInto('identity_user')
      .values({ id, domain_id: DEFAULT_DOMAIN_ID, name: ADMIN_NAME, enabled: 1, ...password, created_at })
      .execute();
    return id;
  }

  async #makeProject(trx: Transaction): Promise<string> {
    const found = await this.#parts.directory.findProject({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID }, trx);
    if (found) return found.id;
    const id = newIdentityId();
    await insertProject(trx, { ...PROJECT, id });
    return id;
  }

  /** Answers the id of `admin`. What a role implies is said when it is made, and left as people made it later. */
  async #makeRoles(trx: Transaction): Promise<string> {
    const rows = trx.selectFrom('identity_role').select(['id', 'name']).where('domain_id', 'is', null);
    const ids = new Map((await rows.where('name', 'in', ROLES).execute()).map(({ id, name }) => [name, id]));
    const missing = ROLES.filter((name) => !ids.has(name));
    for (const name of missing) {
      const id = newIdentityId();
      ids.set(name, id);
      const role = { id, domain_id: null, name, description: null, options: IMMUTABLE };
      await trx.insertInto('identity_role').values(role).execute();
    }
    for (const [prior, implied] of IMPLIED.filter((pair) => pair.some((name) => missing.includes(name)))) {
      const rule = { prior_role_id: ids.get(prior) ?? '', implied_role_id: ids.get(implied) ?? '' };
      await trx.insertInto('identity_implied_role').values(rule).execute();
    }
    return ids.get('admin') ?? '';
  }
}
