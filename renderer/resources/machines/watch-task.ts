import type { TaskView } from '../../../app/contract/task.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { isActive } from '../tasks/task-text.ts';

/** The tasks this window knows of, kept current by the event stream. */
function knownTasks(): readonly TaskView[] {
  return queryClient.getQueryData<TaskView[]>(keys.tasks.recent) ?? [];
}

/** Calls `listener` whenever a task changes, whatever page is open; answers how to stop that. */
function onTasksChange(listener: () => void): () => void {
  const recent = JSON.stringify(keys.tasks.recent);
  return queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && JSON.stringify(event.query.queryKey) === recent) listener();
  });
}

/** The first task that `isIt`, once it is over. */
export function taskEnd(isIt: (task: TaskView) => boolean, signal?: AbortSignal): Promise<TaskView> {
  const { promise, resolve, reject } = Promise.withResolvers<TaskView>();
  const look = (): void => {
    const task = knownTasks().find((each) => isIt(each) && !isActive(each));
    if (task) resolve(task);
  };
  const stop = onTasksChange(look);
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  look();
  return promise.finally(() => {
    stop();
    signal?.removeEventListener('abort', onAbort);
  });
}
