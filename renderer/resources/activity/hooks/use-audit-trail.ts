import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { type AuditFilter, listAudit } from '../../../api/v1.api.ts';

const PAGE = 500;

/** Who did what, the newest first; older pages on demand. */
export function useAuditTrail(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: keys.audit.list(filter),
    queryFn: ({ pageParam, signal }) =>
      listAudit({ ...filter, limit: PAGE, ...(pageParam === null ? {} : { marker: pageParam }) }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}
