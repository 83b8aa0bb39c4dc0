import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { useSession } from '../api/session.ts';
import { getRights } from '../api/v1.api.ts';

/** What the policy allows the token; asked once for each, and again when something about people or roles changed. */
export function useRights() {
  const session = useSession();
  return useQuery({
    queryKey: keys.rights.of(session?.token ?? ''),
    queryFn: ({ signal }) => getRights(signal),
    enabled: session !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
