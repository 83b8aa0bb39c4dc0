import { useQuery } from '@tanstack/react-query';
import { listFlavors } from '../../../api/compute.api.ts';
import { listFlavorAccess } from '../../../api/flavor.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

/** Sizes of machines; administrators see those that are not public too. */
export function useFlavors() {
  const { isAdmin } = useCurrentUser();
  return useQuery({ queryKey: keys.flavors.list, queryFn: ({ signal }) => listFlavors(isAdmin, signal) });
}

/** Projects that may use a flavor that is not public. */
export function useFlavorAccess(id: string, isAsked: boolean) {
  return useQuery({
    queryKey: keys.flavors.access(id),
    queryFn: ({ signal }) => listFlavorAccess(id, signal),
    enabled: isAsked,
  });
}
