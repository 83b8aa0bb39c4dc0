import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { StateBadge } from '../../design/StateBadge.tsx';
import { useIsAway } from '../../kernel/AwayHostsProvider.tsx';
import { useSubjectFailures, useSubjectTasks } from '../tasks/SubjectTasksProvider.tsx';
import { describeStep, describeTask, taskFraction } from '../tasks/task-text.ts';
import { describeMachineState } from './machine-state.ts';
import classes from './machines.module.css';

/**
 * State as shape and word, with a mark where the last action failed; with a task under way the step it is at and how far. Reads the tasks itself, so that a tick
 * of progress renders this cell and not the table.
 */
export function MachineState({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const task = useSubjectTasks().get(server.id);
  const { tone, label } = describeMachineState(server, useIsAway()(server));
  const failure = useSubjectFailures().get(server.id);
  if (!task) {
    const badge = <StateBadge tone={tone} label={label} title={server.fault?.message ?? label} />;
    // A machine that failed says so already.
    if (!failure || server.status === 'ERROR') return badge;
    const text = t('failed.mark', { what: describeTask(failure), why: failure.error?.message ?? '' });
    return (
      <span className={classes.stateAndMark}>
        {badge}
        <IconAlertTriangle size={14} role="img" aria-label={text} className={classes.failureMark}>
          <title>{text}</title>
        </IconAlertTriangle>
      </span>
    );
  }
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
