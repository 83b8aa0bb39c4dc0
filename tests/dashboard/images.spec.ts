import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CDPSession, Page } from '@playwright/test';
import type { TestCloud } from '../cloud.ts';
import { expect, picture, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

const MIB = 1024 * 1024;
let folder: string;
/** A disk with a boot sector's mark, so that it is recognised by its content. */
let disk: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-dashboard-'));
  disk = join(folder, 'web server.img');
  const bytes = randomBytes(24 * MIB);
  bytes.set([0x55, 0xaa], 510);
  await writeFile(disk, bytes);
});
test.afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Bytes a second the page may send; null as fast as it goes. */
async function limitUpload(session: CDPSession, rate: number | null): Promise<void> {
  const uploadThroughput = rate ?? -1;
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput,
  });
}

async function chooseFile(page: Page, path: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /Choose a disk image/ }).click(),
  ]);
  await chooser.setFiles(path);
}

async function imagesOf(cloud: TestCloud): Promise<{ id: string; name: string; status: string }[]> {
  return (await cloud.request('GET', '/image/v2/images')).body.images;
}

test('an upload goes on when its page is left, and comes back byte for byte', async ({ signedIn: page, cloud }) => {
  const session = await page.context().newCDPSession(page);
  // Without the picker, which no test can click, the browser's own download is used.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto(`${cloud.url}/images`);
  await expect(page.getByText('No images yet')).toBeVisible();
  await picture(page, 'images-empty');

  await test.step('the file is recognised and named', async () => {
    await page.getByRole('button', { name: 'Upload image' }).click();
    await chooseFile(page, disk);
    await expect(page.getByText('Recognised by its content')).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('web server');
    await expect(page.getByRole('combobox', { name: 'Format' })).toHaveValue('raw');
    await page.getByRole('button', { name: 'More settings' }).click();
    await page.getByRole('textbox', { name: 'Least memory' }).fill('512');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('os_distro');
    await page.getByRole('textbox', { name: 'Value' }).fill('debian');
    await picture(page, 'image-upload');
  });

  await test.step('it shows how far it is, here and on other pages', async () => {
    // Slow enough for all that is looked at below, also on a busy machine.
    await limitUpload(session, MIB / 4);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Upload of web server' });
    await expect(dialog).toContainText(/iB of 24 MiB · .*iB\/s · .* left/);
    await picture(page, 'image-uploading');
    await dialog.getByRole('button', { name: 'Continue in background' }).click();
    await expect(page.getByRole('row', { name: /web server .*Uploading \d+%/ })).toBeVisible();
    await page.getByRole('link', { name: 'Flavors' }).click();
    await page.getByRole('button', { name: 'Tasks: 1 running' }).click();
    await expect(page.getByRole('region', { name: 'Tasks' })).toContainText(/of 24 MiB/);
    await picture(page, 'task-tray');
    await limitUpload(session, null);
    await expect(page.getByRole('region', { name: 'Tasks' })).toContainText('Done');
    await page.keyboard.press('Escape');
  });

  await test.step('it is there, with what was asked for', async () => {
    await page.getByRole('link', { name: 'Images' }).click();
    await expect(page.getByRole('row', { name: /web server .*Ready raw 24 MiB 24 MiB/ })).toBeVisible();
    await picture(page, 'images-list');
    await page.getByRole('link', { name: 'web server' }).click();
    await expect(page.getByText('512 MiB')).toBeVisible();
    await expect(page.getByText('os_distro')).toBeVisible();
    await expect(page.getByText('Image data stored')).toBeVisible();
    await picture(page, 'image');
  });

  await test.step('it comes back as it went', async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('web server.raw');
    expect(download.url()).not.toContain(cloud.token);
    const copy = join(folder, 'copy');
    await download.saveAs(copy);
    expect(await sha256(copy)).toBe(await sha256(disk));
  });

  await test.step('it is edited', async () => {
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).first().fill('<b>web</b>');
    await page.getByRole('textbox', { name: 'Value' }).fill('ubuntu');
    await page.getByRole('switch', { name: 'Protect against deletion' }).check({ force: true });
    await picture(page, 'image-edit');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: '<b>web</b>' })).toBeVisible();
    await expect(page.getByText('ubuntu')).toBeVisible();
    await page.getByRole('combobox', { name: 'Tags' }).fill('tested');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await cloud.request('GET', `/image/v2/images/${page.url().split('/').at(-1)}`)).body)
      .toMatchObject({ name: '<b>web</b>', os_distro: 'ubuntu', protected: true, tags: ['tested'], min_ram: 512 });
  });

  await test.step('it is taken out of use and back', async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Deactivate' }).click();
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await expect(page.locator('header').first()).toContainText('Deactivated');
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Reactivate' }).click();
    await expect(page.locator('header').first()).toContainText('Ready');
  });

  await test.step('protected it stays, else it goes', async () => {
    const remove = page.getByRole('button', { name: 'Delete' });
    await expect(remove).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByRole('switch', { name: 'Protect against deletion' }).uncheck({ force: true });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(remove).toHaveAttribute('aria-disabled', 'false');
    await remove.click();
    await expect(page.getByRole('dialog')).toContainText('24 MiB of stored data are freed.');
    await picture(page, 'image-delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page).toHaveURL(/\/images$/);
    await expect(page.getByText('No images yet')).toBeVisible();
  });
});

