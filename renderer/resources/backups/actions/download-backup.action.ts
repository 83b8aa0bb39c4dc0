import { IconDownload } from '@tabler/icons-react';
import type { BackupFile } from '../../../../app/contract/backup.ts';
import { fetchBackup } from '../../../api/backup.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { saveBlob } from '../../../design/save-file.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

export const downloadBackup: Action<BackupFile> = {
  id: 'backup.download',
  label: () => t('backups:download'),
  icon: IconDownload,
  group: 'use',
  bulk: 'none',
  can: (_backup, user) => mayDo('v1:backups:download', user),
  run: async ({ id }) => saveBlob(id, await fetchBackup(id)),
};
