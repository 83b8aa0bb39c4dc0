import { useQuery } from '@tanstack/react-query';
import { listProjects } from '../api/project.api.ts';
import { keys } from '../api/query-keys.ts';
import { useCurrentUser } from '../session/use-current-user.ts';

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Names of projects by id, for administrators; nobody else may ask. */
export function useProjectNames(): ReadonlyMap<string, string> {
  const { isAdmin } = useCurrentUser();
  const projects = useQuery({
    queryKey: keys.projects.every,
    queryFn: ({ signal }) => listProjects(signal),
    enabled: isAdmin,
    select: (all) => new Map(all.map(({ id, name }) => [id, name])),
  });
  return projects.data ?? NO_NAMES;
}
