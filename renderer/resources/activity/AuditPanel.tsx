import { useTranslation } from 'react-i18next';
import type { AuditRecord } from '../../../app/contract/audit.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { DetailPanel } from '../../design/DetailPanel.tsx';
import { formatDateTime } from '../../design/duration.ts';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { nameOfTold } from './audit-names.ts';

interface AuditPanelProps {
  record: AuditRecord;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}

/** All that is known of one request. */
export function AuditPanel({ record, names, onClose }: AuditPanelProps) {
  const { t } = useTranslation('activity');
  const { user, resource } = record;
  return (
    <DetailPanel title={record.action} onClose={onClose}>
      <FieldList>
        <Field label={t('result')}>
          <StateBadge
            tone={record.outcome === 'success' ? 'running' : 'failed'}
            label={`${t(`auditOutcome.${record.outcome}`)} (${record.status})`}
          />
        </Field>
        <Field label={t('reason')}>{record.reason}</Field>
        {record.count > 1 && <Field label={t('times')}>{t('timesAMinute', { count: record.count })}</Field>}
        <Field label={t('time')}>{formatDateTime(record.createdAt)}</Field>
        <Field label={t('user')}>{nameOfTold(user, names) ?? t('nobody')}</Field>
        <Field label={t('userId')}>{user?.id && <CopyText value={user.id} />}</Field>
        <Field label={t('about')}>{nameOfTold(resource, names)}</Field>
        <Field label="ID">{resource?.id && <CopyText value={resource.id} />}</Field>
        <Field label={t('project')}>{record.projectId && names.get(record.projectId)}</Field>
        <Field label={t('projectId')}>{record.projectId && <CopyText value={record.projectId} />}</Field>
        <Field label={t('address')}>{record.address}</Field>
        <Field label={t('program')}>{record.userAgent}</Field>
        <Field label={t('call')}>
          <CopyText value={`${record.method} ${record.path}`} />
        </Field>
        <Field label={t('request')}>
          <CopyText value={record.requestId} />
        </Field>
      </FieldList>
    </DetailPanel>
  );
}
