import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { CloudError } from '../api/cloud-error.ts';
import { useStreamStore } from '../api/event-stream.ts';
import { ErrorAlert } from '../design/ErrorAlert.tsx';
import classes from './frame.module.css';

/** A page that broke: the frame stays, the error says what it was. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation('shell');
  // A browser remembers that a part of the page was not to be had: only the whole dashboard anew gets it.
  const isUnfetched = error instanceof CloudError && error.status === 0;
  const isConnected = useStreamStore((stream) => stream.state === 'connected');
  const again = isUnfetched ? () => window.location.reload() : reset;
  useEffect(() => {
    if (isUnfetched && isConnected) window.location.reload();
  }, [isUnfetched, isConnected]);
  return (
    <div className={classes.errorPage}>
      <ErrorAlert title={t('pageFailed')} error={error} onRetry={again} />
    </div>
  );
}
