import type { Page } from '@playwright/test';
import { expect, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

/** Keeps what the controller answers to itself until it is let go. */
async function holdBack(page: Page, address: RegExp): Promise<() => void> {
  const gate = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    await gate.promise;
    await route.continue();
  });
  return gate.resolve;
}

const PROPOSED = /^\S+-1$/;

test('a name that is proposed late stays out of the field somebody is in', async ({ signedIn: page, cloud }) => {
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  const image = page.getByRole('radio', { checked: true }).first();

  await test.step('what is typed is all that stands there', async () => {
    const letGo = await holdBack(page, /\/v1\/image-catalog$/);
    await page.goto(`${cloud.url}/launch`);
    await name.focus();
    await page.keyboard.press('Control+a');
    letGo();
    await expect(image).toBeVisible();
    await page.keyboard.type('doomed');
    await expect(name).toHaveValue('doomed');
    await name.blur();
    await expect(name).toHaveValue('doomed');
  });

  await test.step('it comes to a field that is left empty', async () => {
    await page.unrouteAll({ behavior: 'wait' });
    const letGo = await holdBack(page, /\/v1\/image-catalog$/);
    await page.reload();
    await name.focus();
    letGo();
    await expect(image).toBeVisible();
    await expect(name).toHaveValue('');
    await page.keyboard.press('Tab');
    await expect(name).toHaveValue(PROPOSED);
  });

  await test.step('where nobody is anywhere, it stands ready to be replaced', async () => {
    await page.unrouteAll({ behavior: 'wait' });
    await page.reload();
    await expect(name).toHaveValue(PROPOSED);
    await expect(name).toBeFocused();
    await page.keyboard.type('mine');
    await expect(name).toHaveValue('mine');
  });

  await test.step('nor is it put there while one is elsewhere in the form, the focus of which stays', async () => {
    const letGo = await holdBack(page, /\/compute\/v2\.1\/servers\/detail/);
    await page.reload();
    await expect(image).toBeVisible();
    const count = page.getByRole('textbox', { name: 'Number' });
    await count.focus();
    letGo();
    await expect(name).toHaveValue(PROPOSED);
    await expect(count).toBeFocused();
  });
});

/** A slow disk: what a page reads of files in that way comes when it is let go. */
async function holdBackFiles(page: Page, way: 'text' | 'arrayBuffer'): Promise<() => Promise<void>> {
  await page.evaluate((name) => {
    const gate = Promise.withResolvers<void>();
    const read = Blob.prototype[name] as () => Promise<unknown>;
    Object.assign(window, { letGo: gate.resolve });
    Object.assign(Blob.prototype, {
      async [name](this: Blob) {
        await gate.promise;
        return await read.call(this);
      },
    });
  }, way);
  return async () => await page.evaluate(() => (window as unknown as { letGo: () => void }).letGo());
}

test('an upload waits until it is seen what the file is', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/images`);
  await page.getByRole('button', { name: 'Upload image' }).click();
  const letGo = await holdBackFiles(page, 'arrayBuffer');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /Choose a disk image/ }).click(),
  ]);
  await chooser.setFiles({ name: 'quick.raw', mimeType: '', buffer: Buffer.alloc(1024 * 1024, 7) });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await letGo();
  await expect(page.getByText('Uploaded and checked')).toBeVisible();
});

test('a key’s name from its file does not run into what is being typed', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/keys`);
  await page.getByRole('button', { name: 'Import key' }).click();
  const dialog = page.getByRole('dialog');
  const name = dialog.getByRole('textbox', { name: 'Name' });
  const letGo = await holdBackFiles(page, 'text');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'Choose a file…' }).click(),
  ]);
  const buffer = Buffer.from(
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1MPu0TZ8Xtr0e3Kyyd2JwNmS+wEqNqRu1c0iN0PBX9 ada@laptop\n',
  );
  await chooser.setFiles({ name: 'id.pub', mimeType: 'text/plain', buffer });
  await name.focus();
  await letGo();
  await expect(dialog.getByRole('textbox', { name: 'Public key' })).toHaveValue(/ada@laptop/);
  await page.keyboard.type('mine');
  await expect(name).toHaveValue('mine');
});
