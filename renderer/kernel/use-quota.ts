import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { getQuota, type QuotaOwner } from '../api/quota.api.ts';
import { getLimits } from '../api/v1.api.ts';

/** Limits of a project (or of `default`), or one person's part of them, with what is used. */
export function useQuota(owner: QuotaOwner) {
  const { projectId, userId } = owner;
  return useQuery({
    queryKey: keys.quotas.detail(projectId, userId),
    queryFn: ({ signal }) => getQuota(owner, signal),
    enabled: projectId !== '',
  });
}

/** What the project one works in may use, and does. */
export function useLimits() {
  return useQuery({ queryKey: keys.limits.all, queryFn: ({ signal }) => getLimits(signal) });
}
