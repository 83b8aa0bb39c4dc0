import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { TimeAgo } from '../../design/Figures.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { TransferProgress } from './TransferProgress.tsx';
import { TASK_TONES } from './task-text.ts';
import classes from './tasks.module.css';
import { cancelTransfer, canRetry, retryTransfer, type Transfer } from './transfers.store.ts';

/** An upload or download in the tray, in the same form as a task. */
export function TransferEntry({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation('tasks');
  const isRunning = transfer.state === 'running';
  const what = t(transfer.direction === 'up' ? 'upload' : 'download');
  return (
    <li className={classes.entry}>
      <div className={classes.entryHead}>
        <StateBadge tone={TASK_TONES[transfer.state]} label={what} title={t(`state.${transfer.state}`)} />
        <span className="truncate" title={transfer.name}>
          {transfer.name}
        </span>
        <span className={classes.entryEnd}>
          {isRunning ? (
            <Button variant="subtle" className={classes.small} onClick={() => cancelTransfer(transfer.id)}>
              {t('cancel')}
            </Button>
          ) : (
            <span className="muted">
              {t(`state.${transfer.state}`)} · <TimeAgo time={transfer.startedAt} />
            </span>
          )}
        </span>
      </div>
      {isRunning && <TransferProgress transfer={transfer} />}
      {transfer.state === 'failed' && (
        <ErrorAlert
          error={transfer.error}
          {...(canRetry(transfer) ? { onRetry: () => retryTransfer(transfer.id) } : {})}
        />
      )}
    </li>
  );
}
