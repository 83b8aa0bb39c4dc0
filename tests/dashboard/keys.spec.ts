import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, picture, test } from './cloud.fixture.ts';

const run = promisify(execFile);
test.use({ hypervisor: 'none' });

let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-keys-'));
});
test.afterAll(async () => await rm(folder, { recursive: true, force: true }));

test('keys are made, imported and deleted', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/keys`);
  await expect(page.getByText('No keys yet')).toBeVisible();
  await picture(page, 'keys-empty');

  await test.step('the private half is there once, and OpenSSH reads it', async () => {
    await page.getByRole('button', { name: 'Create key' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('My key');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Private key of My key' });
    await expect(dialog).toContainText('BEGIN OPENSSH PRIVATE KEY');
    await picture(page, 'key-private');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByText('Close without saving the private key?')).toBeVisible();
    const question = page.getByRole('dialog', { name: 'Close without saving the private key?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save as My-key.pem' }).click(),
    ]);
    const file = join(folder, 'key.pem');
    await download.saveAs(file);
    await chmod(file, 0o600);
    const { stdout } = await run('ssh-keygen', ['-y', '-f', file]);
    const kept = await cloud.request('GET', '/compute/v2.1/os-keypairs/My%20key');
    expect(kept.body.keypair.public_key.split(' ')[1]).toBe(stdout.split(' ')[1]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('a public key is imported, a private one refused', async () => {
    const own = join(folder, 'id_ed25519');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada@laptop', '-f', own]);
    await page.getByRole('button', { name: 'Import key' }).click();
    const dialog = page.getByRole('dialog');
    const field = dialog.getByRole('textbox', { name: 'Public key' });
    await field.fill(await readFile(own, 'utf8'));
    await expect(dialog).toContainText('This is the private half');
    await expect(field).toHaveValue('');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog.getByRole('button', { name: 'Choose a file…' }).click(),
    ]);
    await chooser.setFiles(`${own}.pub`);
    await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('ada-laptop');
    await picture(page, 'key-import');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.getByRole('link', { name: 'ada-laptop' }).click();
    const { stdout } = await run('ssh-keygen', ['-l', '-f', `${own}.pub`]);
    await expect(page.getByRole('complementary')).toContainText(stdout.split(' ')[1] ?? 'SHA256:');
    await picture(page, 'key');
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('complementary')).toHaveCount(0);
    await picture(page, 'keys');
  });

  await test.step('both are deleted by keyboard', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+a');
    await expect(page.getByText('2 selected')).toBeVisible();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('No keys yet')).toBeVisible();
  });
});
