import { notifications } from '@mantine/notifications';
import type { NavigateOptions } from '@tanstack/react-router';
import type { TaskView } from '../../../app/contract/task.ts';
import { notifyError } from '../../design/notify.tsx';
import { shortList } from '../../design/short-list.ts';
import { t } from '../../i18n/i18n.ts';
import { findLaunch, useLaunchStore } from '../launch/launch.store.ts';
import { toTaskError } from '../tasks/task-error.ts';
import { describeTask } from '../tasks/task-text.ts';
import { machineAction } from './hooks/use-machine-actions.ts';
import { forceOffNotice, offerForceOff } from './offer-force-off.tsx';

/** Things struck by one cause, by the notice that is shown of it. */
const shown = new Map<string, string[]>();

const noticeOf = (task: TaskView): string => `${task.kind} ${task.error?.message ?? ''}`;
const nameOf = ({ subject }: TaskView): string => subject.name ?? subject.id;

/** A notice of a task that has failed, one for each cause; `show` opens the place it leads to. */
export function tellFailure(task: TaskView, show: (place: NavigateOptions) => void): void {
  const name = nameOf(task);
  if (isOnThePage(task)) return;
  if (task.kind === 'server.stop' && task.error?.code === 'timeout') {
    const [again, forceOff] = [machineAction('shut-down'), machineAction('force-off')];
    if (again && forceOff) {
      offerForceOff({ id: task.subject.id, name }, { again, forceOff });
      return;
    }
  }
  const id = noticeOf(task);
  const names = [...(shown.get(id) ?? []), name];
  shown.set(id, names);
  notifyError(toTaskError(task), t('tasks:failedTitle', { what: describeTask(task), names: shortList(names) }), {
    id,
    onClose: () => shown.delete(id),
    action: {
      label: t('tasks:show'),
      run: () => show(names.length > 1 ? { to: '/activity', search: { tab: 'tasks' } } : placeOf(task)),
    },
  });
}

/** Something else shows this failure now. */
export function hideFailure(task: TaskView): void {
  notifications.hide(forceOffNotice(task.subject.id));
  const id = noticeOf(task);
  const names = shown.get(id);
  if (names?.length === 1 && names[0] === nameOf(task)) notifications.hide(id);
}

/** The page one is at shows the failure itself. */
function isOnThePage(task: TaskView): boolean {
  const { pathname, search } = window.location;
  const asked = new URLSearchParams(search);
  if (pathname === `/machines/${task.subject.id}`) return true;
  if (pathname === '/images') return task.subject.type === 'image' && asked.get('tab') === 'catalog';
  if (pathname !== '/launch') return false;
  const run = asked.get('run') ?? undefined;
  const launch = findLaunch(useLaunchStore.getState().launches, run);
  return run === task.subject.id || launch?.importTask === task.id;
}

function placeOf({ id, subject }: TaskView): NavigateOptions {
  if (subject.type === 'server') return { to: '/machines/$id', params: { id: subject.id } };
  return { to: '/activity', search: { tab: 'tasks', panel: id } };
}
