import type { ServerStatistics, StatisticsPoint } from '../../app/contract/machine-statistics.ts';
import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

const MIB = 1024 ** 2;

/** An hour of a machine that was off for a while. */
function anHour(): StatisticsPoint[] {
  const now = Date.now();
  return Array.from({ length: 180 }, (_, index) => {
    const wave = (Math.sin(index / 9) + 1) / 2;
    const isOff = index > 60 && index < 75;
    const of = (value: number) => (isOff ? null : value);
    return {
      at: now - (179 - index) * 20_000,
      cpu: of(index === 179 ? 0.5 : 0.2 + 1.2 * wave ** 3),
      memoryBytes: of((180 + 40 * wave) * MIB),
      isGuestMemory: true,
      diskRead: of(wave * 3 * MIB),
      diskWritten: of(wave ** 2 * 9 * MIB),
      received: of(index === 179 ? 2 * MIB : wave * MIB),
      sent: of(wave * 0.4 * MIB),
    };
  });
}

test('what a machine uses is drawn, and told where there is nothing yet', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'busy', 1);
  await page.getByRole('link', { name: 'busy' }).click();
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing measured yet' })).toBeVisible();
  await picture(page, 'machine-statistics-none');

  await page.route('**/v1/servers/*/statistics', async (route) => {
    const told: ServerStatistics = await (await route.fetch()).json();
    await route.fulfill({ json: { ...told, vcpus: 2, memoryBytes: 512 * MIB, points: anHour() } });
  });
  await page.reload();
  const chart = (name: string) => page.getByRole('figure', { name: new RegExp(`^${name}`) });
  await expect(chart('Processor')).toHaveAccessibleName('Processor: of 2 vCPUs 25%');
  await expect(chart('Memory')).toHaveAccessibleName(/in use in the guest 1\d\d MiB|in use in the guest 2\d\d MiB/);
  await expect(chart('Network')).toHaveAccessibleName(/received 2 MiB\/s, sent/);
  await picture(page, 'machine-statistics');

  await test.step('under the pointer it says what was then', async () => {
    const plot = chart('Processor').locator('.u-over');
    // It takes its new size a moment after the window has.
    await expect(async () => {
      const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
      await plot.hover({ position: { x: width * (67 / 180), y: height / 2 } });
      await expect(chart('Processor')).toHaveAccessibleName('Processor: of 2 vCPUs –', { timeout: 1000 });
    }).toPass();
    await page.mouse.move(0, 0);
    await expect(chart('Processor')).toHaveAccessibleName('Processor: of 2 vCPUs 25%');
  });
});
