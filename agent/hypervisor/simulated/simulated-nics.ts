import { UserError } from '../../../app/contract/errors.ts';
import type { MachineNic, MachinePort, MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineOrderName } from '../../../app/contract/machine-orders.ts';
import type { MachineState, OrderContext, OrderHandlers } from '../driver.ts';

interface MachineWithNics {
  spec: MachineSpec;
  state: MachineState;
}

interface NicParts {
  find(id: string): MachineWithNics;
  perform(verb: MachineOrderName, name: string, order: OrderContext): Promise<void>;
  /** The same state with other cards. */
  tell(machine: MachineWithNics, nics: MachineNic[]): MachineState;
}

/** Cards of machines in memory: a `q35` board takes none while it runs, and who stands still lets go of none. */
export function nicOrders({ find, perform, tell }: NicParts): Pick<OrderHandlers, 'plugNic' | 'unplugNic'> {
  return {
    plugNic: async ({ id, port }, order) => {
      const machine = find(id);
      await perform('plugNic', machine.spec.name, order);
      const nics = machine.state.nics ?? [];
      const present = nics.find((nic) => nic.port === port.id);
      if (present?.pending === 'unplug') {
        throw new UserError('conflict', `The guest has not let go of the card of port ${port.id} yet.`, {
          hint: 'Restart the machine, then attach the port again.',
        });
      }
      machine.spec = { ...machine.spec, ports: [...machine.spec.ports.filter((each) => each.id !== port.id), port] };
      if (present) return machine.state;
      const pending = isOn(machine) && isFixed(machine) ? ('plug' as const) : null;
      return tell(machine, [...nics, { ...placed(nics, port), pending }]);
    },

    unplugNic: async ({ id, port }, order) => {
      const machine = find(id);
      await perform('unplugNic', machine.spec.name, order);
      machine.spec = { ...machine.spec, ports: machine.spec.ports.filter((each) => each.id !== port) };
      const nics = machine.state.nics ?? [];
      const present = nics.find((nic) => nic.port === port);
      if (!present) return machine.state;
      const isHeld = isOn(machine) && (isFixed(machine) || machine.state.powerState !== 'RUNNING');
      const others = nics.filter((nic) => nic !== present);
      const stays = isHeld && present.pending !== 'plug';
      return tell(machine, stays ? [...others, { ...present, pending: 'unplug' }] : others);
    },
  };
}

/** The cards of a machine that starts. */
export function startingNics({ spec, state }: MachineWithNics): MachineNic[] {
  const kept = (state.nics ?? []).filter(({ port }) => spec.ports.some(({ id }) => id === port));
  const nics = kept.map((nic) => ({ ...nic, pending: null }));
  for (const port of spec.ports) {
    if (nics.every((nic) => nic.port !== port.id)) nics.push({ ...placed(nics, port), pending: null });
  }
  return nics;
}

/** A guest that goes on lets go of what it was asked for. */
export function releasedNics({ spec, state }: MachineWithNics): MachineNic[] {
  const nics = state.nics ?? [];
  return isFixed({ spec }) ? nics : nics.filter(({ pending }) => pending !== 'unplug');
}

function placed(nics: readonly MachineNic[], { id }: Pick<MachinePort, 'id'>): Pick<MachineNic, 'port' | 'address'> {
  let slot = 5;
  const addressOf = () => `0000:00:${slot.toString(16).padStart(2, '0')}.0`;
  while (nics.some(({ address }) => address === addressOf())) slot += 1;
  return { port: id, address: addressOf() };
}

function isFixed({ spec }: Pick<MachineWithNics, 'spec'>): boolean {
  return spec.hardware.hw_machine_type?.includes('q35') ?? false;
}

function isOn({ state }: MachineWithNics): boolean {
  return ['RUNNING', 'PAUSED', 'SUSPENDED'].includes(state.powerState);
}
