import { copyFile, rename } from 'node:fs/promises';
import type { MachineDisk } from '../devices/machine-devices.ts';
import { withAttached } from '../devices/placement.ts';
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
  const checked = await checkSpec(preparation.spec, preparation.record);
  const basePath = await fetchImage(preparation);
  // One that is rescued has its disks put aside.
  const before = machine.record.own ?? machine.record.devices;
  const isKept = ({ role }: MachineDisk) => role === 'attached' || (keepsEphemeral && role === 'ephemeral');
  const kept = (disk: MachineDisk) => (isKept(disk) ? before.disks.find(({ id }) => id === disk.id) : undefined);
  const attached = before.disks.filter(({ role }) => role === 'attached');
  const devices = withAttached(preparation.record.hardware, preparation.record.devices, attached);
  const fresh = freshNames(machine.record);
  const disks = devices.disks.map((disk) => {
    const { file, over } = kept(disk) ?? { file: disk.file && fresh(disk.file) };
    // What was written before a resize that nobody confirmed lies below.
    return { ...disk, file, ...(over !== undefined && { over }) };
  });
  const made = disks.filter((disk) => disk.file !== null && !kept(disk));
  const replacement = {
    record: { ...preparation.record, devices: { ...devices, disks } },
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
