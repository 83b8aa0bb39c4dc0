import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineDevices, MachineDisk } from '../devices/machine-devices.ts';
import { checkSpec, createDisks, fetchImage, type Preparation } from './prepare-machine.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** Of a disk that took the place of another; those a machine is made with have no number. */
const NUMBERED = /^[a-z-]+\.(\d+)\.(?:qcow2|raw|iso)$/;

/**
 * Gives a machine another image, and with it new disks: they are made beside those it has, so that it runs on until all
 * is there, and is whole at any moment. It is off when this returns. The record says which files are its disks, and which
 * may go: {@link removeOtherFiles} finds what a crash leaves.
 */
export async function rebuildMachine(
  preparation: Preparation,
  machine: QemuMachine,
  keepsEphemeral: boolean,
): Promise<void> {
  const { order, files } = preparation;
  const checked = await checkSpec(preparation.spec);
  const basePath = await fetchImage(preparation);
  await removeOtherFiles(machine);
  const { devices, made } = renewed(preparation.record.devices, machine.record.devices, keepsEphemeral);
  await machine.note({ ...machine.record, otherFiles: made.flatMap(filesOf) });
  order.progress({ stage: 'disk', done: 0, total: made.length, unit: 'items' });
  try {
    await createDisks(preparation, checked, basePath, made);
    await order.confirm();
  } catch (error) {
    await removeOtherFiles(machine);
    throw error;
  }
  const disks = new Set(devices.disks.flatMap(filesOf));
  const otherFiles = machine.record.devices.disks.flatMap(filesOf).filter((file) => !disks.has(file));
  await machine.become({ ...preparation.record, devices, otherFiles }, order, async () => {
    if (checked.firmware === null) return;
    // Whole or not at all: it is read as it lies there.
    const partial = `${files.firmwareVariables}.partial`;
    await copyFile(checked.firmware.variables, partial);
    await rename(partial, files.firmwareVariables);
  });
  await removeOtherFiles(machine);
}

/** Removes what was made to become a machine's disks, or has been one, and is none. */
export async function removeOtherFiles(machine: QemuMachine): Promise<void> {
  const { otherFiles } = machine.record;
  if (otherFiles.length === 0) return;
  await Promise.all(otherFiles.map((file) => rm(join(machine.files.folder, file), { force: true })));
  await machine.note({ ...machine.record, otherFiles: [] });
}

/** The devices with names for their files that those of before do not have; and the disks that are to be made. */
function renewed(
  devices: MachineDevices,
  before: MachineDevices,
  keepsEphemeral: boolean,
): { devices: MachineDevices; made: MachineDisk[] } {
  const numbers = before.disks.map(({ file }) => Number(NUMBERED.exec(file ?? '')?.[1] ?? 1));
  const next = Math.max(1, ...numbers) + 1;
  const kept = (disk: MachineDisk) =>
    keepsEphemeral && disk.role === 'ephemeral' ? before.disks.find(({ id }) => id === disk.id) : undefined;
  const disks = devices.disks.map((disk) => {
    return { ...disk, file: kept(disk)?.file ?? disk.file?.replace('.', `.${next}.`) ?? null };
  });
  return { devices: { ...devices, disks }, made: disks.filter((disk) => disk.file !== null && !kept(disk)) };
}

function filesOf({ file }: MachineDisk): string[] {
  return file === null ? [] : [file];
}
