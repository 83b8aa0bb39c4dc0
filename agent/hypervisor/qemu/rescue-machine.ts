import type { MachineRescue } from '../../../app/contract/machine-orders.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import { placeNics } from '../devices/placement.ts';
import { placeRescue } from '../devices/rescue-placement.ts';
import type { OrderContext } from '../driver.ts';
import { buildConfigDrive, createDisks, fetchImage, type Preparation } from './prepare-machine.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { freshNames, replaceDisks } from './replace-disks.ts';

/** Puts a machine's disks aside and gives it those of a rescue. It is off when this returns. */
export async function rescueMachine(
  preparation: Omit<Preparation, 'record' | 'spec' | 'files'>,
  machine: QemuMachine,
  rescue: MachineRescue,
): Promise<void> {
  const { record, files } = machine;
  const { image, configDrive } = rescue;
  const own = record.own ?? record.devices;
  const placed = placeRescue(record.hardware, own, rescue);
  const drive = configDrive === null ? null : buildConfigDrive(configDrive, placed, record.spec.ports);
  const spec = { ...record.spec, image, rootDiskGib: 0 };
  const basePath = await fetchImage({ ...preparation, spec });
  const fresh = freshNames(record);
  const isOwn = ({ id, role }: MachineDisk) => id !== 'rescue' && role !== 'config-drive';
  const disks = placed.disks.map((disk) => (isOwn(disk) || !disk.file ? disk : { ...disk, file: fresh(disk.file) }));
  const made = disks.filter((disk) => disk.file !== null && !isOwn(disk));
  const checked = { rootBytes: image.virtualSize, configDrive: drive };
  const replacement = {
    record: { ...record, devices: { ...placed, disks }, own },
    made,
    make: () => createDisks({ ...preparation, files, spec }, checked, basePath, made),
    whenOff: async () => undefined,
  };
  await replaceDisks(machine, replacement, preparation.order);
}

/** Gives a machine its own disks back, and removes those of the rescue. */
export async function unrescueMachine(machine: QemuMachine, order: OrderContext): Promise<void> {
  const { record } = machine;
  if (record.own === null) return;
  // Ports may have come and gone meanwhile.
  const devices = placeNics(record.hardware, record.own, record.spec.ports);
  const nothing = async () => undefined;
  const replacement = { record: { ...record, devices, own: null }, made: [], make: nothing, whenOff: nothing };
  await replaceDisks(machine, replacement, order);
}
