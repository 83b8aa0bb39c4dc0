import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TaskView } from '../../../app/contract/task.ts';
import { cancelTask } from '../../api/v1.api.ts';
import { notifyError } from '../../design/notify.tsx';
import { ReasonedButton, type ReasonedButtonProps } from '../../design/ReasonedButton.tsx';
import { no } from '../../design/verdict.ts';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { isActive } from './task-text.ts';

/** Calls a task off while it runs and for whoever may; `label` where another word fits better. */
export function CancelTaskButton(
  props: { task: TaskView; label?: string } & Pick<ReasonedButtonProps, 'variant' | 'isSmall'>,
) {
  const { task, label, ...button } = props;
  const { t } = useTranslation('tasks');
  const right = mayDo('v1:tasks:cancel', useCurrentUser());
  const cancel = useMutation({
    mutationFn: () => cancelTask(task.id),
    onError: (error) => notifyError(error, t('cancelFailed')),
  });
  const verdict = task.abortRequested
    ? no(t('cancelling'))
    : task.cancellable && isActive(task)
      ? right
      : no(t('notCancellable'));
  return (
    <ReasonedButton {...button} verdict={verdict} loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {task.abortRequested ? t('cancelling') : (label ?? t('cancel'))}
    </ReasonedButton>
  );
}
