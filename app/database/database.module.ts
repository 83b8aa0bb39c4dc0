import { defineModule } from '../module.ts';
import type { DatabaseSettings } from './database.settings.ts';
import { Database, type Migrations } from './database.ts';
import * as initial from './migrations/0001-initial.ts';
import * as longLists from './migrations/0011-long-lists.ts';
import * as stepsAndRefusals from './migrations/0017-steps-and-refusals.ts';
import * as scans from './migrations/0026-scans.ts';

interface Needs {
  dataDir: string;
  databaseSettings: DatabaseSettings | undefined;
  /** Of all modules. */
  migrations: Migrations;
}

/** The migrations here are those that change tables of several services. */
export const databaseModule = defineModule({
  name: 'database',
  migrations: {
    '0001-initial': initial,
    '0011-long-lists': longLists,
    '0017-steps-and-refusals': stepsAndRefusals,
    '0026-scans': scans,
  },
  make: async ({ dataDir, migrations, databaseSettings }: Needs) => ({
    database: await Database.open(dataDir, migrations, databaseSettings),
  }),
  close: ({ database }) => database.close(),
});
