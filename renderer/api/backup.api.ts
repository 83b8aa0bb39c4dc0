import type { Backups } from '../../app/contract/backup.ts';
import type { TaskView } from '../../app/contract/task.ts';
import { call, callRaw } from './request.ts';

export function listBackups(signal?: AbortSignal): Promise<Backups> {
  return call('GET /v1/backups', { signal });
}

/** Null: it is not encrypted. */
export function makeBackup(passphrase: string | null): Promise<TaskView> {
  return call('POST /v1/backups', { body: { passphrase } });
}

export async function deleteBackup(id: string): Promise<void> {
  await call('DELETE /v1/backups/:id', { params: { id } });
}

/** The browser keeps what is large on the disk. */
export async function fetchBackup(id: string): Promise<Blob> {
  return await (await callRaw('GET /v1/backups/:id/file', { params: { id } })).blob();
}
