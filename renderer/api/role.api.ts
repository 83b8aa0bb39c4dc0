import { identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';

export interface RoleView {
  id: string;
  name: string;
  /** Null for the roles of the whole cloud. */
  domain_id: string | null;
  description?: string | null;
}

export interface RoleChange {
  name?: string;
  description?: string | null;
  domain_id?: string;
}

/** A role and those that whoever has it has too. */
export interface RoleInference {
  prior_role: { id: string; name: string };
  implies: { id: string; name: string }[];
}

/** The roles of the whole cloud, or those of one domain. */
export function listRoles(domainId: string | undefined, signal?: AbortSignal): Promise<RoleView[]> {
  return listAll('/roles', 'roles', { domain_id: domainId }, signal);
}

export async function createRole(role: RoleChange & { name: string }): Promise<RoleView> {
  return (await change<{ role: RoleView }>('POST', identityPath('roles'), { role })).role;
}

export async function updateRole(id: string, role: RoleChange): Promise<RoleView> {
  return (await change<{ role: RoleView }>('PATCH', identityPath('roles', id), { role })).role;
}

export async function deleteRole(id: string): Promise<void> {
  await change<void>('DELETE', identityPath('roles', id));
}

export function listRoleInferences(signal?: AbortSignal): Promise<RoleInference[]> {
  return listAll('/role_inferences', 'role_inferences', {}, signal);
}

export async function implyRole(priorId: string, impliedId: string): Promise<void> {
  await change<unknown>('PUT', identityPath('roles', priorId, 'implies', impliedId));
}

export async function stopImplyingRole(priorId: string, impliedId: string): Promise<void> {
  await change<void>('DELETE', identityPath('roles', priorId, 'implies', impliedId));
}
