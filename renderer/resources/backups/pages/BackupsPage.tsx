import { IconArchive } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupFile } from '../../../../app/contract/backup.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { formatDateTime } from '../../../design/duration.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ByteSize } from '../../../design/Figures.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { BACKUP_ACTIONS } from '../actions/backup-actions.ts';
import { BackupSummary } from '../BackupSummary.tsx';
import { MakeBackupDialog } from '../dialogs/MakeBackupDialog.tsx';
import { useBackups } from '../hooks/use-backups.ts';

/** When the last backup was, and those that lie on the controller's computer. */
export function BackupsPage() {
  const { t } = useTranslation('backups');
  const user = useCurrentUser();
  const backups = useBackups();

  const columns = useMemo<Column<BackupFile>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        value: (backup) => backup.id,
        cell: (backup) => <span className="mono truncate">{backup.id}</span>,
        width: { min: 320, share: 2 },
        isFixed: true,
      },
      {
        id: 'made',
        header: t('made'),
        value: (backup) => backup.createdAt,
        cell: (backup) => <span className="numeric">{formatDateTime(backup.createdAt)}</span>,
        width: 184,
        isUnsearched: true,
      },
      {
        id: 'size',
        header: t('size'),
        value: (backup) => backup.size,
        cell: (backup) => <ByteSize bytes={backup.size} />,
        width: 96,
        align: 'end',
        isUnsearched: true,
      },
      {
        id: 'encrypted',
        header: t('encryption'),
        value: (backup) => t(backup.isEncrypted ? 'encrypted' : 'plain'),
        cell: ({ isEncrypted }) => (
          <StateBadge tone={isEncrypted ? 'running' : 'warning'} label={t(isEncrypted ? 'encrypted' : 'plain')} />
        ),
        width: 136,
        filter: {},
      },
    ],
    [t],
  );

  const make = (
    <ReasonedButton
      verdict={mayDo('v1:backups:create', user)}
      leftSection={<IconArchive size={16} aria-hidden="true" />}
      onClick={() => openDialog((props) => <MakeBackupDialog {...props} />)}
    >
      {t('make')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PageHeader title={t('title')} actions={make} />
      {!(backups.isError && !backups.data) && <BackupSummary backups={backups.data} />}
      <DataTable
        id="backups"
        label={t('title')}
        columns={columns}
        rows={backups.data?.backups}
        error={backups.error}
        onRetry={() => void backups.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="-made"
        actions={BACKUP_ACTIONS}
        empty={
          <EmptyState
            icon={<IconArchive size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={make}
          />
        }
      />
    </Page>
  );
}
