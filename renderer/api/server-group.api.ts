import type { ServerGroupView } from '../../app/contract/generated/compute/os-server-groups.api.ts';
import type { ListAsked } from './list-page.ts';
import { type BodyOf, call } from './request.ts';

export type { ServerGroupView };
export type NewServerGroup = BodyOf<'POST /compute/v2.1/os-server-groups'>['server_group'];

/** Of one's own project. Nova counts here instead of taking a marker. */
export async function listServerGroups({ limit, offset, signal }: ListAsked): Promise<ServerGroupView[]> {
  return (await call('GET /compute/v2.1/os-server-groups', { query: { limit, offset }, signal })).server_groups;
}

export async function getServerGroup(id: string, signal?: AbortSignal): Promise<ServerGroupView> {
  const params = { groupId: id };
  return (await call('GET /compute/v2.1/os-server-groups/:groupId', { params, signal })).server_group;
}

export async function createServerGroup(group: NewServerGroup): Promise<ServerGroupView> {
  return (await call('POST /compute/v2.1/os-server-groups', { body: { server_group: group } })).server_group;
}

export async function deleteServerGroup(id: string): Promise<void> {
  await call('DELETE /compute/v2.1/os-server-groups/:groupId', { params: { groupId: id } });
}
