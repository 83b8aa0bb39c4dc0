import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TaskView } from '../../../../app/contract/task.ts';
import { keys } from '../../../api/query-keys.ts';
import { listTasks } from '../../../api/v1.api.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

const PAGE = 100;

/** Running and recent tasks, newest first; the event stream keeps them current. A domain has none. */
export function useRecentTasks() {
  const mayList = mayDo('v1:tasks:list', useCurrentUser()).allowed;
  return useQuery({
    queryKey: keys.tasks.recent,
    enabled: mayList,
    queryFn: async ({ signal }) => (await listTasks({ limit: PAGE }, signal)).tasks,
  });
}

export function useTasksOf(subjectId: string) {
  return useQuery({
    queryKey: keys.tasks.ofSubject(subjectId),
    queryFn: async ({ signal }) => (await listTasks({ subjectId }, signal)).tasks,
  });
}

/** All tasks, the newest first, older pages on demand; the newest as events have them. */
export function useAllTasks() {
  const recent = useRecentTasks();
  const pages = useInfiniteQuery({
    queryKey: keys.tasks.pages,
    queryFn: ({ pageParam, signal }) =>
      listTasks({ limit: PAGE, ...(pageParam === null ? {} : { marker: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const tasks = useMemo(() => {
    if (!recent.data || !pages.data) return recent.data;
    const all = new Map<string, TaskView>(
      pages.data.pages.flatMap((page) => page.tasks.map((task) => [task.id, task])),
    );
    for (const task of recent.data) all.set(task.id, task);
    return [...all.values()];
  }, [recent.data, pages.data]);
  return { recent, pages, tasks };
}
