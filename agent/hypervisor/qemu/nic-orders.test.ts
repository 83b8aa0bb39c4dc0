import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { once } from '../../../app/contract/testing/waiting.ts';
import { type IsolationProof, NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { furtherPort } from '../../testing/nic-contract.ts';
import { askMetadata, setUpQemu } from '../../testing/qemu-under-test.ts';
import { silentLog } from '../../testing/silent-log.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import type { QemuDriver } from './qemu.driver.ts';

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;

beforeAll(async () => {
  host = await setUpQemu();
});
afterEach(async () => {
  for (const { id } of driver.list()) await driver.orders.destroy({ id }, plainOrder());
  await driver.close();
});
afterAll(() => host.close());

async function open(options: { isolation?: NetworkIsolation; patienceMs?: number } = {}): Promise<void> {
  driver = host.makeDriver(undefined, options.isolation, options.patienceMs);
  await driver.open();
}

/** What answers at a port of the host. */
async function banner(port: number | undefined): Promise<string> {
  const socket = connect(port ?? 0, '127.0.0.1');
  const [chunk]: Buffer[] = await once(socket, 'data');
  socket.destroy();
  return String(chunk);
}

/** Waits in the guest until the command succeeds. */
const until = (command: string) => `until ${command}; do sleep 0.1; done`;

test('a guest without a card gets one, reaches its network and is reached; it keeps it with its memory and lets go of it', async () => {
  await open();
  const spec = makeSpec(host.guestImage, { ports: [] });
  const { id } = spec;
  await spawnOn(driver, spec);
  const guest = new GuestSession(await driver.openConsole(id, 'serial'));
  await guest.logIn();
  expect(await guest.run('ls /sys/class/net')).not.toContain('eth0');
  const port = { ...furtherPort(1), mtu: 1400 };
  const { forwards, nics } = await driver.orders.plugNic({ id, port }, plainOrder());
  await guest.run(until('[ -e /sys/class/net/eth0 ]'));
  const seen = await guest.run('readlink -f /sys/class/net/eth0/device; cat /sys/class/net/eth0/address');
  expect(seen).toContain(port.mac);
  // The place it was said to have.
  expect(seen).toContain(`/${nics?.[0]?.address}/`);
  // It asks for its address by itself.
  await guest.run(until('ip addr show eth0 | grep -q 10.30.1.57/24'));
  expect(await guest.run('cat /sys/class/net/eth0/mtu')).toContain('1400');
  expect(await banner(forwards[0]?.hostPort)).toMatch(/^SSH-2\.0-/);

  await driver.orders.suspend({ id }, plainOrder());
  const resumed = await driver.orders.resume({ id }, plainOrder());
  expect(resumed.nics).toEqual(nics);
  const again = new GuestSession(await driver.openConsole(id, 'serial'));
  expect(await again.run('cat /sys/class/net/eth0/address')).toContain(port.mac);
  expect(await banner(resumed.forwards[0]?.hostPort)).toMatch(/^SSH-2\.0-/);

  expect(await driver.orders.unplugNic({ id, port: port.id }, plainOrder())).toMatchObject({ nics: [], forwards: [] });
  expect(await again.run(`${until('[ ! -e /sys/class/net/eth0 ]')}; ls /sys/class/net`)).not.toMatch(/eth0\r/);
  guest.close();
  again.close();
});

test('a guest that knows nothing of cards keeps it without a network, and starts without it', async () => {
  await open({ patienceMs: 200 });
  const [first, second] = [furtherPort(1), furtherPort(2)];
  const spec = makeSpec(host.blankImage, { ports: [first, second] });
  const { id } = spec;
  await spawnOn(driver, spec);
  const held = await driver.orders.unplugNic({ id, port: first.id }, plainOrder());
  expect(held).toMatchObject({ forwards: [], nics: [{ port: first.id, pending: 'unplug' }, { pending: null }] });
  // The same again waits again, and no agent of later forgets it.
  expect((await driver.orders.unplugNic({ id, port: first.id }, plainOrder())).nics).toEqual(held.nics);
  await driver.close();
  await open();
  expect(driver.status(id)?.nics).toEqual(held.nics);
  const restarted = await driver.orders.reboot({ id, type: 'hard', timeoutSeconds: 0 }, plainOrder());
  expect(restarted.nics).toMatchObject([{ port: second.id, pending: null }]);
  // People reach it by the card that is its first now.
  expect(restarted.forwards).toHaveLength(1);
});

test('into a machine that is open to its host no network comes while it runs', async () => {
  class Refused extends NetworkIsolation {
    override prove(): Promise<IsolationProof> {
      return Promise.resolve({ reason: 'forbidden here', metadataReason: 'forbidden here', missing: [] });
    }
  }
  await open({ isolation: new Refused({ folder: host.folder, log: silentLog, askMetadata }) });
  const spec = makeSpec(host.blankImage);
  const { id } = spec;
  await spawnOn(driver, spec);
  await driver.close();
  await open();
  const port = furtherPort(1);
  const { nics } = await driver.orders.plugNic({ id, port }, plainOrder());
  expect(nics).toMatchObject([{ pending: null }, { port: port.id, pending: 'plug' }]);
  const restarted = await driver.orders.reboot({ id, type: 'hard', timeoutSeconds: 0 }, plainOrder());
  expect(restarted.nics).toMatchObject([{ pending: null }, { port: port.id, pending: null }]);
});
