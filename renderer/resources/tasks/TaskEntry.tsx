import { useTranslation } from 'react-i18next';
import type { TaskView } from '../../../app/contract/task.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { ProgressBar, TimeAgo } from '../../design/Figures.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { CancelTaskButton } from './CancelTaskButton.tsx';
import { toTaskError } from './task-error.ts';
import { describeProgress, describeStepName, describeTask, isActive, TASK_TONES, taskFraction } from './task-text.ts';
import classes from './tasks.module.css';

/** One task: what, for what, each step with its state, how far, and what went wrong. */
export function TaskEntry({ task }: { task: TaskView }) {
  const { t } = useTranslation('tasks');
  const isRunning = isActive(task);
  const name = task.subject.name ?? task.subject.id;
  return (
    <li className={classes.entry}>
      <div className={classes.entryHead}>
        <StateBadge tone={TASK_TONES[task.state]} label={describeTask(task)} title={t(`state.${task.state}`)} />
        <span className="truncate" title={name}>
          {name}
        </span>
        <span className={classes.entryEnd}>
          {isRunning && task.cancellable && <CancelTaskButton task={task} variant="subtle" isSmall />}
          {!isRunning && (
            <span className="muted">
              {t(`state.${task.state}`)} · <TimeAgo time={task.finishedAt ?? task.updatedAt} />
            </span>
          )}
        </span>
      </div>
      {isRunning && (
        <>
          <ol className={classes.steps}>
            {task.steps.map((step) => (
              <li key={step.name} data-state={step.state}>
                {describeStepName(task, step)}
                <span className={classes.hidden}> {t(`stepState.${step.state}`)}</span>
              </li>
            ))}
          </ol>
          <ProgressBar fraction={taskFraction(task)} label={describeTask(task)} />
          <div className={`${classes.figures} numeric`}>{describeProgress(task.progress) || '\u00a0'}</div>
        </>
      )}
      {task.error && <ErrorAlert error={toTaskError(task)} />}
    </li>
  );
}
