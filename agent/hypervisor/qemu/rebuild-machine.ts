import { copyFile, rename } from 'node:fs/promises';
import type { MachineDisk } from '../devices/machine-devices.ts';
import { checkSpec, createDisks, fetchImage, type Preparation } from './prepare-machine.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { freshNames, replaceDisks } from './replace-disks.ts';

/** Gives a machine another image, and with it new disks. It is off when this returns. */
export async function rebuildMachine(
  preparation: Preparation,
  machine: QemuMachine,
  keepsEphemeral: boolean,
): Promise<void> {
  const { order, files } = preparation;
  const checked = await checkSpec(preparation.spec);
  const basePath = await fetchImage(preparation);
  // One that is rescued has its disks put aside.
  const before = machine.record.own ?? machine.record.devices;
  const kept = ({ id, role }: MachineDisk) =>
    keepsEphemeral && role === 'ephemeral' ? before.disks.find((disk) => disk.id === id) : undefined;
  const fresh = freshNames(machine.record);
  const disks = preparation.record.devices.disks.map((disk) => {
    return { ...disk, file: kept(disk)?.file ?? (disk.file && fresh(disk.file)) };
  });
  const made = disks.filter((disk) => disk.file !== null && !kept(disk));
  const replacement = {
    record: { ...preparation.record, devices: { ...preparation.record.devices, disks } },
    made,
    make: () => createDisks(preparation, checked, basePath, made),
    whenOff: async () => {
      if (checked.firmware === null) return;
      // Whole or not at all: it is read as it lies there.
      const partial = `${files.firmwareVariables}.partial`;
      await copyFile(checked.firmware.variables, partial);
      await rename(partial, files.firmwareVariables);
    },
  };
  await replaceDisks(machine, replacement, order);
}
