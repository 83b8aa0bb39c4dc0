import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { tellFailure } from '../resources/machines/tell-failure.ts';
import { useRecentTasks } from '../resources/tasks/hooks/use-tasks.ts';
import { useCurrentUser } from '../session/use-current-user.ts';

/** Says what of one's own work fails, on whatever page one is, with what to do next. */
export function FailedTaskNotices() {
  const user = useCurrentUser();
  const navigate = useNavigate();
  const tasks = useRecentTasks().data;
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!tasks) return;
    const failed = tasks.filter((task) => task.state === 'failed' && task.userId === user.id);
    // What had failed before this window was there is counted in the tray.
    const before = known.current;
    known.current = new Set(failed.map((task) => task.id));
    if (before === null) return;
    for (const task of failed) if (!before.has(task.id)) tellFailure(task, (place) => void navigate(place));
  }, [tasks, user.id, navigate]);
  return null;
}
