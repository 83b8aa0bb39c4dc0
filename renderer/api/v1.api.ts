import type { AuditList } from '../../app/contract/audit.ts';
import type { TaskView } from '../../app/contract/task.ts';
import type { Adopted, UnclaimedList } from '../../app/contract/unclaimed.ts';
import type { CatalogEntry, EventLog, HostView, Limits, TaskList } from '../../app/contract/v1.ts';
import type { VerbList } from '../../app/contract/verbs.ts';
import { call, callRaw, type QueryOf } from './request.ts';
import type { Right } from './session.ts';

/** The newest tasks first; `marker` goes on where the last page ended. */
export function listTasks(
  query: { state?: 'active' | 'finished'; subjectId?: string; limit?: number; marker?: string } = {},
  signal?: AbortSignal,
): Promise<TaskList> {
  return call('GET /v1/tasks', { query, signal });
}

export function getTask(id: string, signal?: AbortSignal): Promise<TaskView> {
  return call('GET /v1/tasks/:id', { params: { id }, signal });
}

export function cancelTask(id: string): Promise<TaskView> {
  return call('POST /v1/tasks/:id/cancel', { params: { id } });
}

export function listEventLog(
  query: { resourceType?: string; resourceId?: string; limit?: number; before?: number },
  signal?: AbortSignal,
): Promise<EventLog> {
  return call('GET /v1/event-log', { query, signal });
}

export async function listHosts(signal?: AbortSignal): Promise<HostView[]> {
  return (await call('GET /v1/hosts', { signal })).hosts;
}

export function getHost(id: string, signal?: AbortSignal): Promise<HostView> {
  return call('GET /v1/hosts/:id', { params: { id }, signal });
}

/** The agent measures its host again: "check again" of the preflight. */
export function measureHost(id: string): Promise<HostView> {
  return call('POST /v1/hosts/:id/measure', { params: { id } });
}

/** What was found and nobody knows; more than so many are told when the first are settled. */
export function listUnclaimed(signal?: AbortSignal): Promise<UnclaimedList> {
  return call('GET /v1/unclaimed', { query: { limit: 1000 }, signal });
}

export function adoptUnclaimed(id: string, projectId: string): Promise<Adopted> {
  return call('POST /v1/unclaimed/:id/adopt', { params: { id }, body: { projectId } });
}

export function removeUnclaimed(id: string, name: string): Promise<void> {
  return call('DELETE /v1/unclaimed/:id', { params: { id }, query: { name } });
}

export async function listCatalog(signal?: AbortSignal): Promise<CatalogEntry[]> {
  return (await call('GET /v1/image-catalog', { signal })).entries;
}

/** `task` is null for an image that is there already. */
export function importCatalogImage(id: string): Promise<{ task: TaskView | null; imageId: string }> {
  return call('POST /v1/image-catalog/:id/import', { params: { id } });
}

export async function getLimits(signal?: AbortSignal): Promise<Limits['limits']> {
  return (await call('GET /v1/limits', { signal })).limits;
}

export type AuditFilter = Omit<QueryOf<'GET /v1/audit/export'>, 'format'>;

/** Who did what, the newest first; one's own, or more by right. */
export function listAudit(
  query: AuditFilter & { limit?: number; marker?: number },
  signal?: AbortSignal,
): Promise<AuditList> {
  return call('GET /v1/audit', { query, signal });
}

/** All of it as the text of a file. */
export async function exportAudit(query: AuditFilter & { format: 'csv' | 'json' }): Promise<string> {
  return await (await callRaw('GET /v1/audit/export', { query })).text();
}

/** What can be done to machines, when, and how it is offered. */
export function listVerbs(signal?: AbortSignal): Promise<VerbList> {
  return call('GET /v1/verbs', { signal });
}

export async function getRights(signal?: AbortSignal): Promise<Record<string, Right>> {
  return (await call('GET /v1/rights', { signal })).rights;
}
