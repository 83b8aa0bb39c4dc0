import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../design/duration.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import classes from './activity.module.css';
import { describeEvent } from './event-text.ts';
import { useEventLog } from './hooks/use-event-log.ts';

/** What happened to one thing, the newest first. */
export function SubjectHistory({ resourceType, resourceId }: { resourceType: string; resourceId: string }) {
  const { t } = useTranslation('activity');
  const log = useEventLog({ resourceType, resourceId });
  const events = log.data?.pages.flatMap((page) => page.events) ?? [];
  if (log.error) return <ErrorAlert error={log.error} onRetry={() => void log.refetch()} />;
  if (log.data && events.length === 0) return <p className="muted">{t('noEventsOf')}</p>;
  return (
    <>
      <ol className={classes.history}>
        {events.map((event) => (
          <li key={event.id}>
            <time className="numeric muted" dateTime={event.createdAt}>
              {formatDateTime(event.createdAt)}
            </time>
            <span>{describeEvent(event)}</span>
            <span className="mono muted truncate">{event.requestId}</span>
          </li>
        ))}
      </ol>
      {log.hasNextPage && (
        <Button variant="subtle" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('older')}
        </Button>
      )}
    </>
  );
}
