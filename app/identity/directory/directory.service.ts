import type { Context } from '../../contract/context.ts';
import type { Database } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import { notAuthenticated, notAuthorized, notFound } from '../identity.errors.ts';
import { hashPassword } from '../token/password-hash.ts';
import type { SignInGuard } from '../token/sign-in-guard.ts';
import type { TokenRepository } from '../token/token.repository.ts';
import type { TokenService } from '../token/token.service.ts';
import type {
  DirectoryFilter,
  DirectoryRepository,
  DomainRecord,
  ProjectRecord,
  UserRecord,
} from './directory.repository.ts';

/** Domains, projects and users: who may see them, and changing one's own password. */
export class DirectoryService {
  readonly #database: Database;
  readonly #directory: DirectoryRepository;
  readonly #assignments: AssignmentRepository;
  readonly #tokens: TokenService;
  readonly #tokenRows: TokenRepository;
  readonly #guard: SignInGuard;

  constructor(parts: {
    database: Database;
    events: EventService;
    directory: DirectoryRepository;
    assignments: AssignmentRepository;
    tokens: TokenService;
    tokenRows: TokenRepository;
    guard: SignInGuard;
  }) {
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#assignments = parts.assignments;
    this.#tokens = parts.tokens;
    this.#tokenRows = parts.tokenRows;
    this.#guard = parts.guard;
  }

  async listUsers(context: Context, filter: DirectoryFilter): Promise<UserRecord[]> {
    requireAdmin(context, 'identity:list_users');
    return await this.#directory.listUsers(filter);
  }

  async getUser(context: Context, id: string): Promise<UserRecord> {
    if (context.userId !== id) requireAdmin(context, 'identity:get_user');
    const user = await this.#directory.findUser({ id });
    if (!user) throw notFound('user', id);
    return user;
  }

  async listProjects(
    context: Context,
    filter: DirectoryFilter & { parent_id?: string | undefined },
  ): Promise<ProjectRecord[]> {
    requireAdmin(context, 'identity:list_projects');
    return await this.#directory.listProjects(filter);
  }

  async getProject(context: Context, id: string): Promise<ProjectRecord> {
    if (context.projectId !== id) requireAdmin(context, 'identity:get_project');
    const project = await this.#directory.findProject({ id });
    if (!project) throw notFound('project', id);
    return project;
  }

  /** Projects a user has a role on: one's own, or anybody's for administrators. */
  async listUserProjects(context: Context, userId: string, filter: DirectoryFilter = {}): Promise<ProjectRecord[]> {
    if (context.userId !== userId) requireAdmin(context, 'identity:list_user_projects');
    if (!(await this.#directory.findUser({ id: userId }))) throw notFound('user', userId);
    const ids = new Set(await this.#assignments.targetsOf(userId, 'project'));
    return (await this.#directory.listProjects(filter)).filter((project) => ids.has(project.id));
  }

  async listOwnDomains(context: Context): Promise<DomainRecord[]> {
    const ids = new Set(await this.#assignments.targetsOf(userOf(context), 'domain'));
    return (await this.#directory.listDomains({})).filter((domain) => ids.has(domain.id));
  }

  async hasSystemRole(context: Context): Promise<boolean> {
    return (await this.#assignments.targetsOf(userOf(context), 'system')).length > 0;
  }

  async listDomains(context: Context, filter: DirectoryFilter): Promise<DomainRecord[]> {
    requireAdmin(context, 'identity:list_domains');
    return await this.#directory.listDomains(filter);
  }

  async getDomain(context: Context, id: string): Promise<DomainRecord> {
    if (context.domainId !== id) requireAdmin(context, 'identity:get_domain');
    const domain = await this.#directory.findDomain({ id });
    if (!domain) throw notFound('domain', id);
    return domain;
  }

  /**
   * A user's own change, proven by the old password alone (Keystone asks for no token here). All tokens of the user
   * end, as does every other session.
   */
  async changePassword(
    userId: string,
    change: { original_password: string; password: string },
    address: string,
  ): Promise<void> {
    const user = await this.#directory.findUser({ id: userId });
    const isRight = await this.#guard.check({
      account: `user ${userId}`,
      address,
      password: change.original_password,
      stored: user?.enabled ? user.password_hash : null,
    });
    if (!user || !isRight) throw notAuthenticated();
    const hash = await hashPassword(change.password);
    await this.#database.transaction(async (trx) => {
      await this.#directory.setPassword(trx, userId, hash);
      await this.#tokenRows.deleteOfUser(trx, userId);
      this.#database.afterCommit(trx, () => this.#tokens.changed());
    });
  }
}

function requireAdmin(context: Context, action: string): void {
  if (!context.isAdmin) throw notAuthorized(action);
}

function userOf(context: Context): string {
  if (context.userId === null) throw notAuthenticated();
  return context.userId;
}
