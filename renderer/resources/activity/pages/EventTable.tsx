import { Button } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '../../../../app/contract/event.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { formatDateTime } from '../../../design/duration.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import classes from '../activity.module.css';
import { describeEvent, describeResource } from '../event-text.ts';
import { useEventLog } from '../hooks/use-event-log.ts';
import { useKnownNames } from '../hooks/use-known-names.ts';

/** Lists need text ids. */
interface EventRow {
  id: string;
  event: EventView;
}

export function EventTable() {
  const { t } = useTranslation('activity');
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/activity' });
  const log = useEventLog({});
  const names = useKnownNames();
  const rows = useMemo(
    () => log.data?.pages.flatMap((page) => page.events.map((event): EventRow => ({ id: String(event.id), event }))),
    [log.data],
  );
  const shown = rows?.find((row) => row.id === panel)?.event;
  const open = (id: string | undefined) =>
    void navigate({ to: '/activity', search: (before) => ({ ...before, panel: id }) });

  const columns = useMemo<Column<EventRow>[]>(
    () => [
      {
        id: 'time',
        header: t('time'),
        value: ({ event }) => event.createdAt,
        cell: ({ event }) => <span className="numeric">{formatDateTime(event.createdAt)}</span>,
        width: 184,
        isUnsearched: true,
      },
      {
        id: 'type',
        header: t('event'),
        value: ({ event }) => describeEvent(event),
        width: { min: 168, share: 4 },
        isFixed: true,
      },
      {
        id: 'resource',
        header: t('about'),
        value: ({ event }) => event.resource.type,
        cell: ({ event }) => describeResource(event.resource.type),
        width: 120,
        filter: { label: describeResource },
      },
      {
        id: 'name',
        header: t('thing'),
        value: ({ event }) => nameOf(event, names),
        width: { min: 160, share: 3 },
      },
      {
        id: 'type-name',
        header: t('typeName'),
        value: ({ event }) => event.type,
        cell: ({ event }) => <span className="mono truncate">{event.type}</span>,
        width: { min: 200, share: 2 },
        isHidden: true,
      },
      {
        id: 'resource-id',
        header: 'ID',
        value: ({ event }) => event.resource.id,
        cell: ({ event }) => <span className="mono truncate">{event.resource.id}</span>,
        width: { min: 120, share: 2 },
        isHidden: true,
      },
      {
        id: 'request',
        header: t('request'),
        value: ({ event }) => event.requestId,
        cell: ({ event }) => <span className="mono truncate">{event.requestId ?? '–'}</span>,
        width: { min: 120, share: 2 },
        isHidden: true,
      },
    ],
    [t, names],
  );

  return (
    <>
      <DataTable
        id="events"
        label={t('events')}
        columns={columns}
        rows={rows}
        error={log.error}
        onRetry={() => void log.refetch()}
        countLabel={(count) => t(log.hasNextPage ? 'newestEvents' : 'eventCount', { count })}
        searchLabel={t('searchEvents')}
        defaultSort="-time"
        onOpen={(row) => open(row.id)}
        empty={
          <EmptyState icon={<IconActivity size={32} stroke={1.5} />} title={t('noEvents')} text={t('noEventsText')} />
        }
      />
      {log.hasNextPage && (
        <div className={classes.older}>
          <Button variant="subtle" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {t('older')}
          </Button>
        </div>
      )}
      {shown && <EventPanel event={shown} names={names} onClose={() => open(undefined)} />}
    </>
  );
}

interface EventPanelProps {
  event: EventView;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}

function EventPanel({ event, names, onClose }: EventPanelProps) {
  const { t } = useTranslation('activity');
  return (
    <DetailPanel title={describeEvent(event)} onClose={onClose}>
      <FieldList>
        <Field label={t('typeName')}>
          <CopyText value={event.type} />
        </Field>
        <Field label={t('time')}>{formatDateTime(event.createdAt)}</Field>
        <Field label={t('about')}>{describeResource(event.resource.type)}</Field>
        <Field label={t('thing')}>{nameOf(event, names)}</Field>
        <Field label="ID">
          <CopyText value={event.resource.id} />
        </Field>
        <Field label={t('user')}>{event.userId && names.get(event.userId)}</Field>
        <Field label={t('userId')}>{event.userId && <CopyText value={event.userId} />}</Field>
        <Field label={t('request')}>{event.requestId && <CopyText value={event.requestId} />}</Field>
      </FieldList>
      <pre className={classes.payload}>{JSON.stringify(event.payload, null, 2)}</pre>
    </DetailPanel>
  );
}

/** Hosts of earlier versions' events have no name there. */
const CALLED_BY_ID: ReadonlySet<string> = new Set(['keypair', 'host', 'backup']);

/** What the thing was called then, where the event says so; else what it is called now. */
function nameOf({ payload, resource }: EventView, names: ReadonlyMap<string, string>): string | null {
  const name = payload.name ?? payload.display_name;
  if (typeof name === 'string' && name !== '') return name;
  return names.get(resource.id) ?? (CALLED_BY_ID.has(resource.type) ? resource.id : null);
}
