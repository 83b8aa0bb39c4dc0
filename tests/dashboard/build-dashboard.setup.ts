import { build } from 'vite';
import { dashboardDir, repository } from './cloud.fixture.ts';

/** The dashboard as it is now, in a folder of the tests' own; `npm test` has built it already. */
export default async function buildDashboard(): Promise<void> {
  if (process.env.CUMULET_TEST_LANE) return;
  await build({
    configFile: `${repository}/renderer/vite.config.ts`,
    logLevel: 'warn',
    build: { outDir: dashboardDir, emptyOutDir: true },
  });
}
