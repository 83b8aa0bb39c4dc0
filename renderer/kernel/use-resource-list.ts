import { useSearch } from '@tanstack/react-router';
import type { DataTableProps } from '../design/table/DataTable.tsx';
import type { Resource } from './resource.ts';
import { orderOf, useThings, usualSort, WHOLE_UP_TO } from './use-things.ts';

type TableData<T extends { id: string }> = Pick<DataTableProps<T>, 'rows' | 'error' | 'onRetry' | 'paged'>;

/**
 * What a list's table shows. Up to {@link WHOLE_UP_TO} it is held whole. Of more, pages come as one scrolls, in the order
 * the API gives them; what the API cannot do (search, filters, other orders) reads the rest, page after page.
 */
export function useResourceList<T extends { id: string }>(resource: Resource<T>): TableData<T> {
  const { q, where, sort } = useSearch({ from: '/frame/$resource' });
  const usual = usualSort(resource);
  const order = orderOf(resource, sort ?? usual);
  const needsAll = q !== undefined || where !== undefined || order === undefined;
  const first = useThings(resource, { isAllAsked: needsAll });
  const isLong = first.hasMore && (first.things?.length ?? 0) >= WHOLE_UP_TO;
  const isOther = isLong && !needsAll && sort !== undefined && sort !== usual;
  const other = useThings(resource, { order, isAsked: isOther });
  const shown = isOther ? other : first;
  return {
    rows: shown.things,
    error: shown.error,
    onRetry: shown.retry,
    ...(shown.hasMore && {
      paged: { readMore: shown.readMore, isSorted: order !== undefined, isReadingAll: needsAll },
    }),
  };
}
