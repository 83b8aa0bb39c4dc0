import type { Database, Transaction } from '../database/database.ts';
import type { AssignmentRepository, Target } from './assignment/assignment.repository.ts';
import type { DirectoryRepository } from './directory/directory.repository.ts';
import { newIdentityId } from './identity-id.ts';
import { hashPassword, verifyPassword } from './token/password-hash.ts';
import type { TokenRepository } from './token/token.repository.ts';

export const DEFAULT_DOMAIN_ID = 'default';
export const ADMIN_NAME = 'admin';

/** Keystone's default roles; each implies the next of the chain. */
const ROLES = ['admin', 'manager', 'member', 'reader', 'service'] as const;
/** As Keystone's bootstrap, so that nobody renames or deletes by mistake what every rule is made of. */
const IMMUTABLE = JSON.stringify({ immutable: true });
const IMPLIED: readonly (readonly [string, string])[] = [
  ['admin', 'manager'],
  ['manager', 'member'],
  ['member', 'reader'],
];

/** What `keystone-manage bootstrap` makes, at the first start. */
export class BootstrapService {
  readonly #database: Database;
  readonly #directory: DirectoryRepository;
  readonly #assignments: AssignmentRepository;
  readonly #tokens: TokenRepository;

  constructor(parts: {
    database: Database;
    directory: DirectoryRepository;
    assignments: AssignmentRepository;
    tokens: TokenRepository;
  }) {
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#assignments = parts.assignments;
    this.#tokens = parts.tokens;
  }

  /**
   * First start: domain, project, roles and the administrator with this password. Later: when `reset` is set and the
   * password is another one, it becomes the administrator's and their tokens end. Answers what was done.
   */
  async run(options: { adminPassword: string; reset: boolean }): Promise<'created' | 'reset' | 'unchanged'> {
    const admin = await this.#directory.findUser({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID });
    if (admin && (!options.reset || (await verifyPassword(options.adminPassword, admin.password_hash)))) {
      return 'unchanged';
    }
    const hash = await hashPassword(options.adminPassword);
    return await this.#database.transaction(async (trx) => {
      if (admin) {
        await this.#directory.setPassword(trx, admin.id, hash);
        await this.#tokens.deleteOfUser(trx, admin.id);
        return 'reset';
      }
      await this.#create(trx, hash);
      return 'created';
    });
  }

  async #create(trx: Transaction, hash: string): Promise<void> {
    const now = new Date().toISOString();
    const projectId = newIdentityId();
    const userId = newIdentityId();
    const roleIds = new Map<string, string>(ROLES.map((name) => [name, newIdentityId()]));
    const roleId = (name: string) => roleIds.get(name) ?? '';
    const domain = {
      id: DEFAULT_DOMAIN_ID,
      domain_id: null,
      parent_id: null,
      name: 'Default',
      description: 'The default domain',
      enabled: 1,
      is_domain: 1,
      created_at: now,
    };
    const project = {
      id: projectId,
      domain_id: DEFAULT_DOMAIN_ID,
      parent_id: DEFAULT_DOMAIN_ID,
      name: ADMIN_NAME,
      description: 'Bootstrap project for initializing the cloud.',
      enabled: 1,
      is_domain: 0,
      created_at: now,
    };
    await trx.insertInto('identity_project').values([domain, project]).execute();
    await trx
      .insertInto('identity_user')
      .values({
        id: userId,
        domain_id: DEFAULT_DOMAIN_ID,
        name: ADMIN_NAME,
        enabled: 1,
        default_project_id: null,
        password_hash: hash,
        password_created_at: now,
        created_at: now,
      })
      .execute();
    await trx
      .insertInto('identity_role')
      .values(ROLES.map((name) => ({ id: roleId(name), domain_id: null, name, description: null, options: IMMUTABLE })))
      .execute();
    await trx
      .insertInto('identity_implied_role')
      .values(IMPLIED.map(([prior, implied]) => ({ prior_role_id: roleId(prior), implied_role_id: roleId(implied) })))
      .execute();
    const targets: Target[] = [{ project_id: projectId }, {}];
    for (const target of targets) {
      await this.#assignments.insert(trx, { actor: { user_id: userId }, target, inherited: false }, roleId('admin'));
    }
  }
}
