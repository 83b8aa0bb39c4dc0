import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { StateBadge } from '../../design/StateBadge.tsx';
import { useSubjectTasks } from '../tasks/SubjectTasksProvider.tsx';
import { describeStep, taskFraction } from '../tasks/task-text.ts';
import { describeMachineState } from './machine-state.ts';

/**
 * State as shape and word; with a task under way the step it is at and how far. Reads the tasks itself, so that a tick
 * of progress renders this cell and not the table.
 */
export function MachineState({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const task = useSubjectTasks().get(server.id);
  const { tone, label } = describeMachineState(server);
  if (!task) return <StateBadge tone={tone} label={label} title={server.fault?.message ?? label} />;
  const fraction = taskFraction(task);
  const step = describeStep(task);
  const isBuild = task.kind === 'server.build' && step !== null;
  const doing = isBuild ? t('buildStep', { step }) : label;
  const percent = task.progress?.total ? Math.round((task.progress.done / task.progress.total) * 100) : null;
  return (
    <StateBadge
      tone="busy"
      label={percent === null ? doing : `${doing} ${percent}%`}
      title={fraction === null ? doing : `${doing} (${Math.round(fraction * 100)}%)`}
    />
  );
}
