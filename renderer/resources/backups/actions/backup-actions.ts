import type { BackupFile } from '../../../../app/contract/backup.ts';
import { desktop } from '../../../api/desktop.ts';
import type { Action } from '../../../design/actions/action.ts';
import { deleteBackups } from './delete-backup.action.ts';
import { downloadBackup } from './download-backup.action.ts';

/** The desktop's controller is on this very computer: the file is there already, see its path. */
export const BACKUP_ACTIONS: readonly Action<BackupFile>[] = [
  ...(desktop() === null ? [downloadBackup] : []),
  deleteBackups,
];
