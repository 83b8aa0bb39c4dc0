import type { Context } from '../../contract/context.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import { notAuthenticated, notAuthorized, notFound } from '../identity.errors.ts';
import type {
  DirectoryFilter,
  DirectoryRepository,
  DomainRecord,
  ProjectRecord,
  UserRecord,
} from './directory.repository.ts';

/** Domains, projects and users: who may see them. */
export class DirectoryService {
  readonly #directory: DirectoryRepository;
  readonly #assignments: AssignmentRepository;

  constructor(parts: {
    directory: DirectoryRepository;
    assignments: AssignmentRepository;
  }) {
    this.#directory = parts.directory;
    this.#assignments = parts.assignments;
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
}

function requireAdmin(context: Context, action: string): void {
  if (!context.isAdmin) throw notAuthorized(action);
}

function userOf(context: Context): string {
  if (context.userId === null) throw notAuthenticated();
  return context.userId;
}
