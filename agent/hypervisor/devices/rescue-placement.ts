import type { MachineRescue } from '../../../app/contract/machine-orders.ts';
import type { Hardware } from './hardware-choice.ts';
import type { MachineDevices } from './machine-devices.ts';
import { fileOfDisk, onBoard, placeDisk } from './placement.ts';

/**
 * The devices of a machine that starts from another image than its own. Stable: the image comes behind all that the machine
 * has, which stays where it is. Else it takes the first place, and of the machine's own disks only the root disk follows.
 * Nothing but the image boots.
 */
export function placeRescue(hardware: Hardware, own: MachineDevices, rescue: MachineRescue): MachineDevices {
  const { image, device, configDrive } = rescue;
  const role = device === 'cdrom' ? 'cdrom' : 'rescue';
  const source = { kind: 'image', image } as const;
  const id = 'rescue';
  const disk = { id, role, source, file: fileOfDisk({ id, role }), bootIndex: 1, serial: null } as const;
  const bus = rescue.bus === null ? undefined : onBoard(hardware, rescue.bus, 'hw_rescue_bus');
  const withImage = (devices: MachineDevices) => placeDisk(hardware, devices, disk, bus);
  const kept = own.disks
    .filter((one) => one.role !== 'config-drive' || configDrive !== null)
    .map((one) => ({ ...one, bootIndex: null }));
  if (rescue.isStable) return withImage({ ...own, disks: kept });
  return kept
    .filter((one) => one.role === 'root' || one.role === 'config-drive')
    .reduce((devices, one) => placeDisk(hardware, devices, one), withImage({ ...own, disks: [] }));
}
