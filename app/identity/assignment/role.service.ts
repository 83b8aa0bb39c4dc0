import type { Context } from '../../contract/context.ts';
import { notAuthorized, notFound } from '../identity.errors.ts';
import type { RoleRecord, RoleRepository } from './role.repository.ts';

/** Roles: who may see them. */
export class RoleService {
  readonly #roles: RoleRepository;

  constructor(parts: { roles: RoleRepository }) {
    this.#roles = parts.roles;
  }

  async list(
    context: Context,
    filter: { name?: string | undefined; domain_id?: string | undefined },
  ): Promise<RoleRecord[]> {
    requireAdmin(context, 'identity:list_roles');
    const roles = await this.#roles.list(filter.domain_id ?? null);
    return roles.filter(({ name }) => filter.name === undefined || name === filter.name);
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
