import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from '../design/ErrorAlert.tsx';
import classes from './frame.module.css';

/** A page that broke: the frame stays, the error says what it was. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation('shell');
  return (
    <div className={classes.errorPage}>
      <ErrorAlert title={t('pageFailed')} error={error} onRetry={reset} />
    </div>
  );
}
