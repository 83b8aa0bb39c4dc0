import type { VerbOffer, VerbView } from '../../app/contract/verbs.ts';
import machines from '../../assets/locales/en/machines.json' with { type: 'json' };
import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

const labelOf = ({ name }: VerbOffer): string => machines.verb[name as keyof typeof machines.verb].label;

test('the menu of a machine is what the controller offers, with its reasons', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'web', 1);
  const verbs: VerbView[] = (await cloud.request('GET', '/v1/verbs')).body.verbs;
  const offers = verbs.flatMap((verb) => verb.offers);
  const row = page.getByRole('row', { name: /web/ });
  const entry = (name: string) => page.getByRole('menuitem', { name, exact: true });
  const openMenu = async () => {
    await row.click({ button: 'right' });
    await expect(entry('Rename')).toBeVisible();
  };

  await test.step('each offer is an entry, possible just where the controller allows it', async () => {
    await expect(row).toContainText('Running');
    await openMenu();
    for (const offer of offers) {
      const { vm } = offer.allowed;
      const isMeant = (vm === null || vm.includes('active') || vm.includes('stopped')) && offer.isFor !== 'locked';
      await expect(entry(labelOf(offer)), offer.name).toHaveCount(isMeant ? 1 : 0);
      if (!isMeant) continue;
      const isPossible = vm?.includes('active') ?? true;
      await expect(entry(labelOf(offer)), offer.name).toHaveAttribute('aria-disabled', String(!isPossible));
    }
    await expect(entry('Start')).toHaveAccessibleDescription('Not while its state is: Running');
    await page.keyboard.press('Escape');
  });

  await test.step('in a low window it scrolls, and its last entry is used', async () => {
    await page.setViewportSize({ width: 1280, height: 480 });
    await row.getByRole('button', { name: 'More actions' }).click();
    const menu = page.getByRole('menu');
    await expect(entry('Delete')).toBeAttached();
    await expect
      .poll(async () => ((await menu.boundingBox())?.y ?? 0) + ((await menu.boundingBox())?.height ?? 0))
      .toBeLessThanOrEqual(480);
    await entry('Delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('a lock takes a reason, and says that it is there', async () => {
    await openMenu();
    await entry('Lock').click();
    const dialog = page.getByRole('dialog', { name: 'Lock web?' });
    await dialog.getByRole('textbox', { name: 'Reason, shown to who tries' }).fill('pays the wages');
    await dialog.getByRole('button', { name: 'Lock' }).click();
    await expect(dialog).toBeHidden();
    const [{ id }] = (await cloud.request('GET', '/compute/v2.1/servers')).body.servers;
    const latest = { 'openstack-api-version': 'compute 2.90' };
    const { server } = (await cloud.request('GET', `/compute/v2.1/servers/${id}`, undefined, latest)).body;
    expect([server.locked, server.locked_reason]).toEqual([true, 'pays the wages']);
    await expect(row.getByRole('img', { name: 'Locked against changes' })).toBeVisible();
    await openMenu();
    await expect(entry('Lock')).toHaveCount(0);
    await entry('Unlock').click();
    await expect(row.getByRole('img', { name: 'Locked against changes' })).toHaveCount(0);
  });

  await test.step('a rebuild says what is lost, and takes a name, a key and a password', async () => {
    await openMenu();
    await entry('Rebuild').click();
    const dialog = page.getByRole('dialog', { name: 'Rebuild web?' });
    await expect(dialog).toContainText('Everything on the disks it has is lost.');
    await expect(dialog.getByRole('combobox', { name: 'Image' })).not.toHaveValue('');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web anew');
    await dialog.getByLabel("Administrator's password").fill('open sesame');
    await picture(page, 'machine-rebuild');
    await dialog.getByRole('button', { name: 'Rebuild' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('row', { name: /web anew/ })).toContainText('Running');
  });

  await test.step('a rescue starts from an image, shows in the list, and is ended', async () => {
    await openMenu();
    await entry('Rescue').click();
    const dialog = page.getByRole('dialog', { name: 'Rescue web anew?' });
    await expect(dialog.getByRole('combobox', { name: 'Start from' })).toHaveValue('The image it was made from');
    await picture(page, 'machine-rescue');
    await dialog.getByRole('button', { name: 'Rescue' }).click();
    await expect(dialog).toBeHidden();
    await expect(row.getByText('Rescue', { exact: true })).toBeVisible();
    await openMenu();
    await expect(entry('Rebuild')).toHaveAccessibleDescription('Not while its state is: Rescue');
    await entry('End rescue').click();
    await page.getByRole('dialog').getByRole('button', { name: 'End rescue' }).click();
    await expect(row).toContainText('Running');
  });

  await test.step('a resize shows what changes and why a size will not do, and waits to be confirmed', async () => {
    await openMenu();
    await entry('Resize').click();
    const dialog = page.getByRole('dialog', { name: 'Resize web anew' });
    await dialog.getByRole('combobox', { name: 'New size' }).click();
    const has = page.getByRole('option', { name: /^m1\.nano/ });
    await expect(has).toContainText('That is the size it has');
    await expect(has).toHaveAttribute('data-combobox-disabled', 'true');
    await page.getByRole('option', { name: /^m1\.tiny/ }).click();
    await expect(dialog.getByRole('row', { name: /Memory/ })).toContainText('128 MiB → 512 MiB');
    await picture(page, 'machine-resize');
    await dialog.getByRole('button', { name: 'Resize' }).click();
    await expect(dialog).toBeHidden();
    await expect(row).toContainText('Resized, to be confirmed');
    await row.getByRole('link', { name: 'web anew' }).click();
    const banner = page.getByRole('status').filter({ hasText: 'Resized to m1.tiny' });
    await picture(page, 'machine-resized');
    await banner.getByRole('button', { name: 'Revert resize' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revert resize' }).click();
    await expect(banner).toBeHidden();
    await expect(page.getByRole('heading', { name: 'web anew' })).toBeVisible();
    await page.goBack();
    await expect(row).toContainText('Running');
  });

  await test.step('the password inside is changed, and shown on the page beside what the guest tells', async () => {
    await openMenu();
    await entry('Change password').click();
    const dialog = page.getByRole('dialog', { name: 'Change the password in web anew?' });
    await picture(page, 'machine-password');
    await dialog.getByLabel('New password').fill('open sesame twice');
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await expect(dialog).toBeHidden();
    await row.getByRole('link', { name: 'web anew' }).click();
    await expect(page.getByText('open sesame twice')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Guest' })).toContainText('Answers, version 1.0');
    await picture(page, 'machine-guest');
    await page.goBack();
  });

  await test.step('a crash dump is asked for after a question, and stands in the history', async () => {
    await openMenu();
    await entry('Crash dump').click();
    const dialog = page.getByRole('dialog', { name: 'Have web anew write a crash dump?' });
    await dialog.getByRole('button', { name: 'Crash dump' }).click();
    await row.getByRole('link', { name: 'web anew' }).click();
    await page.getByRole('tab', { name: 'History' }).click();
    await expect(page.getByRole('button', { name: /^Done.*Crash dump|Crash dump/ }).first()).toBeVisible();
    await page.getByRole('tab', { name: 'Log' }).click();
    await expect(page.getByText('NMI received')).toBeVisible();
  });
});

test('a snapshot is named, begins, and leads to its image; a machine is shelved and comes back', async ({
  signedIn: page,
  cloud,
}) => {
  await launchMany(cloud, 'shop', 1);
  const row = page.getByRole('row', { name: /shop/ });
  const choose = async (name: string) => {
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await expect(row).toContainText('Running');

  await test.step('it cannot be without a name', async () => {
    await choose('Take a snapshot');
    const dialog = page.getByRole('dialog', { name: 'Take a snapshot of shop?' });
    const name = dialog.getByRole('textbox', { name: 'Name of the image' });
    await expect(name).toHaveValue(/^shop \d{4}-\d{2}-\d{2}$/);
    await name.fill('');
    await dialog.getByRole('button', { name: 'Take a snapshot' }).click();
    await expect(dialog.getByText('Say something here')).toBeVisible();
    await name.fill('{machine} before the update');
    await picture(page, 'machine-snapshot');
    await dialog.getByRole('button', { name: 'Take a snapshot' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('there is a way to the image', async () => {
    await page.getByRole('button', { name: 'Show the image' }).click();
    await expect(page.getByRole('heading', { name: 'shop before the update' })).toBeVisible();
    await page.getByRole('link', { name: 'Machines' }).first().click();
  });

  await test.step('a backup asks for its kind and how many stay', async () => {
    await choose('Back up');
    const dialog = page.getByRole('dialog', { name: 'Back up shop?' });
    await dialog.getByRole('textbox', { name: 'Kind of backup' }).fill('daily');
    await expect(dialog.getByRole('textbox', { name: 'How many stay' })).toHaveValue('7');
    await picture(page, 'machine-backup');
    await dialog.getByRole('button', { name: 'Back up' }).click();
    await expect(dialog).toBeHidden();
    await expect(async () => {
      const { images } = (await cloud.request('GET', '/image/v2/images?image_type=backup')).body;
      expect(images).toMatchObject([{ status: 'active', backup_type: 'daily' }]);
    }).toPass();
  });

  await test.step('shelved, it says so and offers nothing but to come back', async () => {
    await choose('Shelve');
    await page.getByRole('dialog', { name: 'Shelve shop?' }).getByRole('button', { name: 'Shelve' }).click();
    await expect(row).toContainText('Shelved, off its host');
    await picture(page, 'machine-shelved');
    await row.click({ button: 'right' });
    await expect(page.getByRole('menuitem', { name: 'Start', exact: true })).toHaveAccessibleDescription(
      'Not while its state is: Shelved, off its host',
    );
    await page.getByRole('menuitem', { name: 'Unshelve', exact: true }).click();
    await expect(row).toContainText('Running');
  });
});
