import { identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';
import type { AnswerOf, BodyOf } from './request.ts';
import type { UserView } from './user.api.ts';

export type GroupView = AnswerOf<'GET /identity/v3/groups/:group_id'>['group'];
export type GroupChange = BodyOf<'PATCH /identity/v3/groups/:group_id'>['group'];

export function listGroups(signal?: AbortSignal): Promise<GroupView[]> {
  return listAll('/groups', 'groups', {}, signal);
}

export async function createGroup(group: GroupChange & { name: string }): Promise<GroupView> {
  return (await change<{ group: GroupView }>('POST', identityPath('groups'), { group })).group;
}

export async function updateGroup(id: string, group: GroupChange): Promise<GroupView> {
  return (await change<{ group: GroupView }>('PATCH', identityPath('groups', id), { group })).group;
}

export async function deleteGroup(id: string): Promise<void> {
  await change<void>('DELETE', identityPath('groups', id));
}

export function listMembers(id: string, signal?: AbortSignal): Promise<UserView[]> {
  return listAll(`/groups/${encodeURIComponent(id)}/users`, 'users', {}, signal);
}

export async function addMember(groupId: string, userId: string): Promise<void> {
  await change<void>('PUT', identityPath('groups', groupId, 'users', userId));
}

export async function removeMember(groupId: string, userId: string): Promise<void> {
  await change<void>('DELETE', identityPath('groups', groupId, 'users', userId));
}

export function listGroupsOfUser(id: string, signal?: AbortSignal): Promise<GroupView[]> {
  return listAll(`/users/${encodeURIComponent(id)}/groups`, 'groups', {}, signal);
}
