import { useQuery } from '@tanstack/react-query';
import { type AssignmentFilter, listAssignments } from '../../../api/assignment.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** Roles by what they hold on or who has them; null waits for something to be chosen. */
export function useAssignments(filter: AssignmentFilter | null, isEffective: boolean) {
  return useQuery({
    queryKey: keys.assignments.list(filter ?? {}, isEffective),
    queryFn: ({ signal }) => listAssignments(filter ?? {}, isEffective, signal),
    enabled: filter !== null,
  });
}
