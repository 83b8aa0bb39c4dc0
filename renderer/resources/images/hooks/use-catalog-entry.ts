import type { TaskView } from '../../../../app/contract/task.ts';
import type { CatalogEntry } from '../../../../app/contract/v1.ts';
import { useRecentTasks } from '../../tasks/hooks/use-tasks.ts';
import { isActive } from '../../tasks/task-text.ts';
import { useCatalogImports } from '../catalog-import.store.ts';

export interface CatalogEntryState {
  /** The import that runs. */
  running: TaskView | undefined;
  /** The last one of this window, when it failed and nothing came after it. */
  failed: TaskView | undefined;
  isAsking: boolean;
}

/** What is going on with an entry of the catalogue. */
export function useCatalogEntry(entry: CatalogEntry): CatalogEntryState {
  const tasks = useRecentTasks().data ?? [];
  const taskId = useCatalogImports((state) => state.taskIds[entry.id]);
  const isAsking = useCatalogImports((state) => state.asking.has(entry.id));
  const running = tasks.find((task) => (task.id === entry.taskId || task.id === taskId) && isActive(task));
  const last = tasks.find((task) => task.id === taskId);
  return { running, failed: !running && last?.state === 'failed' && !entry.imageId ? last : undefined, isAsking };
}
