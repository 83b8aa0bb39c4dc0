import type { Quota, QuotaChange } from '../../app/contract/quota.ts';
import { request } from './request.ts';

/** What `default` names: the limits of projects that have none of their own. */
export const DEFAULT_QUOTA = 'default';

const pathOf = (projectId: string) => `/v1/quotas/${encodeURIComponent(projectId)}`;

export async function getQuota(projectId: string, signal?: AbortSignal): Promise<Quota['limits']> {
  return (await request<Quota>(pathOf(projectId), { signal })).limits;
}

export async function updateQuota(projectId: string, change: QuotaChange): Promise<void> {
  await request<Quota>(pathOf(projectId), { method: 'PUT', body: change });
}

/** Back to the defaults. */
export async function resetQuota(projectId: string): Promise<void> {
  await request(pathOf(projectId), { method: 'DELETE' });
}
