import { useEffect, useRef } from 'react';
import { isUndoable, offerUndo } from '../resources/machines/offer-undo.ts';
import { useRecentTasks } from '../resources/tasks/hooks/use-tasks.ts';
import { useCurrentUser } from '../session/use-current-user.ts';

/** Offers the way back from what one has done behind a safety snapshot, on whatever page one is when it is over. */
export function UndoNotices() {
  const user = useCurrentUser();
  const tasks = useRecentTasks().data;
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!tasks) return;
    const done = tasks.filter((task) => isUndoable(task) && task.userId === user.id);
    // What was over before this window was there is offered on the machine's page.
    const before = known.current;
    known.current = new Set(done.map((task) => task.id));
    if (before !== null) for (const task of done) if (!before.has(task.id)) offerUndo(task);
  }, [tasks, user.id]);
  return null;
}
