import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GuestSession } from '../../testing/guest-session.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { isTaken } from './guest-check.ts';
import type { QemuDriver } from './qemu.driver.ts';

const MIB = 1024 ** 2;
let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;
const spec = () => makeSpec(host.guestImage);
/** One for all that is asked of a guest that runs. */
let machine: ReturnType<typeof spec>;
let id: string;
let guest: GuestSession;

beforeAll(async () => {
  host = await setUpQemu();
  driver = host.makeDriver();
  await driver.open();
  machine = spec();
  ({ id } = await spawnOn(driver, machine));
});
afterAll(async () => {
  guest?.close();
  for (const each of driver.list()) {
    await driver.orders.destroy({ id: each.id }, plainOrder());
    expect(await host.findTraces(each.id)).toEqual([]);
  }
  await driver.close();
  await host.close();
});

const tcp = (port: number) => driver.checkGuest(id, { kind: 'tcp', port });
const http = (path: string, status: number | null = null) =>
  driver.checkGuest(id, { kind: 'http', port: 8080, path, status });

test('a guest is well when it takes a connection, which nobody else can open to it', async () => {
  // It has not booted: whoever connects is taken by QEMU, and by nobody behind it.
  expect(await tcp(22)).toMatch(/does not answer|Nothing listens/);
  guest = new GuestSession(await driver.openConsole(id, 'serial'));
  await guest.logIn();
  expect(await tcp(5432)).toBe('Nothing listens at its port 5432.');
  // Takes connections and never says a word, as a database waits for its client.
  await guest.run('(while :; do sleep 1000 | nc -l -p 5432 >/dev/null; done) >/dev/null 2>&1 & true');
  await expect.poll(() => tcp(5432)).toBeNull();
  expect(await tcp(5433)).toBe('Nothing listens at its port 5433.');
});

test('a guest that answers by HTTP is well by its status', async () => {
  expect(await http('/')).toMatch(/does not answer as HTTP/);
  await guest.run('mkdir /tmp/www; echo yes > /tmp/www/ok; busybox httpd -p 8080 -h /tmp/www');
  await expect.poll(() => http('/ok')).toBeNull();
  expect(await http('/gone')).toBe('It answers 404 for /gone.');
  expect(await http('/gone', 404)).toBeNull();
  expect(await http('/ok', 204)).toBe('It answers 200 for /ok.');
});

test('what a guest does is counted, and it says itself what memory it has left', async () => {
  const told = async () => {
    const [statistics] = await driver.statistics();
    if (!statistics) throw new Error('nothing is told of a machine that runs');
    return statistics;
  };
  const before = await told();
  await guest.run(
    'dd if=/dev/zero of=/data/zeros bs=1M count=8; sync; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done',
  );
  const after = await told();
  expect(after.id).toBe(id);
  expect(after.disk.writtenBytes - before.disk.writtenBytes).toBeGreaterThanOrEqual(8 * MIB);
  expect((after.cpuNanoseconds ?? 0) - (before.cpuNanoseconds ?? 0)).toBeGreaterThan(10_000_000);
  expect(after.memory.residentBytes).toBeGreaterThan(16 * MIB);
  // The guest is asked from the first look on.
  const memory = await vi.waitFor(async () => {
    const { guest } = (await told()).memory;
    if (guest === null) throw new Error('the guest has not told of its memory');
    return guest;
  }, 50_000);
  expect(memory.totalBytes).toBeLessThanOrEqual(machine.memoryMib * MIB);
  expect(memory.availableBytes).toBeLessThan(memory.totalBytes);
});

test('one that is paused is told of, too', async () => {
  const [paused, other] = [spec(), machine];
  await spawnOn(driver, paused);
  await driver.orders.pause({ id: paused.id }, plainOrder());
  expect((await driver.statistics()).map(({ id }) => id).toSorted()).toEqual([paused.id, other.id].toSorted());
});

test('what floods is not read, and a machine that is off is asked nothing', async () => {
  await guest.run('(while :; do yes | tr -d "\\n" | nc -l -p 8081; done) >/dev/null 2>&1 & true');
  await expect.poll(() => tcp(8081)).toBeNull();
  const flooding = { kind: 'http', port: 8081, path: '/', status: null } as const;
  expect(await driver.checkGuest(id, flooding)).toBe('Its port 8081 does not answer as HTTP does.');
  await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  expect(await tcp(22)).toBe('It is off.');
});

test('what QEMU says of its connections is understood', () => {
  const printed = [
    'Hub -1 (net0):',
    '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
    '  TCP[HOST_FORWARD]  12       127.0.0.1 20001      10.20.0.57  5432     0     0',
    '  TCP[SYN_SENT]      14       127.0.0.1 20001      10.20.0.57  5432     0     0',
    '  TCP[ESTABLISHED]   15       127.0.0.1 20002      10.20.0.57    22     0     0',
  ].join('\r\n');
  expect([isTaken(printed, 20_001), isTaken(printed, 20_002), isTaken(printed, 2002)]).toEqual([false, true, false]);
});
