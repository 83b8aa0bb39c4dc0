import { useQuery } from '@tanstack/react-query';
import { countServers, listProjects } from '../../../api/project.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

export function useProjects() {
  const mayList = mayDo('identity:list_projects', useCurrentUser()).allowed;
  return useQuery({ queryKey: keys.projects.every, queryFn: ({ signal }) => listProjects(signal), enabled: mayList });
}

/** How many machines are in each of some projects; administrators may ask. */
export function useServerCount(projectIds: readonly string[]) {
  const { isAdmin } = useCurrentUser();
  return useQuery({
    queryKey: keys.projects.contents(projectIds.join(' ')),
    queryFn: async ({ signal }) => {
      const counts = await Promise.all(projectIds.map((id) => countServers(id, signal)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    enabled: isAdmin,
    // Machines come and go without this key hearing of it.
    staleTime: 0,
  });
}
