import type { Context } from '../../contract/context.ts';
import { notAuthorized, notFound } from '../identity.errors.ts';
import type { RoleFilter, RoleRecord, RoleRepository } from './role.repository.ts';

/** Roles: who may see them. */
export class RoleService {
  readonly #roles: RoleRepository;

  constructor(parts: { roles: RoleRepository }) {
    this.#roles = parts.roles;
  }

  async list(context: Context, filter: RoleFilter): Promise<RoleRecord[]> {
    requireAdmin(context, 'identity:list_roles');
    return await this.#roles.list(filter);
  }

  async get(context: Context, id: string): Promise<RoleRecord> {
    requireAdmin(context, 'identity:get_role');
    const role = await this.#roles.find(id);
    if (!role) throw notFound('role', id);
    return role;
  }
}

function requireAdmin(context: Context, action: string): void {
  if (!context.isAdmin) throw notAuthorized(action);
}
