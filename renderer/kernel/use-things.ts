import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ListAsked, ServerOrder } from '../api/list-page.ts';
import { parseSort } from '../design/table/table-search.ts';
import type { Resource } from './resource.ts';

/** Lists of up to so many are held whole: sorted, searched and filtered at once. */
export const WHOLE_UP_TO = 2000;
/** The most that the APIs answer at a time. */
const PAGE = 1000;
const FIRST_PAGE: Pick<ListAsked, 'marker' | 'offset'> = { marker: undefined, offset: 0 };

export interface ThingsAsked {
  /** As the resource's list is sorted unless it is said otherwise. */
  order?: ServerOrder | undefined;
  /** Every page, one after the other, however many there are. */
  isAllAsked?: boolean;
  isAsked?: boolean;
}

export interface Things<T> {
  /** What was read so far; undefined before the first answer. */
  things: T[] | undefined;
  error: Error | null;
  retry: () => void;
  /** There is more than is held, which {@link readMore} reads. */
  hasMore: boolean;
  readMore: () => void;
}

/** The things of a resource, kept current by events: whole, or as far as they were asked for where they are many. */
export function useThings<T extends { id: string }>(resource: Resource<T>, asked: ThingsAsked = {}): Things<T> {
  const { order = usualOrder(resource), isAllAsked = false, isAsked = true } = asked;
  const query = useInfiniteQuery({
    queryKey: resource.keys.list(order),
    queryFn: ({ pageParam, signal }) => resource.api.page({ limit: PAGE, ...pageParam, order, signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (last, pages) =>
      resource.api.isUnpaged || last.length < PAGE
        ? undefined
        : { marker: last.at(-1)?.id, offset: pages.reduce((sum, page) => sum + page.length, 0) },
    select: flat,
    enabled: isAsked,
  });
  const { data: things, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, refetch } = query;
  const isShort = things !== undefined && things.length < WHOLE_UP_TO;
  const readsOn = isAsked && hasNextPage && !isFetching && !isFetchNextPageError && (isShort || isAllAsked);
  useEffect(() => {
    if (readsOn) void fetchNextPage();
  }, [readsOn, fetchNextPage]);
  return {
    things,
    error: query.error,
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
    hasMore: hasNextPage,
    readMore: () => {
      if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
    },
  };
}

export function usualSort<T extends { id: string }>({ defaultSort = 'name' }: Resource<T>): string {
  return defaultSort;
}

function usualOrder<T extends { id: string }>(resource: Resource<T>): ServerOrder | undefined {
  return orderOf(resource, usualSort(resource));
}

/** Of a list's part of the address; undefined where the API does not sort by it. */
export function orderOf<T extends { id: string }>({ api }: Resource<T>, sort: string): ServerOrder | undefined {
  const [column, ...more] = parseSort(sort);
  const key = column && more.length === 0 ? api.sorts?.[column.id] : undefined;
  return key === undefined ? undefined : { key, dir: column?.desc ? 'desc' : 'asc' };
}

/** One of them, by its id; null asks for none. */
export function useThing<T extends { id: string }>(resource: Resource<T>, id: string | null) {
  return useQuery({
    queryKey: resource.keys.one(id ?? ''),
    queryFn: ({ signal }) => resource.api.show(id ?? '', signal),
    enabled: id !== null,
  });
}

function flat<T>({ pages }: InfiniteData<T[]>): T[] {
  return pages.length === 1 ? (pages[0] ?? []) : pages.flat();
}
