import type { MachineGroup, Startup, StartupOrder, StartupView } from '../../app/contract/startup.ts';
import type { TaskView } from '../../app/contract/task.ts';
import { call } from './request.ts';

/** A tag that machines have; its name is what it is known by. */
export type MachineGroupThing = MachineGroup & { id: string };

export function getStartup(id: string, signal?: AbortSignal): Promise<StartupView> {
  return call('GET /v1/servers/:id/startup', { params: { id }, signal });
}

export function putStartup(id: string, startup: Startup): Promise<StartupView> {
  return call('PUT /v1/servers/:id/startup', { params: { id }, body: startup });
}

/** Of all machines of the project, or of one group of it. */
export function getStartupOrder(group: string | undefined, signal?: AbortSignal): Promise<StartupOrder> {
  return call('GET /v1/startup-order', { query: { group }, signal });
}

export async function listMachineGroups(signal?: AbortSignal): Promise<MachineGroupThing[]> {
  const { groups } = await call('GET /v1/machine-groups', { signal });
  return groups.map((group) => ({ ...group, id: group.name }));
}

export function startMachineGroup(name: string): Promise<TaskView> {
  return call('POST /v1/machine-groups/:name/start', { params: { name } });
}

export function stopMachineGroup(name: string): Promise<TaskView> {
  return call('POST /v1/machine-groups/:name/stop', { params: { name } });
}

export async function setServerTags(serverId: string, tags: string[]): Promise<void> {
  await call('PUT /compute/v2.1/servers/:serverId/tags', { params: { serverId }, body: { tags } });
}

/** Beside those it has. */
export async function addServerTag(serverId: string, tag: string): Promise<void> {
  await call('PUT /compute/v2.1/servers/:serverId/tags/:tag', { params: { serverId, tag } });
}
