import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstanceActionView, ServerView } from '../../../../app/contract/openstack.ts';
import { getServerAction } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { formatDateTime } from '../../../design/duration.ts';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { verbName } from '../../../kernel/verb-name.ts';
import { describeEvent } from '../../activity/event-text.ts';
import { useEventLog } from '../../activity/hooks/use-event-log.ts';
import { useServerActions } from '../hooks/use-servers.ts';
import { utcTime } from '../machine-time.ts';
import classes from '../machines.module.css';

/** What was asked of the machine, and all that was recorded of it. */
export function HistoryTab({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const actions = useServerActions(server.id);
  return (
    <div className={classes.history}>
      <h2>{t('history.actions')}</h2>
      {actions.error && <ErrorAlert error={actions.error} onRetry={() => void actions.refetch()} />}
      {actions.data?.length === 0 && <p className="muted">{t('history.noActions')}</p>}
      <ul className={classes.entries}>
        {actions.data?.map((action) => (
          <ActionEntry key={action.request_id} action={action} />
        ))}
      </ul>
      <EventEntries serverId={server.id} />
    </div>
  );
}

function ActionEntry({ action }: { action: InstanceActionView }) {
  const { t } = useTranslation('machines');
  const [isOpen, setOpen] = useState(false);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const label = verbName(action.action);
  return (
    <li className={classes.entry}>
      <button type="button" className={classes.entryHead} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <StateBadge tone={action.message ? 'failed' : 'running'} label="" title={action.message ?? t('history.done')} />
        <span>{label}</span>
        <span className="truncate muted">{action.message}</span>
        <span className={`${classes.entryTime} numeric`}>{formatDateTime(utcTime(action.start_time))}</span>
        <Chevron size={16} aria-hidden="true" />
      </button>
      {isOpen && <ActionDetail action={action} />}
    </li>
  );
}

function ActionDetail({ action }: { action: InstanceActionView }) {
  const { t } = useTranslation('machines');
  const detail = useQuery({
    queryKey: [...keys.servers.actions(action.instance_uuid), action.request_id],
    queryFn: ({ signal }) => getServerAction(action.instance_uuid, action.request_id, signal),
  });
  return (
    <div className={classes.entryBody}>
      {action.message && <p>{action.message}</p>}
      <FieldList>
        <Field label={t('history.request')}>
          <CopyText value={action.request_id} />
        </Field>
        <Field label={t('history.user')}>{action.user_id === null ? '–' : <CopyText value={action.user_id} />}</Field>
        {detail.data?.events?.map((event) => (
          <Field key={event.event} label={event.event}>
            {event.result ?? t('history.running')}
            {event.finish_time && (
              <span className="muted numeric"> · {elapsed(event.start_time, event.finish_time)}</span>
            )}
          </Field>
        ))}
      </FieldList>
      {detail.error && <ErrorAlert error={detail.error} />}
    </div>
  );
}

function elapsed(start: string, end: string): string {
  return `${Math.max(0, (Date.parse(utcTime(end)) - Date.parse(utcTime(start))) / 1000).toFixed(1)} s`;
}

function EventEntries({ serverId }: { serverId: string }) {
  const { t } = useTranslation('machines');
  const log = useEventLog({ resourceType: 'server', resourceId: serverId });
  const events = log.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <h2>{t('history.events')}</h2>
      {log.error && <ErrorAlert error={log.error} onRetry={() => void log.refetch()} />}
      {log.isSuccess && events.length === 0 && <p className="muted">{t('history.noEvents')}</p>}
      <ul className={classes.entries}>
        {events.map((event) => {
          const message = event.payload.message;
          const isFailure = event.type.endsWith('.error');
          return (
            <li key={event.id} className={`${classes.entry} ${classes.entryHead}`}>
              <StateBadge tone={isFailure ? 'failed' : 'stopped'} label="" />
              <span className="truncate" title={event.type}>
                {describeEvent(event)}
              </span>
              <span className="truncate muted">{typeof message === 'string' ? message : ''}</span>
              <span className={`${classes.entryTime} numeric`}>{formatDateTime(event.createdAt)}</span>
              <span />
            </li>
          );
        })}
      </ul>
      {log.hasNextPage && (
        <Button variant="subtle" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('history.older')}
        </Button>
      )}
    </>
  );
}
