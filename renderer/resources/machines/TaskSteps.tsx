import { useTranslation } from 'react-i18next';
import type { TaskStep, TaskView } from '../../../app/contract/task.ts';
import { formatDuration } from '../../design/duration.ts';
import { ProgressBar } from '../../design/Figures.tsx';
import { StateBadge, type StateTone } from '../../design/StateBadge.tsx';
import { currentStep, describeProgress, describeStepName, describeTask, isActive } from '../tasks/task-text.ts';
import classes from './machines.module.css';

const TONES: Record<TaskStep['state'], StateTone> = {
  pending: 'stopped',
  running: 'busy',
  done: 'running',
  failed: 'failed',
  undone: 'stopped',
  skipped: 'stopped',
};

/** A task's steps, one a line, as they happen: which is done and how long it took, which runs and how far it is. */
export function TaskSteps({ task }: { task: TaskView }) {
  const { t } = useTranslation('tasks');
  const current = currentStep(task);
  return (
    <ol className={classes.taskSteps} aria-label={describeTask(task)}>
      {task.steps.map((step) => {
        const isCurrent = step === current && isActive(task);
        return (
          <li key={step.name} className={classes.step} data-state={isCurrent ? 'running' : step.state}>
            <StateBadge tone={isCurrent ? 'busy' : TONES[step.state]} label="" title={t(`stepState.${step.state}`)} />
            <span>{describeStepName(task, step)}</span>
            <span className={`${classes.stepFigures} numeric`}>
              {isCurrent ? describeProgress(task.progress) : stepTime(step)}
            </span>
            {isCurrent && task.progress?.total ? (
              <>
                <span />
                <ProgressBar fraction={task.progress.done / task.progress.total} label={describeStepName(task, step)} />
                <span />
              </>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}

/** How long a step took; tenths below ten seconds, where whole ones would all read alike. */
function stepTime(step: TaskStep): string {
  if (!step.startedAt || !step.finishedAt) return '';
  const seconds = (Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}
