import { createHash } from 'node:crypto';
import { BLANK_DISK } from './waiting-tasks.ts';

/** An image catalogue with one entry for each step a task can wait in. */
export function blankCatalog(origin: string): object[] {
  const entry = {
    family: 'other',
    version: '1',
    summary: '',
    arch: 'x86_64',
    diskFormat: 'raw',
    size: BLANK_DISK.length,
    minDiskGib: 1,
    minRamMib: 64,
    defaultUser: 'nobody',
    properties: {},
  };
  const value = createHash('sha256').update(BLANK_DISK).digest('hex');
  const steps = ['verify', 'store', 'activate'];
  return [
    ...['download', ...steps].map((step) => ({
      ...entry,
      id: `import-${step}`,
      name: `import-${step}`,
      url: `${origin}/${step}.raw`,
      checksum: { algorithm: 'sha256', value, url: null },
      builtIn: false,
    })),
    ...['build', ...steps].map((step) => ({
      ...entry,
      id: `build-${step}`,
      name: `build-${step}`,
      diskFormat: 'qcow2',
      url: null,
      checksum: { algorithm: 'sha512', value: null, url: null },
      builtIn: true,
    })),
  ];
}
