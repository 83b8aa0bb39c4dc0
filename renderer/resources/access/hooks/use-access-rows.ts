import { useMemo } from 'react';
import type { AssignmentFilter } from '../../../api/assignment.api.ts';
import { type AccessRow, accessRows } from '../access-row.ts';
import { useAssignments } from './use-assignments.ts';
import { useIdentityNames } from './use-identity-names.ts';

/** Roles as lines to read. A group's are as they were given: Keystone knows effective ones of people only. */
export function useAccessRows(filter: AssignmentFilter | null) {
  const isOfGroup = filter?.['group.id'] !== undefined;
  const assignments = useAssignments(filter, !isOfGroup);
  const names = useIdentityNames();
  const rows = useMemo<AccessRow[] | undefined>(
    () => assignments.data && accessRows(assignments.data, names),
    [assignments.data, names],
  );
  return { rows, error: assignments.error, onRetry: () => void assignments.refetch() };
}
