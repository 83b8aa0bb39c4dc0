import { useMemo } from 'react';
import type { AssignmentFilter } from '../../../api/assignment.api.ts';
import { type AccessRow, accessRows } from '../access-row.ts';
import { useAssignments } from './use-assignments.ts';
import { useIdentityNames } from './use-identity-names.ts';

/**
 * Roles as lines to read: as they were given, and what that comes to for each person. Both are needed: what is given to
 * a group or to what is below a place can only be seen, and taken away, as it was given.
 */
export function useAccessRows(filter: AssignmentFilter | null) {
  const given = useAssignments(filter, false);
  // Keystone knows effective roles of people only.
  const effective = useAssignments(filter?.['group.id'] === undefined ? filter : null, true);
  const names = useIdentityNames();
  const isWhole = filter?.['group.id'] !== undefined || effective.data !== undefined;
  const rows = useMemo<AccessRow[] | undefined>(
    () => (given.data && isWhole ? accessRows([...given.data, ...(effective.data ?? [])], names) : undefined),
    [given.data, effective.data, isWhole, names],
  );
  const onRetry = (): void => {
    void given.refetch();
    void effective.refetch();
  };
  return { rows, error: given.error ?? effective.error, onRetry };
}
