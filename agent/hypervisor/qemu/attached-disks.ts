import { z } from 'zod';
import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import { withDiskFull } from '../../disk-full.ts';
import { type AttachedDisk, type DiskToAttach, serialOf } from '../attached-disks.ts';
import type { MachineDevices, MachineDisk } from '../devices/machine-devices.ts';
import { boardSlots, fileOfDisk, onBoard, placeDisk } from '../devices/placement.ts';
import type { Disks, MachineState, OrderContext } from '../driver.ts';
import { diskArguments, diskDevice, diskNode } from './device-options.ts';
import { createBlankDisk, MIB } from './disks.ts';
import type { LiveQemu } from './live-qemu.ts';
import { diskFile } from './machine-files.ts';
import type { QemuHost } from './qemu-host.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { QmpError } from './qmp-client.ts';
import { removeOtherFiles } from './replace-disks.ts';
import { unplugDevice } from './unplug-device.ts';

/** Where QEMU keeps the devices that have an id. */
const DEVICES = '/machine/peripheral';
const childrenSchema = z.array(z.object({ name: z.string() }));

interface Parts {
  find(id: string): QemuMachine;
  host: Pick<QemuHost, 'install'>;
  /** How long a guest has to let go of a disk, milliseconds. */
  patienceMs: number;
}

/**
 * Disks that come and go. The record says what the machine has: one that comes is noted before its process has it, one that
 * goes when the process has it no more. Whoever is killed in between, the order given again finds out what is left to do.
 */
export class AttachedDisks implements Disks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(id: string): Promise<AttachedDisk[]> {
    const machine = this.#parts.find(id);
    const live = await machine.running();
    const there = live === null ? new Set<string>() : await devicesOf(live);
    return machine.record.devices.disks.flatMap((disk) => (disk.key === undefined ? [] : [tell(disk, there)]));
  }

  async attach({ id, disk }: { id: string; disk: DiskToAttach }, order: OrderContext): Promise<AttachedDisk> {
    const machine = this.#parts.find(id);
    assertChangeable(machine);
    const live = await machine.running();
    const isNew = attachedAs(machine, disk.key) === undefined;
    const attached = attachedAs(machine, disk.key) ?? (await this.#note(machine, disk, live !== null, order));
    if (live !== null) {
      try {
        await plug(machine, live, attached);
      } catch (error) {
        // Its process has ended meanwhile: it starts with the disk.
        if (!live.client.isClosed) {
          if (isNew) await forget(machine, attached);
          throw error;
        }
      }
    }
    return tell(attached, live === null ? new Set() : new Set([diskDevice(attached)]));
  }

  async detach({ id, key }: { id: string; key: string }, order: OrderContext): Promise<void> {
    const machine = this.#parts.find(id);
    const disk = attachedAs(machine, key);
    if (disk === undefined) return;
    assertChangeable(machine);
    const live = await machine.running();
    await order.confirm();
    if (live !== null) {
      try {
        await this.#pullOut(live, disk, order);
      } catch (error) {
        // Without its process there is nothing to pull out.
        if (!live.client.isClosed) throw error;
      }
    }
    await forget(machine, disk);
  }

  /** The memory that is saved fits what the record has: a disk that the guest has let go of too late comes back to it. */
  async suspend(id: string, order: OrderContext): Promise<MachineState> {
    const machine = this.#parts.find(id);
    const attached = machine.record.devices.disks.filter(({ key }) => key !== undefined);
    const live = attached.length > 0 ? await machine.running() : null;
    if (live !== null) for (const disk of attached) await plug(machine, live, disk);
    return await machine.suspend(order);
  }

  /** The record has the disk, and its file is there, when this returns. */
  async #note(machine: QemuMachine, asked: DiskToAttach, isLive: boolean, order: OrderContext): Promise<MachineDisk> {
    await removeOtherFiles(machine);
    const devices = place(machine, asked, isLive);
    const disk = devices.disks.at(-1);
    if (disk === undefined) throw new OperationalError('hypervisor_failed', 'agent', 'The disk has no place.');
    await order.confirm();
    const { source } = asked;
    if (source.kind === 'blank' && disk.file !== null) {
      const { file } = disk;
      const { imageTool } = await this.#parts.host.install();
      await machine.note({ ...machine.record, otherFiles: [file] });
      try {
        const made = createBlankDisk(imageTool, diskFile(machine.files, { file }), source.sizeMib * MIB);
        await withDiskFull(made, 'attaching a disk');
      } catch (error) {
        await removeOtherFiles(machine);
        throw error;
      }
    }
    await machine.note({ ...machine.record, devices, otherFiles: [] });
    return disk;
  }

  async #pullOut(live: LiveQemu, disk: MachineDisk, order: OrderContext): Promise<void> {
    const { client } = live;
    if (!(await unplugDevice(client, diskDevice(disk), this.#parts.patienceMs, order))) {
      throw new OperationalError('timeout', 'hypervisor', 'The guest has not let go of the disk.', {
        hint: 'Look that nothing in the guest uses it, or shut the machine down and detach it then.',
      });
    }
    await unlessRefused(client.execute('blockdev-del', { 'node-name': disk.id }));
  }
}

