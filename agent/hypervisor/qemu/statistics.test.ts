import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { GuestSession } from '../../testing/guest-session.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import type { QemuDriver } from './qemu.driver.ts';

const MIB = 1024 ** 2;
let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;

beforeAll(async () => {
  host = await setUpQemu();
  driver = host.makeDriver();
  await driver.open();
});
afterEach(async () => {
  for (const { id } of driver.list()) await driver.orders.destroy({ id }, plainOrder());
});
afterAll(async () => {
  await driver.close();
  await host.close();
});

test('what a guest does is counted, and it says itself what memory it has left', async () => {
  const spec = makeSpec(host.guestImage);
  const { id } = await spawnOn(driver, spec);
  const session = new GuestSession(await driver.openConsole(id, 'serial'));
  await session.logIn();
  const told = async () => {
    const [statistics] = await driver.statistics();
    if (!statistics) throw new Error('nothing is told of a machine that runs');
    return statistics;
  };
  const before = await told();
  await session.run(
    'dd if=/dev/zero of=/data/zeros bs=1M count=8; sync; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done',
  );
  const after = await told();
  expect(after.id).toBe(spec.id);
  expect(after.disk.writtenBytes - before.disk.writtenBytes).toBeGreaterThanOrEqual(8 * MIB);
  expect((after.cpuNanoseconds ?? 0) - (before.cpuNanoseconds ?? 0)).toBeGreaterThan(10_000_000);
  expect(after.memory.residentBytes).toBeGreaterThan(16 * MIB);
  // The guest is asked from the first look on.
  const memory = await vi.waitFor(async () => {
    const { guest } = (await told()).memory;
    if (guest === null) throw new Error('the guest has not told of its memory');
    return guest;
  }, 50_000);
  expect(memory.totalBytes).toBeLessThanOrEqual(spec.memoryMib * MIB);
  expect(memory.availableBytes).toBeLessThan(memory.totalBytes);
  session.close();
});

test('one that is paused is told of, too', async () => {
  const [paused, other] = [makeSpec(host.guestImage), makeSpec(host.guestImage)];
  await spawnOn(driver, paused);
  await spawnOn(driver, other);
  await driver.orders.pause({ id: paused.id }, plainOrder());
  expect((await driver.statistics()).map(({ id }) => id).toSorted()).toEqual([paused.id, other.id].toSorted());
});
