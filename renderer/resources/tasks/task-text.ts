import type { TaskStep, TaskView } from '../../../app/contract/task.ts';
import { formatBytes } from '../../design/byte-size.ts';
import { formatDuration } from '../../design/duration.ts';
import type { StateTone } from '../../design/StateBadge.tsx';
import { optionalText, t } from '../../i18n/i18n.ts';
import { waitingText } from '../../kernel/startup-text.ts';
import { verbName } from '../../kernel/verb-name.ts';

export function isActive(task: TaskView): boolean {
  return task.state === 'pending' || task.state === 'running' || task.state === 'undoing';
}

/** `server.build` as "Launch"; a kind this version does not know reads as it is named. */
export function describeTask(task: TaskView): string {
  return optionalText(`tasks:kind.${task.kind}`, verbName(task.kind.replace(/^server\./, ''), task.kind));
}

export function currentStep(task: TaskView): TaskStep | undefined {
  return task.steps.find((step) => step.state === 'running') ?? task.steps.find((step) => step.state === 'pending');
}

export function describeStepName(task: TaskView, step: TaskStep): string {
  // A verb's task has one step, of its name.
  const otherwise = task.kind === `server.${step.name}` ? describeTask(task) : step.name.replaceAll(/[-_]/g, ' ');
  return optionalText(`tasks:step.${task.kind}.${step.name}`, otherwise);
}

export function describeStep(task: TaskView): string | null {
  const step = currentStep(task);
  return step && isActive(task) ? describeStepName(task, step) : null;
}

/** 0 to 1 over all steps, the running one by its own progress; null where nothing tells. */
export function taskFraction(task: TaskView): number | null {
  if (task.steps.length === 0) return stepFraction(task);
  const done = task.steps.filter((step) => step.state === 'done' || step.state === 'skipped').length;
  const running = stepFraction(task);
  if (task.steps.length === 1 && done === 0) return running;
  if (done === 0 && running === null) return null;
  return (done + (running ?? 0)) / task.steps.length;
}

function stepFraction(task: TaskView): number | null {
  const progress = task.progress;
  return progress?.total ? progress.done / progress.total : null;
}

/** `1.2 GiB of 4 GiB · 180 MiB/s · 15 sec left`, as far as known. */
export function describeProgress(progress: TaskView['progress']): string {
  if (!progress) return '';
  const parts: string[] = [];
  if (progress.unit === 'bytes') {
    parts.push(
      progress.total === null
        ? formatBytes(progress.done)
        : t('tasks:of', { done: formatBytes(progress.done), total: formatBytes(progress.total) }),
    );
    if (progress.rate !== null) parts.push(`${formatBytes(progress.rate)}/s`);
  } else if (progress.unit === 'items' && progress.total !== null) {
    parts.push(t('tasks:of', { done: progress.done, total: progress.total }));
  }
  if (progress.waitsFor) parts.push(waitingText(progress.waitsFor));
  else if (progress.secondsLeft !== null) parts.push(t('tasks:left', { time: formatDuration(progress.secondsLeft) }));
  return parts.join(' · ');
}

export const TASK_TONES: Record<TaskView['state'], StateTone> = {
  pending: 'busy',
  running: 'busy',
  undoing: 'busy',
  succeeded: 'running',
  failed: 'failed',
  cancelled: 'stopped',
};
