import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBackup } from '../../app/backup/backup-reader.ts';
import { ALL_MIGRATIONS } from '../../app/database/testing/all-migrations.ts';
import { expect, picture, test } from './cloud.fixture.ts';

const PASSPHRASE = 'a passphrase of the test';
test.use({ hypervisor: 'simulated' });

test('an administrator makes a backup, sees what it lacks, fetches and removes it', async ({
  signedIn: page,
  cloud,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-backups-'));
  await page.getByRole('navigation').getByRole('link', { name: 'Backups' }).click();
  await expect(page.getByText('There is none yet.')).toBeVisible();
  await expect(page.getByText('No backups here')).toBeVisible();
  await picture(page, 'backups-empty');

  await test.step('with a passphrase, typed twice', async () => {
    await page.getByRole('grid').getByRole('button', { name: 'Make a backup' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a backup' });
    await expect(dialog).toContainText('Without a passphrase, whoever has the file has the cloud.');
    await picture(page, 'backup-make');
    await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
    await dialog.getByLabel('The same again').fill('another');
    await dialog.getByRole('button', { name: 'Make a backup' }).click();
    await expect(dialog).toContainText('These are two different passphrases.');
    await dialog.getByLabel('The same again').fill(PASSPHRASE);
    await dialog.getByRole('button', { name: 'Make a backup' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('it is listed when it is whole, and comes whole to a browser', async () => {
    const row = page.getByRole('row', { name: /cumulet-.*-encrypted\.tar/ });
    await expect(row).toContainText('Encrypted');
    await expect(page.getByText('There is none yet.')).toBeHidden();
    await picture(page, 'backups');
    await row.click({ button: 'right' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download' }).click(),
    ]);
    const file = join(folder, 'cloud.tar');
    await download.saveAs(file);
    await readBackup(file, { migrations: ALL_MIGRATIONS, passphrase: async () => PASSPHRASE });
  });

  await test.step('removed, it is gone from the list, and said to have been', async () => {
    await page.getByRole('row', { name: /cumulet-/ }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('No backups here')).toBeVisible();
    expect((await cloud.request('GET', '/v1/backups')).body.last).not.toBeNull();
  });
  await rm(folder, { recursive: true });
});