function attachedAs({ record }: QemuMachine, key: string): MachineDisk | undefined {
  return record.devices.disks.find((disk) => disk.key === key);
}

function tell(disk: MachineDisk, there: ReadonlySet<string>): AttachedDisk {
  const { key = '', bus, serial } = disk;
  return { key, bus, serial: serial ?? '', isThere: there.has(diskDevice(disk)) };
}

function assertChangeable(machine: QemuMachine): void {
  const { powerState } = machine.status();
  const isRescued = machine.record.own !== null;
  if (powerState !== 'SUSPENDED' && !isRescued) return;
  const state = isRescued ? 'rescued' : powerState;
  throw new UserError('conflict', `The machine is ${state}: its disks cannot change now.`, {
    hint: isRescued ? 'End the rescue first.' : 'Resume it first.',
  });
}

/** With the disk as the last one. */
function place({ record }: QemuMachine, asked: DiskToAttach, isLive: boolean): MachineDevices {
  const { hardware, devices } = record;
  const taken = new Set(devices.disks.map(({ id }) => id));
  let [id, number] = ['attached', 0];
  while (taken.has(id)) id = `attached${++number}`;
  const role = 'attached' as const;
  const { key, source } = asked;
  const disk = {
    ...{ id, role, key, bootIndex: null, serial: serialOf(asked) },
    source: source.kind === 'file' ? source : ({ kind: 'blank' } as const),
    file: source.kind === 'file' ? null : fileOfDisk({ id, role }),
  } as const;
  const placed = placeDisk(hardware, devices, disk, onBoard(hardware, asked.bus ?? hardware.diskBus, 'bus'));
  const last = placed.disks.at(-1);
  if (!isLive || (last !== undefined && takesDisks(record, last))) return placed;
  throw new UserError('conflict', `No disk can be attached to the ${last?.bus} bus of this machine while it runs.`, {
    hint: 'Shut the machine down, attach the disk, and start it.',
  });
}

/** Whether a process of that machine takes a disk there: the buses of a board are as they were when it started. */
function takesDisks({ hardware, devices }: QemuMachine['record'], { bus, address }: MachineDisk): boolean {
  switch (bus) {
    case 'virtio':
      // PCI Express takes a device only in a root port, which the board has none of.
      return hardware.chipset === 'pc';
    case 'scsi':
      return devices.controllers.some((controller) => controller.bus === 'scsi');
    case 'usb':
      return boardSlots(hardware).usb !== null && address.at === 'usb' && !address.port.includes('.');
    default:
      return false;
  }
}

async function devicesOf({ client }: LiveQemu): Promise<Set<string>> {
  const children = childrenSchema.parse(await client.execute('qom-list', { path: DEVICES }));
  return new Set(children.map(({ name }) => name));
}

async function plug({ record, files }: QemuMachine, live: LiveQemu, disk: MachineDisk): Promise<void> {
  const { client } = live;
  if ((await devicesOf(live)).has(diskDevice(disk))) return;
  const node = diskNode(disk, { files, images: new Map() });
  const removed = { 'node-name': disk.id };
  // Of an agent that died between the two.
  await unlessRefused(client.execute('blockdev-del', removed));
  try {
    await client.execute('blockdev-add', node);
    await client.execute('device_add', diskArguments(disk, node, record.hardware));
  } catch (error) {
    if (!(error instanceof QmpError)) throw error;
    await unlessRefused(client.execute('blockdev-del', removed));
    const message = `QEMU does not take the disk: ${error.description}`;
    throw new OperationalError('hypervisor_failed', 'hypervisor', message, { cause: error });
  }
}

/** The record has it no more, and its own file goes. */
async function forget(machine: QemuMachine, { id, file }: MachineDisk): Promise<void> {
  const { record } = machine;
  const disks = record.devices.disks.filter((disk) => disk.id !== id);
  const devices = { ...record.devices, disks };
  await machine.note({ ...record, devices, otherFiles: file === null ? [] : [file] });
  await removeOtherFiles(machine);
}

/** QEMU refuses to take away what is not there, or is used. */
async function unlessRefused(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof QmpError)) throw error;
  }
}
