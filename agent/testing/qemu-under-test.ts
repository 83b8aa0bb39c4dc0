import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineImage } from '../../app/contract/machine.ts';
import { machineFiles } from '../hypervisor/qemu/machine-files.ts';
import { QemuDriver } from '../hypervisor/qemu/qemu.driver.ts';
import { runtimeFolderPath } from '../hypervisor/qemu/runtime-folder.ts';
import { NetworkIsolation } from '../network/isolation/network-isolation.ts';
import { findPastaProcesses } from '../network/isolation/pasta.ts';
import { findRelays } from '../network/metadata/metadata-relay.ts';
import type { Ask } from '../network/metadata/metadata-server.ts';
import { UserNetworkDriver } from '../network/user/user-network.driver.ts';
import { findProcessByArgument } from '../process-identity.ts';
import { FakeController } from './fake-controller.ts';
import { findGuestImage, GUEST_VIRTUAL_SIZE } from './guest-image.ts';
import { listNames } from './list-names.ts';
import { silentLog } from './silent-log.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { describeImage } from './test-machine.ts';

/** What the small Linux writes to its serial line once somebody can log in. */
export const GUEST_GREETING = 'login: ';

/** A guest's question, told back to it with the machine that its host takes it for. */
export const askMetadata: Ask = async (machineId, question) => ({
  status: 200,
  type: 'application/json',
  body: Buffer.from(JSON.stringify({ machineId, ...question })).toString('base64'),
});

/** A QEMU driver on a folder of its own, with images to start machines from. */
export async function setUpQemu(agentFolder?: string) {
  const temporary = await makeTemporaryFolder();
  const controller = new FakeController(temporary.path);
  await controller.open();
  const folder = agentFolder ?? join(temporary.path, 'agent');
  const guestImage = await storeGuestImage(controller);
  const blankImage = await storeBlankImage(controller, temporary.path);
  return {
    folder,
    controller,
    guestImage,
    blankImage,
    makeDriver: (
      path = folder,
      isolation = new NetworkIsolation({ folder: path, log: silentLog, askMetadata }),
      unplugPatienceMs?: number,
    ) =>
      new QemuDriver({
        folder: path,
        imageSource: { locate: async () => ({ url: controller.url, secret: controller.secret }) },
        networkDrivers: [new UserNetworkDriver()],
        isolation,
        log: silentLog,
        unplugPatienceMs,
      }),
    findTraces: (id: string) => findTraces(folder, id),
    async close() {
      await controller.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

export async function storeGuestImage(controller: FakeController): Promise<MachineImage> {
  const path = await findGuestImage();
  const image = await describeImage(path, 'qcow2', GUEST_VIRTUAL_SIZE);
  controller.images.set(image.id, path);
  return image;
}

/** A disk without anything on it: its machine stays in the firmware, which starts at once and hears no button. */
export async function storeBlankImage(controller: FakeController, folder: string): Promise<MachineImage> {
  const path = join(folder, 'blank.raw');
  await writeFile(path, '');
  await truncate(path, 1024 * 1024);
  const image = await describeImage(path, 'raw', 1024 * 1024);
  controller.images.set(image.id, path);
  return image;
}

/** Everything on this host that belongs to the machine. */
export async function findTraces(folder: string, id: string): Promise<string[]> {
  const runtime = runtimeFolderPath(folder, process.getuid?.() ?? 0);
  const machines = join(folder, 'machines');
  const found = [...(await listNames(machines)), ...(await listNames(runtime))].filter((name) => name.startsWith(id));
  const qemu = await findProcessByArgument(machineFiles(machines, runtime, id).pid);
  const helpers = [...(await findPastaProcesses()), ...(await findRelays())];
  const pasta = helpers.filter(({ machineId }) => machineId === id);
  const processes = [qemu, ...pasta.map(({ identity }) => identity)].filter((process) => process !== null);
  return [...found, ...processes.map(({ pid }) => `process ${pid}`)];
}
