import { IconTrash } from '@tabler/icons-react';
import type { BackupFile } from '../../../../app/contract/backup.ts';
import { deleteBackup } from '../../../api/backup.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

export const deleteBackups: Action<BackupFile> = {
  id: 'backup.delete',
  label: () => t('backups:delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (_backup, user) => mayDo('v1:backups:delete', user),
  confirm: (backups) => ({
    title: t('backups:deleteTitle', { count: backups.length, name: backups[0]?.id ?? '' }),
    text: t('backups:deleteText'),
    wayBack: t('backups:deleteWayBack'),
    confirmLabel: t('backups:delete'),
    isDangerous: true,
  }),
  run: ({ id }) => deleteBackup(id),
};
