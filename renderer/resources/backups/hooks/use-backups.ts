import { useQuery } from '@tanstack/react-query';
import { listBackups } from '../../../api/backup.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** Backups of this cloud; events keep them current. */
export function useBackups() {
  return useQuery({ queryKey: keys.backups.all, queryFn: ({ signal }) => listBackups(signal) });
}
