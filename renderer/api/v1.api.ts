import type { z } from 'zod';
import type { AuditList, auditExportQuerySchema } from '../../app/contract/audit.ts';
import type { TaskView } from '../../app/contract/task.ts';
import type { CatalogEntry, EventLog, HostView, Limits, TaskList } from '../../app/contract/v1.ts';
import { request, send } from './request.ts';

/** The newest tasks first; `marker` goes on where the last page ended. */
export function listTasks(
  query: { state?: 'active' | 'finished'; subjectId?: string; limit?: number; marker?: string } = {},
  signal?: AbortSignal,
): Promise<TaskList> {
  return request<TaskList>('/v1/tasks', { query, signal });
}

export function getTask(id: string, signal?: AbortSignal): Promise<TaskView> {
  return request<TaskView>(`/v1/tasks/${encodeURIComponent(id)}`, { signal });
}

export function cancelTask(id: string): Promise<TaskView> {
  return request<TaskView>(`/v1/tasks/${encodeURIComponent(id)}/cancel`, { method: 'POST' });
}

export function listEventLog(
  query: { resourceType?: string; resourceId?: string; limit?: number; before?: number },
  signal?: AbortSignal,
): Promise<EventLog> {
  return request<EventLog>('/v1/event-log', { query, signal });
}

export async function listHosts(signal?: AbortSignal): Promise<HostView[]> {
  return (await request<{ hosts: HostView[] }>('/v1/hosts', { signal })).hosts;
}

export function getHost(id: string, signal?: AbortSignal): Promise<HostView> {
  return request<HostView>(`/v1/hosts/${encodeURIComponent(id)}`, { signal });
}

/** The agent measures its host again: "check again" of the preflight. */
export function measureHost(id: string): Promise<HostView> {
  return request<HostView>(`/v1/hosts/${encodeURIComponent(id)}/measure`, { method: 'POST' });
}

export async function listCatalog(signal?: AbortSignal): Promise<CatalogEntry[]> {
  return (await request<{ entries: CatalogEntry[] }>('/v1/image-catalog', { signal })).entries;
}

/** `task` is null for an image that is there already. */
export function importCatalogImage(id: string): Promise<{ task: TaskView | null; imageId: string }> {
  return request(`/v1/image-catalog/${encodeURIComponent(id)}/import`, { method: 'POST' });
}

export async function getLimits(signal?: AbortSignal): Promise<Limits['limits']> {
  return (await request<Limits>('/v1/limits', { signal })).limits;
}

export type AuditFilter = Omit<z.input<typeof auditExportQuerySchema>, 'format'>;

/** Who did what, the newest first; one's own, or more by right. */
export function listAudit(
  query: AuditFilter & { limit?: number; marker?: number },
  signal?: AbortSignal,
): Promise<AuditList> {
  return request<AuditList>('/v1/audit', { query, signal });
}

/** All of it as the text of a file. */
export async function exportAudit(query: AuditFilter & { format: 'csv' | 'json' }): Promise<string> {
  return await (await send('/v1/audit/export', { query })).text();
}
