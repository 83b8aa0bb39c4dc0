import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud, type TestCloud } from '../cloud.ts';
import { dashboardDir, expect, picture, test } from './cloud.fixture.ts';

const disk = randomBytes(8 * 1024 * 1024);
let folder: string;
let server: Server;
let cloud: TestCloud;
/** The second half is held back until a test lets it go, so that an import is seen half-way. */
let release = Promise.withResolvers<void>();

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-catalog-'));
  server = createServer((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': disk.length - from,
      'accept-ranges': 'bytes',
      etag: '"one"',
      ...(from > 0 ? { 'content-range': `bytes ${from}-${disk.length - 1}/${disk.length}` } : {}),
    });
    let at = Math.max(from, disk.length / 2);
    response.write(disk.subarray(from, at));
    // A trickle, for progress is told as bytes arrive.
    const trickle = setInterval(() => {
      response.write(disk.subarray(at, at + 1024));
      at += 1024;
    }, 200);
    response.on('close', () => clearInterval(trickle));
    void release.promise.then(() => {
      clearInterval(trickle);
      response.end(disk.subarray(at));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const entry = (id: string, value: string) => ({
    id,
    family: 'debian',
    name: `Test ${id}`,
    version: '1',
    summary: 'For tests',
    arch: 'x86_64',
    diskFormat: 'raw',
    url: `http://127.0.0.1:${port}/${id}.raw`,
    checksum: { algorithm: 'sha256', value, url: null },
    size: disk.length,
    minDiskGib: 1,
    minRamMib: 64,
    defaultUser: 'tester',
    properties: {},
    builtIn: false,
  });
  const catalog = join(folder, 'catalog.json');
  const good = createHash('sha256').update(disk).digest('hex');
  await writeFile(catalog, JSON.stringify([entry('good', good), entry('bad', '0'.repeat(64))]));
  cloud = await startCloud({ hypervisor: 'none', dashboardDir, imageCatalog: catalog });
});
test.afterAll(async () => {
  release.resolve();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
});

test('an import shows how far it is, can be called off, and is verified', async ({ page }) => {
  await page.goto(await cloud.controller.signInLink());
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
  await page.goto(`${cloud.url}/images?tab=catalog`);
  const good = page.getByRole('listitem').filter({ hasText: 'Test good' });
  const bad = page.getByRole('listitem').filter({ hasText: 'Test bad' });

  await test.step('half-way it shows its progress, on the card and in the list', async () => {
    await good.getByRole('button', { name: 'Import' }).click();
    await expect(good).toContainText(/Download · 4(\.\d+)? MiB of 8 MiB/);
    await picture(page, 'image-importing');
    await page.getByRole('tab', { name: 'Images' }).click();
    await expect(page.getByRole('row', { name: /Test good 1 Importing/ }).getByRole('progressbar')).toBeVisible();
  });

  await test.step('called off, nothing of it stays', async () => {
    await page.getByRole('tab', { name: 'Catalogue' }).click();
    await good.getByRole('button', { name: 'Cancel' }).click();
    await expect(good.getByRole('button', { name: 'Import' })).toBeVisible();
    await expect.poll(async () => (await cloud.request('GET', '/image/v2/images')).body.images).toEqual([]);
  });

  await test.step('again, it arrives and is an image', async () => {
    await good.getByRole('button', { name: 'Import' }).click();
    await expect(good).toContainText(/4(\.\d+)? MiB of 8 MiB/);
    release.resolve();
    await expect(good).toContainText('In your images');
    await expect(good.getByRole('link', { name: 'Launch a machine' })).toBeVisible();
  });

  await test.step('what did not arrive as it was published is thrown away, and says so', async () => {
    await bad.getByRole('button', { name: 'Import' }).click();
    await expect(bad.getByRole('alert')).toContainText('did not arrive as it was published');
    release = Promise.withResolvers<void>();
    await picture(page, 'image-import-refused');
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByRole('tab', { name: 'Tasks' }).click();
    await expect(page.getByRole('row', { name: /Failed Import image Test bad/ })).toBeVisible();
    await expect(page.getByRole('row', { name: /Cancelled Import image Test good/ })).toBeVisible();
    await picture(page, 'tasks');
    await page.getByRole('row', { name: /Failed Import image/ }).dblclick();
    await expect(page.getByRole('complementary')).toContainText('did not arrive as it was published');
    await picture(page, 'task');
  });
});
