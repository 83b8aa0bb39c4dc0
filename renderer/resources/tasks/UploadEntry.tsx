import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { ProgressBar, TimeAgo } from '../../design/Figures.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { describeProgress, TASK_TONES } from './task-text.ts';
import classes from './tasks.module.css';
import { cancelUpload, secondsLeft, type Upload } from './uploads.store.ts';

export function UploadEntry({ upload }: { upload: Upload }) {
  const { t } = useTranslation('tasks');
  const isRunning = upload.state === 'running';
  const progress = {
    done: upload.sent,
    total: upload.size,
    unit: 'bytes' as const,
    rate: upload.rate,
    secondsLeft: secondsLeft(upload),
  };
  return (
    <li className={classes.entry}>
      <div className={classes.entryHead}>
        <StateBadge tone={TASK_TONES[upload.state]} label={t('upload')} title={t(`state.${upload.state}`)} />
        <span className="truncate" title={upload.name}>
          {upload.name}
        </span>
        <span className={classes.entryEnd}>
          {isRunning ? (
            <Button variant="subtle" className={classes.small} onClick={() => cancelUpload(upload.id)}>
              {t('cancel')}
            </Button>
          ) : (
            <span className="muted">
              {t(`state.${upload.state}`)} · <TimeAgo time={upload.startedAt} />
            </span>
          )}
        </span>
      </div>
      {isRunning && (
        <>
          <ProgressBar fraction={upload.size === 0 ? null : upload.sent / upload.size} label={t('upload')} />
          <div className={`${classes.figures} numeric`}>{describeProgress(progress)}</div>
        </>
      )}
      {upload.state === 'failed' && <ErrorAlert error={upload.error} />}
    </li>
  );
}
