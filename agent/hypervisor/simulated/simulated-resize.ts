import { UserError } from '../../../app/contract/errors.ts';
import type { MachineSizes, MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineOrderName } from '../../../app/contract/machine-orders.ts';
import type { MachineState, OrderContext, OrderHandlers } from '../driver.ts';

export interface ResizableMachine {
  spec: MachineSpec;
  state: MachineState;
  /** The last resize; it can be reverted while there is a `before`. */
  resize?: { migration: string; before: MachineSizes | null };
}

interface ResizeParts {
  find(id: string): ResizableMachine;
  perform(verb: MachineOrderName, name: string, order: OrderContext): Promise<void>;
  shutDown(id: string, timeoutSeconds: number, order: OrderContext): Promise<MachineState>;
  enter(machine: ResizableMachine, powerState: MachineState['powerState']): MachineState;
}

type ResizeOrder = 'resize' | 'confirmResize' | 'revertResize';

/** Machines in memory get other sizes as those on disks do. */
export function resizeOrders({ find, perform, shutDown, enter }: ResizeParts): Pick<OrderHandlers, ResizeOrder> {
  return {
    resize: async ({ id, migration, timeoutSeconds, hardware: _, ...sizes }, order) => {
      const machine = find(id);
      const { spec, state } = machine;
      if (machine.resize?.migration === migration) return state;
      if (state.powerState === 'SUSPENDED') {
        throw new UserError('conflict', 'The machine is SUSPENDED and cannot be resized now.');
      }
      if (sizes.rootDiskGib < spec.rootDiskGib || ephemeralMib(sizes) < ephemeralMib(spec)) {
        throw new UserError('bad_request', 'Unable to resize disk down.', {
          hint: 'Pick a flavor whose disks are no smaller.',
        });
      }
      await perform('resize', spec.name, order);
      await shutDown(id, timeoutSeconds, order);
      const { vcpus, memoryMib, rootDiskGib, disks } = spec;
      machine.resize = { migration, before: { vcpus, memoryMib, rootDiskGib, disks } };
      machine.spec = { ...spec, ...sizes };
      return machine.state;
    },

    confirmResize: async ({ id, migration }, order) => {
      const machine = find(id);
      if (machine.resize?.migration !== migration) {
        throw new UserError('conflict', 'The machine has no such resize that could be confirmed.');
      }
      await perform('confirmResize', machine.spec.name, order);
      machine.resize = { migration, before: null };
      return machine.state;
    },

    revertResize: async ({ id, migration }, order) => {
      const machine = find(id);
      if (machine.resize?.migration !== migration) return machine.state;
      const { before } = machine.resize;
      if (before === null) {
        throw new UserError('conflict', 'The resize of the machine was confirmed: what it was before is gone.');
      }
      await perform('revertResize', machine.spec.name, order);
      machine.spec = { ...machine.spec, ...before };
      delete machine.resize;
      return enter(machine, 'SHUTDOWN');
    },
  };
}

function ephemeralMib({ disks }: MachineSizes): number {
  return disks.reduce((sum, { role, sizeMib }) => sum + (role === 'ephemeral' ? sizeMib : 0), 0);
}
