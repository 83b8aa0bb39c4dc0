import { identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';
import { type AnswerOf, type BodyOf, call } from './request.ts';

export type RoleView = AnswerOf<'GET /identity/v3/roles/:role_id'>['role'];
export type RoleChange = BodyOf<'PATCH /identity/v3/roles/:role_id'>['role'];

/** A role and those that whoever has it has too. */
export type RoleInference = AnswerOf<'GET /identity/v3/role_inferences'>['role_inferences'][number];

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

export async function listRoleInferences(signal?: AbortSignal): Promise<RoleInference[]> {
  return (await call('GET /identity/v3/role_inferences', { signal })).role_inferences;
}

export async function implyRole(priorId: string, impliedId: string): Promise<void> {
  await change<unknown>('PUT', identityPath('roles', priorId, 'implies', impliedId));
}

export async function stopImplyingRole(priorId: string, impliedId: string): Promise<void> {
  await change<void>('DELETE', identityPath('roles', priorId, 'implies', impliedId));
}
