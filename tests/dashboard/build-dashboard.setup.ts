import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'vite';
import { dashboardDir, offlineCatalog, repository } from './cloud.fixture.ts';

/**
 * A catalogue whose servers are nowhere; and the dashboard as it is now, in a folder of the tests' own, where `npm test`
 * has not built it already.
 */
export default async function prepare(): Promise<void> {
  const catalog = await readFile(`${repository}/assets/image-catalog.json`, 'utf8');
  await mkdir(dirname(offlineCatalog), { recursive: true });
  await writeFile(
    `${offlineCatalog}.${process.pid}`,
    catalog.replaceAll(/https:\/\/[^/]+/g, 'https://no-such-host.invalid'),
  );
  await rename(`${offlineCatalog}.${process.pid}`, offlineCatalog);
  if (process.env.CUMULET_TEST_LANE) return;
  await build({
    configFile: `${repository}/renderer/vite.config.ts`,
    logLevel: 'warn',
    build: { outDir: dashboardDir, emptyOutDir: true },
  });
}
