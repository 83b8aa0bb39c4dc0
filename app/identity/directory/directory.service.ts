import type { Context } from '../../contract/context.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import { notAuthenticated, notAuthorized, notFound } from '../identity.errors.ts';
import type { DirectoryFilter, DirectoryRepository, UserRecord } from './directory.repository.ts';

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

  async hasSystemRole(context: Context): Promise<boolean> {
    return (await this.#assignments.targetsOf(userOf(context), 'system')).length > 0;
  }
}

function requireAdmin(context: Context, action: string): void {
  if (!context.isAdmin) throw notAuthorized(action);
}

function userOf(context: Context): string {
  if (context.userId === null) throw notAuthenticated();
  return context.userId;
}
