import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { TaskView } from '../../../app/contract/task.ts';
import type { RowProgress } from '../../design/table/TableRow.tsx';
import { standingFailure } from './failed-task.ts';
import { useRecentTasks } from './hooks/use-tasks.ts';
import { useSeenFailures } from './seen-failures.store.ts';
import { describeStep, describeTask, isActive, taskFraction } from './task-text.ts';

type SubjectTasks = ReadonlyMap<string, TaskView>;
const SubjectTasksContext = createContext<SubjectTasks>(new Map());
const SubjectFailuresContext = createContext<SubjectTasks>(new Map());

/** One look-up for all rows of all lists: which thing has a task running, and which has one that failed. */
export function SubjectTasksProvider({ children }: { children: ReactNode }) {
  const tasks = useRecentTasks().data;
  const bySubject = useMemo(
    () => new Map((tasks ?? []).filter(isActive).map((task) => [task.subject.id, task])),
    [tasks],
  );
  const dismissed = useSeenFailures((state) => state.dismissed);
  const failures = useMemo(() => {
    const all = Map.groupBy(tasks ?? [], (task) => task.subject.id);
    const standing = [...all.values()].flatMap((each) => standingFailure(each) ?? []);
    return new Map(standing.filter(({ id }) => !dismissed.includes(id)).map((task) => [task.subject.id, task]));
  }, [tasks, dismissed]);
  return (
    <SubjectTasksContext value={bySubject}>
      <SubjectFailuresContext value={failures}>{children}</SubjectFailuresContext>
    </SubjectTasksContext>
  );
}

/** What was last tried with each thing and failed, by the thing's id; until it is put aside or something succeeds. */
export function useSubjectFailures(): SubjectTasks {
  return useContext(SubjectFailuresContext);
}

/** The running task of each thing, by the thing's id. */
export function useSubjectTasks(): SubjectTasks {
  return useContext(SubjectTasksContext);
}

/** For `rowProgress` of a list. */
export function rowProgressOf(task: TaskView | undefined): RowProgress | null {
  if (!task) return null;
  return { fraction: taskFraction(task), label: describeStep(task) ?? describeTask(task) };
}
