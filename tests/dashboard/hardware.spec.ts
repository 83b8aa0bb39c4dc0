import type { MachineHardware } from '../../app/contract/machine-hardware.ts';
import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

const GIB = 1024 ** 3;

/** As a machine on QEMU has it that was given another card while it ran. */
function withMore(told: MachineHardware): MachineHardware {
  const [root, ...others] = told.disks;
  const [card] = told.cards;
  if (!root || !card) throw new Error('the machine has no root disk or no card');
  const data = { ...root, id: 'data', role: 'ephemeral', imageId: null, imageBytes: null, bootIndex: null };
  const other = { ...card, id: 'nic1', mac: 'fa:16:3e:0a:0b:0c', ipAddresses: ['10.0.0.99'] };
  return {
    ...{ ...told, accelerator: 'kvm', machineType: 'pc-i440fx-7.2', firmware: 'uefi' },
    disks: [
      { ...root, sizeBytes: 20 * GIB, usedBytes: 3.4 * GIB },
      { ...data, sizeBytes: 40 * GIB, usedBytes: 0.2 * GIB, address: '0000:00:07.0', serial: 'data-0001' },
      ...others,
    ],
    cards: [
      card,
      { ...other, pending: 'comes' },
      { ...other, id: 'nic2', mac: 'fa:16:3e:0d:0e:0f', ipAddresses: [], pending: 'leaves' },
    ],
    devices: [...told.devices, { kind: 'tpm', model: 'tpm-crb', address: null, pending: null }],
  };
}

test('what a machine is made of, and what of it waits for its next start', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'parts', 1);
  await page.getByRole('link', { name: 'parts' }).click();
  await page.getByRole('tab', { name: 'Hardware' }).click();
  const disks = page.getByRole('table', { name: 'Disks' });
  const cards = page.getByRole('table', { name: 'Network cards' });
  await expect(disks.getByRole('row', { name: /Root disk/ })).toContainText('1 GiB');
  await expect(cards.getByRole('row')).toHaveCount(2);
  await expect(cards.getByRole('row').last()).toContainText('virtio-net-pci');

  await page.route('**/v1/servers/*/hardware', async (route) => {
    await route.fulfill({ json: withMore(await (await route.fetch()).json()) });
  });
  await page.reload();
  await expect(cards.getByRole('row', { name: /fa:16:3e:0a:0b:0c/ })).toContainText('From the next start');
  await expect(cards.getByRole('row', { name: /fa:16:3e:0d:0e:0f/ })).toContainText('Until the next start');
  await expect(disks.getByRole('row', { name: /Extra disk/ })).toContainText('data-0001');
  await expect(page.getByRole('table', { name: 'Other devices' })).toContainText('TPM');
  await expect(page.getByRole('region', { name: 'Processor, memory and board' })).toContainText('UEFI');
  await picture(page, 'machine-hardware');
});

test('a rebuild behind a safety snapshot is taken back', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'dear', 1);
  await page.getByRole('link', { name: 'dear' }).click();
  await page.getByRole('tab', { name: 'Snapshots' }).click();
  await expect(page.getByRole('heading', { name: 'No snapshots yet' })).toBeVisible();
  await picture(page, 'machine-snapshots-none');

  const state = page.locator('header').filter({ has: page.getByRole('heading', { name: 'dear' }) });
  const snapshots = page.getByRole('table', { name: 'Snapshots' });
  await test.step('it says what it costs, and is made by itself', async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Rebuild' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rebuild dear?' });
    const choice = dialog.getByRole('checkbox', { name: 'Take a safety snapshot first' });
    await expect(choice).toBeChecked();
    await expect(choice).toHaveAccessibleDescription(
      /^Up to .* of image storage and about .*\. It is kept for 7 days;/,
    );
    await picture(page, 'machine-rebuild-safely');
    await dialog.getByRole('button', { name: 'Rebuild' }).click();
    await expect(dialog).toBeHidden();
    await expect(snapshots.getByRole('row', { name: /dear before rebuild/ })).toContainText(
      'Safety, before the rebuild',
    );
    await expect(page.getByRole('alert').filter({ hasText: 'dear was rebuilt' })).toBeVisible();
  });

  await test.step('until it is taken back there is a way', async () => {
    const offer = page.getByRole('status').filter({ hasText: 'A safety snapshot of before' });
    await expect(state).toContainText('Running');
    await picture(page, 'machine-undo');
    await offer.getByRole('button', { name: 'Undo' }).click();
    const question = page.getByRole('dialog', { name: 'Undo the rebuild of dear?' });
    await expect(question).toContainText('What was written to its disks since is lost');
    await question.getByRole('button', { name: 'Undo' }).click();
    await expect(offer).toBeHidden();
    await expect(state).toContainText('Running');
    await page.getByRole('tab', { name: 'Overview' }).click();
    await expect(page.getByRole('link', { name: 'dear before rebuild' })).toBeVisible();
  });

  await test.step('one that is kept is a snapshot like any other', async () => {
    await page.getByRole('tab', { name: 'Snapshots' }).click();
    await page.getByRole('button', { name: 'Actions for dear before rebuild' }).click();
    await page.getByRole('menuitem', { name: 'Keep for good' }).click();
    await expect(snapshots.getByRole('row', { name: /dear before rebuild/ })).not.toContainText('kept until');
    await picture(page, 'machine-snapshots');
  });
});
