import type { TaskView } from '../../../app/contract/task.ts';
import { CloudError } from '../../api/cloud-error.ts';

/** What ended a task, for the one component that shows errors. */
export function toTaskError(task: TaskView): CloudError {
  const { error } = task;
  return new CloudError(error?.message ?? '', {
    status: 0,
    code: error?.code ?? 'unexpected',
    hint: error?.hint,
    field: error?.field,
    origin: error?.origin,
    requestId: task.requestId,
  });
}
