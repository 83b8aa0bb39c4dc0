import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listEventLog } from '../../../api/v1.api.ts';

const PAGE = 500;

/** What happened, the newest first; older pages on demand. */
export function useEventLog(filter: { resourceType?: string; resourceId?: string }) {
  return useInfiniteQuery({
    queryKey: keys.eventLog.list(filter),
    queryFn: ({ pageParam, signal }) =>
      listEventLog({ ...filter, limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}
