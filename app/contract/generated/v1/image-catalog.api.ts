// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { TaskView } from './shared.api.ts';

export interface CatalogEntry {
  id: string;
  family: string;
  name: string;
  version: string;
  summary: string;
  arch: string;
  diskFormat: 'qcow2' | 'raw' | 'iso';
  url: string | null;
  checksum: { algorithm: 'sha256' | 'sha512'; value: string | null; url: string | null };
  size: number | null;
  minDiskGib: number;
  minRamMib: number;
  defaultUser: string | null;
  properties: Record<string, string>;
  builtIn: boolean;
  imageId: string | null;
  taskId: string | null;
}

export interface ImageCatalogApi {
  'GET /v1/image-catalog': { answer: { entries: CatalogEntry[] } };
  'POST /v1/image-catalog/:id/import': {
    params: { id: string };
    answer: { task: TaskView | null; imageId: string };
  };
}
