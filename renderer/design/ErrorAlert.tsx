import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type CloudError, toCloudError } from '../api/cloud-error.ts';
import { useCopy } from './clipboard.ts';
import classes from './error-alert.module.css';

export interface ErrorAlertProps {
  error: unknown;
  /** What failed, in a few words. */
  title?: string;
  onRetry?: () => void;
  /** Another way on. */
  action?: { label: string; run: () => void };
  /** Inside something that has a border already. */
  isPlain?: boolean;
}

/** An error as people need it: what happened, what to do next, whose fault, and the id that finds it in the logs. */
export function ErrorAlert({ error, title, onRetry, action, isPlain }: ErrorAlertProps) {
  const { t } = useTranslation('design');
  const clipboard = useCopy();
  const shown = toCloudError(error);
  return (
    // A notice around it is an alert already.
    <div className={classes.root} role={isPlain ? undefined : 'alert'} data-plain={isPlain || undefined}>
      <IconAlertTriangle size={16} className={classes.icon} aria-hidden="true" />
      <div className={classes.body}>
        {title && <div className={classes.title}>{title}</div>}
        <div className={classes.message}>{shown.message}</div>
        {shown.hint && <div className={classes.hint}>{shown.hint}</div>}
        <div className={classes.foot}>
          <span>{t(`origin.${shown.origin}`)}</span>
          {shown.requestId && <span className="mono truncate">{shown.requestId}</span>}
          <button
            type="button"
            className={classes.button}
            onClick={() => void clipboard.copy(describeError(shown, title))}
          >
            {clipboard.copied ? t('copied') : t('copyDetails')}
          </button>
          {onRetry && (
            <button type="button" className={classes.button} onClick={onRetry}>
              {t('tryAgain')}
            </button>
          )}
          {action && (
            <button type="button" className={classes.button} onClick={action.run}>
              {action.label}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

/** As text, for a report. */
export function describeError(error: CloudError, title?: string): string {
  const lines = [
    title,
    error.message,
    error.hint,
    `code: ${error.code}`,
    `status: ${error.status}`,
    `origin: ${error.origin}`,
    error.field && `field: ${error.field}`,
    error.requestId && `request: ${error.requestId}`,
  ];
  return lines.filter(Boolean).join('\n');
}
