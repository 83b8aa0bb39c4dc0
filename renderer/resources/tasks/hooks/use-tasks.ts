import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listTasks } from '../../../api/v1.api.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

/** Running and recent tasks, newest first; the event stream keeps them current. A domain has none. */
export function useRecentTasks() {
  const mayList = mayDo('v1:tasks:list', useCurrentUser()).allowed;
  return useQuery({
    queryKey: keys.tasks.recent,
    enabled: mayList,
    queryFn: async ({ signal }) => (await listTasks({ limit: 100 }, signal)).tasks,
  });
}

export function useTasksOf(subjectId: string) {
  return useQuery({
    queryKey: keys.tasks.ofSubject(subjectId),
    queryFn: async ({ signal }) => (await listTasks({ subjectId }, signal)).tasks,
  });
}
