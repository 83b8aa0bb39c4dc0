import { defineModule } from '../module.ts';
import { VERSION } from '../version.ts';
import { statusRoutes } from './v1.routes.ts';

interface Needs {
  controllerId: string;
}

export const v1Module = defineModule({
  name: 'v1',
  make: ({ controllerId }: Needs) => ({
    status: {
      name: 'Cumulet' as const,
      version: VERSION,
      controllerId,
      platform: `${process.platform} ${process.arch}`,
      startedAt: new Date().toISOString(),
    },
  }),
  v1: ({ status }) => statusRoutes(status),
});
