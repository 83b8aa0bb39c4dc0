import { UserError } from '../../../app/contract/errors.ts';
import { type AttachedDisk, type DiskToAttach, serialOf } from '../attached-disks.ts';
import type { Disks, MachineState } from '../driver.ts';

export interface DiskOwner {
  state: MachineState;
  isRescued: boolean;
  attached: Map<string, Omit<AttachedDisk, 'isThere'>>;
}

/** Disks of machines in memory: they come and go at once. */
export function simulatedDisks(find: (id: string) => DiskOwner): Disks {
  const told = ({ state }: DiskOwner, disk: Omit<AttachedDisk, 'isThere'>): AttachedDisk => {
    return { ...disk, isThere: state.powerState === 'RUNNING' || state.powerState === 'PAUSED' };
  };
  const findChangeable = (id: string): DiskOwner => {
    const machine = find(id);
    const state = machine.isRescued ? 'rescued' : machine.state.powerState;
    if (state !== 'rescued' && state !== 'SUSPENDED') return machine;
    throw new UserError('conflict', `The machine is ${state}: its disks cannot change now.`);
  };
  return {
    list: async (id) => {
      const machine = find(id);
      return [...machine.attached.values()].map((disk) => told(machine, disk));
    },
    attach: async ({ id, disk }: { id: string; disk: DiskToAttach }, order) => {
      const machine = findChangeable(id);
      await order.confirm();
      const { key, bus } = disk;
      const attached = machine.attached.get(key) ?? { key, bus: bus ?? 'virtio', serial: serialOf(disk) };
      machine.attached.set(key, attached);
      return told(machine, attached);
    },
    detach: async ({ id, key }, order) => {
      if (!find(id).attached.has(key)) return;
      const machine = findChangeable(id);
      await order.confirm();
      machine.attached.delete(key);
    },
  };
}
