import type { TaskView } from '../../../app/contract/task.ts';

/** One's own failures that came after those one has looked at, the newest first. */
export function unseenFailures(tasks: readonly TaskView[], userId: string, seenUpTo: string): TaskView[] {
  return tasks.filter(
    (task) => task.state === 'failed' && task.userId === userId && (task.finishedAt ?? task.updatedAt) > seenUpTo,
  );
}

/**
 * Of the tasks of one thing, the newest first, the one that stands as its failure: until something succeeds after it.
 * What was called off says nothing either way.
 */
export function standingFailure(tasks: readonly TaskView[]): TaskView | undefined {
  const last = tasks.find((task) => task.state === 'failed' || task.state === 'succeeded');
  return last?.state === 'failed' ? last : undefined;
}
