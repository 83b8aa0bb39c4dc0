import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { getQuota } from '../../../api/quota.api.ts';

/** Limits of a project (or of `default`) with what is used. */
export function useQuota(projectId: string) {
  return useQuery({ queryKey: keys.quotas.detail(projectId), queryFn: ({ signal }) => getQuota(projectId, signal) });
}
