import type { Quota } from '../../app/contract/quota.ts';
import { type BodyOf, call } from './request.ts';

/** What `default` names: the limits of projects that have none of their own. */
export const DEFAULT_QUOTA = 'default';

/** A project (or {@link DEFAULT_QUOTA}), or what one person may use of it. */
export interface QuotaOwner {
  projectId: string;
  userId?: string;
}

const addressOf = ({ projectId, userId }: QuotaOwner) => ({
  params: { project_id: projectId },
  query: { user_id: userId },
});

export async function getQuota(owner: QuotaOwner, signal?: AbortSignal): Promise<Quota['limits']> {
  return { ...(await call('GET /v1/quotas/:project_id', { ...addressOf(owner), signal })).limits };
}

export async function updateQuota(owner: QuotaOwner, body: BodyOf<'PUT /v1/quotas/:project_id'>): Promise<void> {
  await call('PUT /v1/quotas/:project_id', { ...addressOf(owner), body });
}

/** Back to the defaults; a person's part back to all of the project's. */
export async function resetQuota(owner: QuotaOwner): Promise<void> {
  await call('DELETE /v1/quotas/:project_id', addressOf(owner));
}
