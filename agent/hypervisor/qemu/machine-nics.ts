import { z } from 'zod';
import type { MachinePort, MachineSpec, MachineNic as NicStatus, PowerState } from '../../../app/contract/machine.ts';
import type { MachineNic } from '../devices/machine-devices.ts';
import { placeNics } from '../devices/placement.ts';
import type { MachineState } from '../driver.ts';
import type { MachineRecord } from './machine-record.ts';
import type { QmpClient } from './qmp-client.ts';

/** What of the cards of a machine its process has, and what waits for its next start. All of it pure but for a question. */

/** The ports that the process, or the saved memory, has cards of; of a machine that is off, those it starts with. */
export function pluggedPorts({ spec, plugged }: MachineRecord): MachinePort[] {
  return plugged ?? spec.ports;
}

/** The guest was asked to let go of the port's card and has not. */
export function isLeaving({ spec }: MachineRecord, port: string): boolean {
  return spec.ports.every(({ id }) => id !== port);
}

/** The record with these ports in its specification and those in its process; every card of either has its place. */
export function withPorts(record: MachineRecord, ports: MachinePort[], plugged: MachinePort[]): MachineRecord {
  const all = [...ports, ...plugged.filter(({ id }) => ports.every((port) => port.id !== id))];
  const isSame = ports.length === all.length && plugged.length === all.length;
  return {
    ...record,
    spec: { ...record.spec, ports },
    devices: placeNics(record.hardware, record.devices, all),
    plugged: isSame ? undefined : plugged,
  };
}

/** The record of a machine that starts from off: with the ports of its specification and nothing else. */
export function settled(record: MachineRecord): MachineRecord {
  return record.plugged === undefined ? record : withPorts(record, record.spec.ports, record.spec.ports);
}

/** The record with what holds from the machine's next start on. */
export function changed(record: MachineRecord, changes: Partial<Pick<MachineSpec, 'name' | 'ports'>>): MachineRecord {
  const spec = { ...record.spec, ...changes };
  return withPorts({ ...record, spec }, spec.ports, record.plugged ?? spec.ports);
}

/** Without a port that its process has no card of any more. */
export function withoutPlugged(record: MachineRecord, port: string): MachineRecord {
  const plugged = pluggedPorts(record).filter(({ id }) => id !== port);
  return withPorts(record, record.spec.ports, plugged);
}

const OFF: readonly PowerState[] = ['NOSTATE', 'SHUTDOWN', 'CRASHED'];

/** A machine's state with what people are told of its cards. */
export function withNics(record: MachineRecord, state: MachineState): MachineState {
  return { ...state, nics: nicStatus(record, state.powerState) };
}

function nicStatus(record: MachineRecord, powerState: PowerState): NicStatus[] {
  const plugged = pluggedPorts(record);
  const isOff = OFF.includes(powerState);
  return record.devices.nics.flatMap(({ port, address }): NicStatus[] => {
    const isGoing = isLeaving(record, port);
    if (address.at !== 'pci' || (isOff && isGoing)) return [];
    const isThere = isOff || plugged.some(({ id }) => id === port);
    const slot = address.slot.toString(16).padStart(2, '0');
    return [{ port, address: `0000:00:${slot}.0`, pending: isGoing ? 'unplug' : isThere ? null : 'plug' }];
  });
}

/** The guest has let go of a card that it was asked for, whenever that is. */
export function noteGone(machine: { record: MachineRecord; state: { tell(): Promise<void> } }, nicId: unknown): void {
  const nic = machine.record.devices.nics.find(({ id }) => id === nicId);
  if (nic === undefined || !isLeaving(machine.record, nic.port)) return;
  // On disk with whatever is noted next: an agent that comes before that asks the process.
  machine.record = withoutPlugged(machine.record, nic.port);
  void machine.state.tell();
}

const childrenSchema = z.array(z.object({ name: z.string() }));

/** The record as the process shows it, where an earlier agent may have left it between two steps. */
export async function recordOfProcess(client: QmpClient, record: MachineRecord): Promise<MachineRecord> {
  if (record.plugged === undefined) return record;
  const children = childrenSchema.parse(await client.execute('qom-list', { path: '/machine/peripheral' }));
  const isThere = ({ id }: MachineNic) => children.some(({ name }) => name === id);
  const there = record.devices.nics.filter(isThere).map(({ port }) => port);
  const known = [...record.spec.ports, ...(record.plugged ?? [])];
  const plugged = there.flatMap((port) => known.find(({ id }) => id === port) ?? []);
  return withPorts(record, record.spec.ports, plugged);
}
