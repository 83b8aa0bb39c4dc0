import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { once } from '../../../app/contract/testing/waiting.ts';
import { testDisksContract } from '../../testing/disk-contract.ts';
import { testDriverContract } from '../../testing/driver-contract.ts';
import { FakeController } from '../../testing/fake-controller.ts';
import { testGuestAgentContract } from '../../testing/guest-agent-contract.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { makeSpec, PRETENDED_IMAGE, spawnOn } from '../../testing/test-machine.ts';
import { SimulatedDriver } from './simulated.driver.ts';
import { SCREEN } from './simulated-screen.ts';
import { SimulatedVncServer } from './simulated-vnc-server.ts';

testDriverContract('simulated', async () => {
  const folder = await makeTemporaryFolder();
  const controller = new FakeController(folder.path);
  await controller.open();
  const imageTarget = { locate: async () => ({ url: controller.url, secret: controller.secret }) };
  const driver = new SimulatedDriver({ ignoresPowerButton: 'deaf', imageTarget });
  return {
    driver,
    makeSpec: (change) => makeSpec(PRETENDED_IMAGE, change),
    makeDeafSpec: () => makeSpec(PRETENDED_IMAGE, { name: 'deaf' }),
    async kill(id) {
      driver.happen(id, { powerState: 'SHUTDOWN', reason: 'killed', message: 'It was killed.' });
    },
    findTraces: async () => [],
    noticed: 'NMI received',
    greeting: 'simulated login: ',
    sentImage: (id) => controller.sentImage(id),
    async close() {
      await driver.close();
      await controller.close();
      await folder[Symbol.asyncDispose]();
    },
  };
});

describe('guests', () => {
  const driver = new SimulatedDriver({});
  const spec = makeSpec(PRETENDED_IMAGE);
  beforeAll(() => spawnOn(driver, spec));
  testGuestAgentContract('simulated', () => ({ driver, spec }));
});

testDisksContract('simulated', async () => {
  const folder = await makeTemporaryFolder();
  const file = join(folder.path, 'disk.raw');
  await writeFile(file, '');
  const driver = new SimulatedDriver({});
  const { id } = await spawnOn(driver, makeSpec(PRETENDED_IMAGE));
  const close = async () => {
    await driver.close();
    await folder[Symbol.asyncDispose]();
  };
  return { driver, id, file, close };
});

describe('failures', () => {
  test('only of the machines and as often as asked for', async () => {
    const driver = new SimulatedDriver({ failures: [{ verb: 'spawn', nameIncludes: 'unlucky', times: 2 }] });
    const lucky = makeSpec(PRETENDED_IMAGE, { name: 'lucky' });
    const unlucky = makeSpec(PRETENDED_IMAGE, { name: 'very unlucky' });
    await spawnOn(driver, lucky);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(spawnOn(driver, unlucky)).rejects.toMatchObject({ code: 'hypervisor_failed' });
      expect(driver.status(unlucky.id)).toBeNull();
    }
    expect(await spawnOn(driver, unlucky)).toMatchObject({ powerState: 'RUNNING' });
  });
});

test('the VNC server speaks RFB 3.8 to a whole screen', async () => {
  const server = new SimulatedVncServer('00000000-0000-4000-8000-000000000000');
  const say = async (bytes: number[] | string) => {
    server.write(Buffer.from(bytes as string));
    const [chunk]: Buffer[] = await once(server, 'data');
    return chunk ?? Buffer.alloc(0);
  };
  expect(String((await once(server, 'data'))[0])).toBe('RFB 003.008\n');
  expect([...(await say('RFB 003.008\n'))]).toEqual([1, 1]);
  expect([...(await say([1]))]).toEqual([0, 0, 0, 0]);
  const init = await say([1]);
  expect([init.readUInt16BE(0), init.readUInt16BE(2), init.toString('latin1', 24)]).toEqual([
    SCREEN.width,
    SCREEN.height,
    'cumulet-00000000-0000-4000-8000-000000000000',
  ]);
  // SetEncodings (raw), then FramebufferUpdateRequest of everything, in one piece.
  const update = await say([2, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 2, 128, 1, 144]);
  expect(update.length).toBe(16 + SCREEN.width * SCREEN.height * 4);
  // A message no client may send ends the connection.
  const closed = once(server, 'close');
  server.write(Buffer.from([99]));
  await closed;
});
