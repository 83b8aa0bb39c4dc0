import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import type { MachinePort } from '../../../app/contract/machine.ts';
import { failPoint } from '../../fail-point.ts';
import type { Forward } from '../../network/driver.ts';
import type { MachineNic } from '../devices/machine-devices.ts';
import type { MachineState, OrderContext, OrderHandlers, Told } from '../driver.ts';
import { netdevOf, nicArguments } from './device-options.ts';
import type { LaunchEnvironment } from './launch-machine.ts';
import type { LiveQemu } from './live-qemu.ts';
import { isLeaving, pluggedPorts, settled, withoutPlugged, withPorts } from './machine-nics.ts';
import { netdevArguments } from './network-options.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { QmpError } from './qmp-client.ts';
import { unplugDevice } from './unplug-device.ts';

interface NicOrderParts {
  find(id: string): QemuMachine;
  environment: LaunchEnvironment;
  /** How long a guest has to let go of a card, milliseconds. */
  patienceMs: number;
}

/**
 * Cards come and go. The record says first what the machine is to have, and keeps beside it what its process has until
 * that is the same: so a machine starts with its ports' cards whenever the agent dies, and a saved memory fits.
 */
export function nicOrders(parts: NicOrderParts): Pick<OrderHandlers, 'plugNic' | 'unplugNic'> {
  return {
    plugNic: (told, order) => plugNic(parts, told, order),
    unplugNic: (told, order) => unplugNic(parts, told, order),
  };
}

async function plugNic(
  parts: NicOrderParts,
  { id, port }: Told<'plugNic'>,
  order: OrderContext,
): Promise<MachineState> {
  const machine = parts.find(id);
  parts.environment.networkDriver(port.driver);
  const live = await machine.running();
  const isOff = live === null && machine.status().powerState !== 'SUSPENDED';
  const before = isOff ? settled(machine.record) : machine.record;
  const { ports } = before.spec;
  const isKnown = ports.some((each) => each.id === port.id);
  const wanted = isKnown ? ports.map((each) => (each.id === port.id ? port : each)) : [...ports, port];
  await order.confirm();
  // A card that the guest would not let go of has lost its network: it comes again when that is gone.
  if (isLeaving(before, port.id) && pluggedPorts(before).some((each) => each.id === port.id)) throw stillThere(port);
  await machine.note(withPorts(before, wanted, isOff ? wanted : pluggedPorts(before)));
  failPoint('agent.plug_nic.noted');
  const isThere = pluggedPorts(machine.record).some((each) => each.id === port.id);
  if (live === null || isThere || !(await canPlug(parts, machine, live))) return machine.status();
  try {
    await plugInto(parts, machine, live, port);
  } catch (error) {
    // Its process has ended meanwhile: it starts with the card.
    if (!live.client.isClosed) {
      const without = ports.filter((each) => each.id !== port.id);
      await machine.note(withPorts(machine.record, without, pluggedPorts(machine.record)));
      throw error;
    }
  }
  return machine.status();
}

/** A board of PCI Express takes a card only in a root port, which it has none of; nor does one come into an open network. */
async function canPlug(
  { environment }: NicOrderParts,
  { record }: QemuMachine,
  { identity }: LiveQemu,
): Promise<boolean> {
  return record.hardware.chipset === 'pc' && (await environment.isolation.mayHaveNetwork(identity.pid));
}

async function plugInto(
  { environment }: NicOrderParts,
  machine: QemuMachine,
  live: LiveQemu,
  port: MachinePort,
): Promise<void> {
  const { client, identity } = live;
  const { record, state } = machine;
  const nic = nicOf(machine, port.id);
  const isFirst = pluggedPorts(record).length === 0;
  const isIsolated = await environment.isolation.isEnclosed(identity.pid);
  const context = { before: state.record.forwards, isFirst, isIsolated };
  const plug = await environment.networkDriver(port.driver).plug(port, context);
  // What an agent that died had begun.
  await removeNetwork(live, nic);
  await client.execute('netdev_add', { ...netdevArguments(plug), id: netdevOf(nic) });
  try {
    // Host ports lead into the guest through its first card.
    if (plug.forwards.length > 0) await leadThrough(environment, machine, live, plug.forwards);
    await client.execute('device_add', nicArguments(nic, plug, record.hardware));
  } catch (error) {
    await removeNetwork(live, nic);
    throw asRefused(error);
  }
  failPoint('agent.plug_nic.plugged');
  await machine.note(withPorts(machine.record, machine.record.spec.ports, [...pluggedPorts(machine.record), port]));
}

