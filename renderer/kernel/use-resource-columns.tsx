import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Column } from '../design/table/column.ts';
import type { AnyResource } from './resource.ts';
import { resourceText } from './resource-text.ts';

/** The name, which opens the thing, then the columns of the resource's own. */
export function useResourceColumns(resource: AnyResource): readonly Column<{ id: string }>[] {
  const { columns: useOwn, label, labelWidth = 160 } = resource;
  const own = useOwn();
  return useMemo(
    () => [
      {
        id: 'name',
        header: resourceText(resource, 'name'),
        value: label,
        cell: (thing) => (
          <Link to="." search={(before: { panel?: string }) => ({ ...before, panel: thing.id })}>
            {label(thing)}
          </Link>
        ),
        width: { min: labelWidth, share: 2 },
        isFixed: true,
      },
      ...own,
    ],
    [own, resource, label, labelWidth],
  );
}
