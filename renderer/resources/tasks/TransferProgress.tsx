import { useTranslation } from 'react-i18next';
import { ProgressBar } from '../../design/Figures.tsx';
import { describeProgress } from './task-text.ts';
import classes from './tasks.module.css';
import { secondsLeft, type Transfer } from './transfers.store.ts';

/** How far, how fast and how long still. */
export function TransferProgress({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation('tasks');
  // All is sent: the controller looks at what came before it answers.
  const isChecking = transfer.direction === 'up' && transfer.size > 0 && transfer.done >= transfer.size;
  const progress = {
    done: transfer.done,
    total: transfer.size,
    unit: 'bytes' as const,
    rate: transfer.rate,
    secondsLeft: secondsLeft(transfer),
  };
  const label = t(transfer.direction === 'up' ? 'upload' : 'download');
  return (
    <>
      <ProgressBar fraction={transfer.size === 0 || isChecking ? null : transfer.done / transfer.size} label={label} />
      <div className={`${classes.figures} numeric`}>{isChecking ? t('checking') : describeProgress(progress)}</div>
    </>
  );
}
