import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listTasks } from '../../../api/v1.api.ts';

/** Running and recent tasks, newest first; the event stream keeps them current. */
export function useRecentTasks() {
  return useQuery({
    queryKey: keys.tasks.recent,
    queryFn: async ({ signal }) => (await listTasks({ limit: 100 }, signal)).tasks,
  });
}

export function useTasksOf(subjectId: string) {
  return useQuery({
    queryKey: keys.tasks.ofSubject(subjectId),
    queryFn: async ({ signal }) => (await listTasks({ subjectId }, signal)).tasks,
  });
}
