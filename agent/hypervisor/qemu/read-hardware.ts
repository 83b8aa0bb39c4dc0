import { open, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { ConsoleType } from '../../../app/contract/console.ts';
import type { MachineHardware } from '../../../app/contract/machine-hardware.ts';
import { errorCode } from '../../disk-full.ts';
import { exists } from '../../file-exists.ts';
import { readQcow2Header } from '../../image/qcow2-header.ts';
import { hasSpice } from '../devices/hardware-choice.ts';
import { type DiskSizes, hardwareView } from '../devices/hardware-view.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import { DISK_DEVICE } from './device-options.ts';
import type { LiveQemu } from './live-qemu.ts';
import { diskFile, type MachineFiles } from './machine-files.ts';
import { pluggedPorts } from './machine-nics.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** Where QEMU keeps the devices that have an id. */
const DEVICES = '/machine/peripheral';
const SOON = { timeoutMs: 5_000 };
const childrenSchema = z.array(z.object({ name: z.string() }));
/** A sector of `stat`, whatever the file system's. */
const SECTOR = 512;
/** The head of a qcow2 file, as far as its size stands in it. */
const HEAD_BYTES = 104;

/** What a machine is, and what of it the process that runs does not have; the process itself is asked. */
export async function readHardware(machine: QemuMachine): Promise<MachineHardware> {
  const { record, files } = machine;
  const live = await machine.running();
  const [disks, sizes] = await Promise.all([
    live && disksOf(live),
    Promise.all(record.devices.disks.map(async (disk) => [disk.id, await sizesOf(files, disk)] as const)),
  ]);
  const running = disks && { disks, ports: pluggedPorts(record) };
  const { accelerator } = machine.state.record;
  return hardwareView(record, {
    accelerator,
    sizes: new Map(sizes),
    running,
    consoles: await consolesOf(machine, live),
  });
}

/** One that was started by an earlier version has SPICE from its next start on. */
async function consolesOf({ record: { hardware } }: QemuMachine, live: LiveQemu | null): Promise<ConsoleType[]> {
  if (hardware.videoModel === 'none') return ['serial'];
  const isSpice = hasSpice(hardware) && (live === null || (await exists(live.runtime.spiceSocket)));
  return isSpice ? ['vnc', 'spice', 'serial'] : ['vnc', 'serial'];
}

async function disksOf({ client }: LiveQemu): Promise<Set<string>> {
  const children = childrenSchema.parse(await client.execute('qom-list', { path: DEVICES }, SOON));
  const names = children.map(({ name }) => name).filter((name) => name.endsWith(DISK_DEVICE));
  return new Set(names.map((name) => name.slice(0, -DISK_DEVICE.length)));
}

async function sizesOf(files: MachineFiles, disk: MachineDisk): Promise<DiskSizes> {
  if (disk.file === null) {
    return { sizeBytes: disk.source.kind === 'image' ? disk.source.image.virtualSize : null, usedBytes: 0 };
  }
  try {
    const path = diskFile(files, disk);
    const lower = disk.over === undefined ? 0 : (await stat(diskFile(files, { file: disk.over }))).blocks;
    const { blocks, size } = await stat(path);
    const sizeBytes = path.endsWith('.qcow2') ? await virtualBytes(path) : size;
    return { sizeBytes, usedBytes: (blocks + lower) * SECTOR };
  } catch (error) {
    // An order takes its place in this moment.
    if (errorCode(error) === 'ENOENT') return { sizeBytes: null, usedBytes: null };
    throw error;
  }
}

async function virtualBytes(path: string): Promise<number | null> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const header = readQcow2Header(buffer);
    return header === null ? null : Number(header.virtualSize);
  } finally {
    await file.close();
  }
}
