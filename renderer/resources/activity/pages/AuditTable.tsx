import { Button } from '@mantine/core';
import { IconShieldSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditRecord } from '../../../../app/contract/audit.ts';
import type { AuditFilter } from '../../../api/v1.api.ts';
import { formatDateTime } from '../../../design/duration.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { formatNumber } from '../../../i18n/formatters.ts';
import { AuditPanel } from '../AuditPanel.tsx';
import classes from '../activity.module.css';
import { auditNames, nameOfTold } from '../audit-names.ts';
import { useAuditTrail } from '../hooks/use-audit-trail.ts';
import { useKnownNames } from '../hooks/use-known-names.ts';

/** Lists need text ids. */
interface AuditRow {
  id: string;
  record: AuditRecord;
}

/** Who did what, when, from where, with what result. `isInAddress` as in {@link DataTable}. */
export function AuditTable({ filter, isInAddress = true }: { filter: AuditFilter; isInAddress?: boolean }) {
  const { t } = useTranslation('activity');
  const [shown, setShown] = useState<AuditRecord | null>(null);
  const trail = useAuditTrail(filter);
  const rows = useMemo(
    () =>
      trail.data?.pages.flatMap((page) => page.records.map((record): AuditRow => ({ id: String(record.id), record }))),
    [trail.data],
  );
  const known = useKnownNames();
  const names = useMemo(() => auditNames(rows?.map(({ record }) => record) ?? [], known), [rows, known]);
  const columns = useMemo<Column<AuditRow>[]>(
    () => [
      {
        id: 'time',
        header: t('time'),
        value: ({ record }) => record.createdAt,
        cell: ({ record }) => <span className="numeric">{formatDateTime(record.createdAt)}</span>,
        width: 184,
        isUnsearched: true,
      },
      {
        id: 'user',
        header: t('user'),
        value: ({ record }) => nameOfTold(record.user, names) ?? t('nobody'),
        width: { min: 120, share: 1 },
        filter: {},
      },
      {
        id: 'action',
        header: t('action'),
        value: ({ record }) => record.action,
        cell: ({ record }) => <ActionName action={record.action} />,
        width: { min: 200, share: 3 },
        isFixed: true,
      },
      {
        id: 'thing',
        header: t('about'),
        value: ({ record }) => nameOfTold(record.resource, names),
        width: { min: 120, share: 2 },
        givesWay: 1,
      },
      {
        id: 'result',
        header: t('result'),
        value: ({ record }) => record.outcome,
        cell: ({ record }) => (
          <StateBadge
            tone={record.outcome === 'success' ? 'running' : 'failed'}
            label={`${t(`auditOutcome.${record.outcome}`)} (${record.status})${record.count > 1 ? ` ×${formatNumber(record.count)}` : ''}`}
            {...(record.reason === null ? {} : { title: record.reason })}
          />
        ),
        width: 168,
        filter: { label: (outcome) => t(`auditOutcome.${outcome as AuditRecord['outcome']}`) },
      },
      {
        id: 'address',
        header: t('address'),
        value: ({ record }) => record.address,
        width: 128,
        givesWay: 2,
        filter: {},
      },
      {
        id: 'service',
        header: t('service'),
        value: ({ record }) => record.service,
        width: 96,
        isHidden: true,
        filter: {},
      },
      {
        id: 'reason',
        header: t('reason'),
        value: ({ record }) => record.reason,
        width: { min: 160, share: 2 },
        isHidden: true,
      },
      {
        id: 'request',
        header: t('request'),
        value: ({ record }) => record.requestId,
        cell: ({ record }) => <span className="mono truncate">{record.requestId}</span>,
        width: { min: 120, share: 2 },
        isHidden: true,
      },
    ],
    [t, names],
  );
  return (
    <>
      <DataTable
        id="audit"
        label={t('audit')}
        columns={columns}
        rows={rows}
        error={trail.error}
        onRetry={() => void trail.refetch()}
        countLabel={(count) => t(trail.hasNextPage ? 'newestAudit' : 'auditCount', { count })}
        searchLabel={t('searchAudit')}
        defaultSort="-time"
        onOpen={(row) => setShown(row.record)}
        isInAddress={isInAddress}
        empty={
          <EmptyState icon={<IconShieldSearch size={32} stroke={1.5} />} title={t('noAudit')} text={t('noAuditText')} />
        }
      />
      {trail.hasNextPage && (
        <div className={classes.older}>
          <Button variant="subtle" loading={trail.isFetchingNextPage} onClick={() => void trail.fetchNextPage()}>
            {t('olderAudit')}
          </Button>
        </div>
      )}
      {shown && <AuditPanel record={shown} names={names} onClose={() => setShown(null)} />}
    </>
  );
}

/** Where there is no room, what all of a service begin with gives way: `os_compute_api:` before `servers:stop`. */
function ActionName({ action }: { action: string }) {
  const at = action.indexOf(':') + 1;
  return (
    <span className={`${classes.action} mono`}>
      <span className="truncate">{action.slice(0, at)}</span>
      <span className="truncate">{action.slice(at)}</span>
    </span>
  );
}
