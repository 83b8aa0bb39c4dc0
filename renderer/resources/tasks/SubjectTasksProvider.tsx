import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { TaskView } from '../../../app/contract/task.ts';
import type { RowProgress } from '../../design/table/TableRow.tsx';
import { useRecentTasks } from './hooks/use-tasks.ts';
import { describeStep, describeTask, isActive, taskFraction } from './task-text.ts';

type SubjectTasks = ReadonlyMap<string, TaskView>;
const SubjectTasksContext = createContext<SubjectTasks>(new Map());

/** One look-up for all rows of all lists: which thing has a task running. */
export function SubjectTasksProvider({ children }: { children: ReactNode }) {
  const tasks = useRecentTasks().data;
  const bySubject = useMemo(
    () => new Map((tasks ?? []).filter(isActive).map((task) => [task.subject.id, task])),
    [tasks],
  );
  return <SubjectTasksContext value={bySubject}>{children}</SubjectTasksContext>;
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