async function leadThrough(
  { isolation }: LaunchEnvironment,
  machine: QemuMachine,
  { identity, runtime }: LiveQemu,
  forwards: Forward[],
): Promise<void> {
  const uplink = { machineId: machine.record.spec.id, runtimeFolder: runtime.runtime, forwards };
  if (await isolation.isEnclosed(identity.pid)) await isolation.leadAnew(identity.pid, uplink);
  await machine.state.change({ forwards });
}

async function unplugNic(
  parts: NicOrderParts,
  { id, port }: Told<'unplugNic'>,
  order: OrderContext,
): Promise<MachineState> {
  const machine = parts.find(id);
  const live = await machine.running();
  const isOff = live === null && machine.status().powerState !== 'SUSPENDED';
  const record = isOff ? settled(machine.record) : machine.record;
  const there = pluggedPorts(record);
  const known = [...record.spec.ports, ...there].find((each) => each.id === port);
  if (known === undefined) return machine.status();
  await order.confirm();
  const ports = record.spec.ports.filter((each) => each.id !== port);
  await machine.note(withPorts(record, ports, isOff ? ports : there));
  failPoint('agent.unplug_nic.noted');
  if (live !== null && there.some((each) => each.id === port)) await pullOut(parts, machine, live, port, order);
  const isUsed = pluggedPorts(machine.record).some((each) => each.id === port);
  if (!isUsed) await parts.environment.networkDriver(known.driver).unplug(known);
  return machine.status();
}

async function pullOut(
  { environment, patienceMs }: NicOrderParts,
  machine: QemuMachine,
  live: LiveQemu,
  port: string,
  order: OrderContext,
): Promise<void> {
  const nic = nicOf(machine, port);
  const wasFirst = pluggedPorts(machine.record)[0]?.id === port;
  try {
    // A guest that stands still is asked and cannot answer; a board without a slot to take it from cannot ask.
    const patience = machine.status().powerState === 'RUNNING' ? patienceMs : 0;
    const isGone =
      machine.record.hardware.chipset === 'pc' && (await unplugDevice(live.client, nic.id, patience, order));
    failPoint('agent.unplug_nic.asked');
    // Nothing goes through a card that is still there.
    await removeNetwork(live, nic);
    if (isGone) await machine.note(withoutPlugged(machine.record, port));
    if (wasFirst && machine.state.record.forwards.length > 0) await leadThrough(environment, machine, live, []);
  } catch (error) {
    // Without its process there is nothing to pull out.
    if (!live.client.isClosed) throw error;
  }
}

async function removeNetwork({ client }: LiveQemu, nic: MachineNic): Promise<void> {
  try {
    await client.execute('netdev_del', { id: netdevOf(nic) });
  } catch (error) {
    // There is none.
    if (!(error instanceof QmpError)) throw error;
  }
}

function nicOf({ record }: QemuMachine, port: string): MachineNic {
  const nic = record.devices.nics.find((each) => each.port === port);
  if (nic === undefined) throw new OperationalError('hypervisor_failed', 'agent', `Port ${port} has no card.`);
  return nic;
}

function asRefused(error: unknown): unknown {
  if (!(error instanceof QmpError)) return error;
  const message = `QEMU does not take the card: ${error.description}`;
  return new OperationalError('hypervisor_failed', 'hypervisor', message, {
    hint: 'Shut the machine down, attach the card, and start it.',
    cause: error,
  });
}

function stillThere({ id }: MachinePort): UserError {
  return new UserError('conflict', `The guest has not let go of the card of port ${id} yet.`, {
    hint: 'Restart the machine, then attach the port again.',
  });
}