test('an upload that is called off leaves nothing', async ({ signedIn: page, cloud }) => {
  const session = await page.context().newCDPSession(page);
  await page.goto(`${cloud.url}/images`);
  await page.getByRole('button', { name: 'Upload image' }).click();
  await chooseFile(page, disk);
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('web server');
  // Slow enough to be called off before it has arrived, also on a busy machine.
  await limitUpload(session, MIB / 8);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Upload of web server' })).toContainText(/iB of 24 MiB/);
  expect((await imagesOf(cloud)).map((image) => image.name)).toEqual(['web server']);
  await page.getByRole('button', { name: 'Cancel upload' }).click();
  await expect(page.getByText('Cancelled; nothing was kept')).toBeVisible();
  await expect.poll(() => imagesOf(cloud)).toEqual([]);
});

test('a refused upload says why, and the image can be mended and filled', async ({ signedIn: page, cloud }) => {
  const backed = join(folder, 'lies.qcow2');
  await writeFile(backed, randomBytes(MIB));
  await page.goto(`${cloud.url}/images`);

  await test.step('the controller’s own words are shown', async () => {
    await page.getByRole('button', { name: 'Upload image' }).click();
    await chooseFile(page, backed);
    await expect(page.getByText("Taken from the file's name")).toBeVisible();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(page.getByText('The upload failed')).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('declared as qcow2 but its content is not qcow2');
    await expect(page.getByRole('alert')).not.toContainText('Bad Request');
    await picture(page, 'image-upload-failed');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await expect(page.getByRole('row', { name: /lies .*Waiting for data/ })).toBeVisible();
  });

  await test.step('with another format the same file is taken', async () => {
    await page.getByRole('link', { name: 'lies' }).click();
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByRole('combobox', { name: 'Format' }).click();
    await page.getByRole('option', { name: 'raw' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('header').first()).toContainText('Ready');
  });

  await test.step('or with another file, and what is not wanted goes from there', async () => {
    const refuse = async () => {
      await page.goto(`${cloud.url}/images`);
      await page.getByRole('button', { name: 'Upload image' }).click();
      await chooseFile(page, backed);
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      await expect(page.getByText('The upload failed')).toBeVisible();
    };
    await refuse();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Another file…' }).click(),
    ]);
    await chooser.setFiles(disk);
    await expect(page.getByText('Uploaded and checked')).toBeVisible();
    await refuse();
    const before = (await imagesOf(cloud)).length;
    await page.getByRole('button', { name: 'Delete the image' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect.poll(async () => (await imagesOf(cloud)).length).toBe(before - 1);
    expect((await imagesOf(cloud)).map(({ status }) => status)).toEqual(['active', 'active']);
  });

  await test.step('many are deleted at once', async () => {
    await page.goto(`${cloud.url}/images`);
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => imagesOf(cloud)).toEqual([]);
  });
});

test('a file dropped on any page opens the upload', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/flavors`);
  await expect(page.getByText('m1.tiny')).toBeVisible();
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(1024)], 'installer.iso'));
    return transfer;
  });
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: files });
  await expect(page.getByText('Drop to upload as an image')).toBeVisible();
  await picture(page, 'image-drop');
  await page.dispatchEvent('main', 'drop', { dataTransfer: files });
  await expect(page.getByRole('dialog')).toContainText('installer.iso');
  await expect(page.getByRole('combobox', { name: 'Format' })).toHaveValue('iso');
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('the catalogue offers what there is and says when it is offline', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/images?tab=catalog`);
  await expect(page.getByRole('listitem').filter({ hasText: 'Cumulet Linux' })).toBeVisible();
  await picture(page, 'image-catalog');
  await page.getByRole('searchbox', { name: 'Search the catalogue' }).fill('cirros');
  const card = page.getByRole('listitem').filter({ hasText: 'CirrOS' });
  await card.getByRole('button', { name: 'Import' }).click();
  await expect(card.getByRole('alert')).toContainText(
    'no-such-host.invalid cannot be reached: this computer seems to be offline',
  );
  await picture(page, 'image-catalog-import');
});
