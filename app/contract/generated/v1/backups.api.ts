// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { TaskView } from './shared.api.ts';

export interface BackupFile { id: string; createdAt: string; size: number; isEncrypted: boolean }

export interface LastBackup {
  file: string;
  createdAt: string;
  size: number;
  isEncrypted: boolean;
  machines: number;
  notIncluded: {
    kind: 'machine' | 'image';
    id: string;
    name: string | null;
    reason: 'running' | 'started-meanwhile' | 'other-host' | 'missing';
  }[];
}

export interface BackupsApi {
  'GET /v1/backups': {
    answer: { last: LastBackup | null; backups: BackupFile[]; folder: string; databaseCopies: string[] };
  };
  'POST /v1/backups': {
    body: { passphrase?: string | null };
    answer: TaskView;
  };
  'GET /v1/backups/:id/file': {
    params: { id: string };
    answer: Blob;
  };
  'DELETE /v1/backups/:id': { params: { id: string } };
}
