import { copyFile, cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../app/contract/errors.ts';
import type { ExtraDisk, MachineSizes, MachineSpec } from '../../../app/contract/machine.ts';
import { failPoint } from '../../fail-point.ts';
import { exists } from '../../file-exists.ts';
import { type Hardware, hardwareSchema, hasRandom } from '../devices/hardware-choice.ts';
import { chooseExtras, FLAVOR_EXTRAS } from '../devices/hardware-extras.ts';
import type { MachineDevices, MachineDisk } from '../devices/machine-devices.ts';
import { placeDisk, placeExtras, placeMachine, placeNics, withAttached } from '../devices/placement.ts';
import type { Told } from '../driver.ts';
import { createBlankDisk, createOverlay, createSwapDisk, MIB, rootDiskBytes, sizeOfDisk } from './disks.ts';
import { diskFile, type MachineFiles } from './machine-files.ts';
import type { MachineRecord } from './machine-record.ts';
import { type MachineWork, mergeDisk } from './merge-disk.ts';
import { filesBeside, freshNames, removeOtherFiles, replaceDisks } from './replace-disks.ts';

/**
 * Gives a machine other sizes; it is off when this returns. What is written from then on goes to a disk over the one of
 * before, which stays untouched: so the way back is there at once, takes no room, and leads to exactly what there was.
 */
export async function resizeMachine(work: MachineWork, told: Told<'resize'>): Promise<void> {
  const { machine, order } = work;
  const { migration, timeoutSeconds, id: _, hardware: asked, ...sizes } = told;
  const { resize } = machine.record;
  // Done already by an order whose answer was lost.
  if (resize?.state === 'unconfirmed' && resize.migration === migration) return;
  if (machine.status().powerState === 'SUSPENDED') {
    throw new UserError('conflict', 'The machine is SUSPENDED and cannot be resized now.');
  }
  const spec = { ...machine.record.spec, ...sizes, ...(asked && { hardware: asked }) };
  assertGrows(machine.record.spec, spec);
  // Of a resize that nobody will confirm any more, because the machine was said to be something else.
  if (resize?.state === 'unconfirmed') await confirmResize(work, resize.migration);
  await mergeDisks(work);
  const { record, files } = machine;
  const hardware = resizedHardware(record, spec);
  const { devices, made } = resizedDevices({ ...record, hardware }, spec);
  const before = {
    ...{ sizes: sizesOf(record.spec), devices: record.devices },
    ...{ hardware: record.hardware, asked: record.spec.hardware },
  };
  await replaceDisks(
    machine,
    {
      record: { ...record, spec, hardware, devices, resize: { state: 'unconfirmed', migration, before } },
      made,
      make: async () => {
        await Promise.all(made.map((disk) => makeDisk(work, spec, disk)));
        await order.confirm();
        order.progress({ stage: 'power-off', done: 0, total: 1, unit: 'items' });
        await machine.stop({ graceful: true, timeoutSeconds, force: true }, order);
      },
      whenOff: async () => {
        if (spec.firmware === 'uefi') await copyWhole(files.firmwareVariables, files.firmwareVariablesBefore);
        await copyTpm(files, files.tpm, files.tpmBefore);
      },
    },
    order,
  );
}

/** From its first write on there is no way back; what is left is to make one disk of two, and is done again if it must. */
export async function confirmResize(work: MachineWork, migration: string): Promise<void> {
  const { machine, order } = work;
  const { record } = machine;
  if (record.resize?.migration !== migration || record.resize.state === 'reverted') {
    throw new UserError('conflict', 'The machine has no such resize that could be confirmed.');
  }
  if (record.resize.state === 'unconfirmed') {
    await order.confirm();
    const confirmed: MachineRecord = { ...record, resize: { state: 'confirmed', migration } };
    await machine.note({ ...confirmed, otherFiles: filesBeside(confirmed, record) });
    failPoint('agent.confirm_resize.decided');
  }
  await rm(machine.files.firmwareVariablesBefore, { force: true });
  await rm(machine.files.tpmBefore, { recursive: true, force: true });
  // As in Nova, what was in a TPM goes with it.
  if (record.hardware.tpm === undefined) await rm(machine.files.tpm, { recursive: true, force: true });
  await removeOtherFiles(machine);
  await mergeDisks(work);
}

/** The machine is off when this returns, and what was written since it was resized is gone. */
export async function revertResize({ machine, order }: MachineWork, migration: string): Promise<void> {
  const { record, files } = machine;
  if (record.resize?.migration !== migration || record.resize.state === 'reverted') return;
  if (record.resize.state !== 'unconfirmed') {
    throw new UserError('conflict', 'The resize of the machine was confirmed: what it was before is gone.');
  }
  const { sizes, devices: before, hardware = record.hardware, asked = record.spec.hardware } = record.resize.before;
  // Those that came and went since are as they are now.
  const attached = record.devices.disks.filter(({ role }) => role === 'attached');
  const devices = withAttached(hardware, before, attached);
  const reverted: MachineRecord = {
    // Its name and ports are those of now.
    ...{ ...record, spec: { ...record.spec, ...sizes, hardware: asked }, hardware },
    devices: placeNics(hardware, devices, record.spec.ports),
    resize: { state: 'reverted', migration },
  };
  const whenOff = async () => {
    if (record.spec.firmware === 'uefi') await copyWhole(files.firmwareVariablesBefore, files.firmwareVariables);
    // With nothing in it where it had none, or none that was ever started.
    await copyTpm(files, files.tpmBefore, files.tpm);
  };
  await replaceDisks(machine, { record: reverted, made: [], make: async () => undefined, whenOff }, order);
  await rm(files.firmwareVariablesBefore, { force: true });
  await rm(files.tpmBefore, { recursive: true, force: true });
}

async function mergeDisks(work: MachineWork): Promise<void> {
  const parts = work.machine.record.devices.disks.filter(({ over }) => over !== undefined);
  for (const [done, disk] of parts.entries()) {
    work.order.progress({ stage: 'merge', done, total: parts.length, unit: 'items' });
    await mergeDisk(work, disk);
  }
}

/** A guest's file systems would not survive it. */
function assertGrows(before: MachineSpec, after: MachineSpec): void {
  const [was, is] = [rootDiskBytes(before) ?? 0, rootDiskBytes(after) ?? 0];
  const shrinks = (disk: ExtraDisk) =>
    disk.role !== 'swap' && (after.disks.find(({ id }) => id === disk.id)?.sizeMib ?? 0) < disk.sizeMib;
  if (is >= was && !before.disks.some(shrinks)) return;
  throw new UserError('bad_request', 'Unable to resize disk down.', {
    field: is < was ? 'rootDiskGib' : 'disks',
    hint: 'Pick a flavor whose disks are no smaller.',
  });
}

type MadeDisk = MachineDisk & { file: string };

/** Its disks stay in their places, with files of their own over those of before; swap is made anew. */
function resizedDevices(record: MachineRecord, spec: MachineSpec): { devices: MachineDevices; made: MadeDisk[] } {
  const { hardware, devices: before } = record;
  const fresh = freshNames(record);
  const hasConfigDrive = before.disks.some(({ role }) => role === 'config-drive');
  const wanted = placeMachine(hardware, spec, hasConfigDrive).disks;
  const kept = before.disks.flatMap((disk): MachineDisk[] => {
    const { bootIndex = disk.bootIndex } = wanted.find(({ id }) => id === disk.id) ?? {};
    const { role, file } = disk;
    if (role === 'swap') return wanted.some(({ id }) => id === disk.id) ? [{ ...disk, file: file && fresh(file) }] : [];
    const isOver = file !== null && (role === 'root' || role === 'ephemeral');
    return [{ ...disk, bootIndex, ...(isOver && { file: fresh(file), over: file }) }];
  });
  const devices = wanted
    .filter(({ id }) => !before.disks.some((disk) => disk.id === id))
    .map((disk) => ({ ...disk, file: disk.file && fresh(disk.file) }))
    .reduce((placed, disk) => placeDisk(hardware, placed, disk, disk.bus), { ...before, disks: kept });
  const known = before.disks.map(({ file }) => file);
  const isMade = (disk: MachineDisk): disk is MadeDisk => disk.file !== null && !known.includes(disk.file);
  return { devices: placeExtras(hardware, devices, hasRandom(spec)), made: devices.disks.filter(isMade) };
}

/** What a flavor decides is as the new one says; what the machine was made with stays. */
function resizedHardware({ hardware }: MachineRecord, spec: MachineSpec): Hardware {
  const extras = chooseExtras(spec, hardware.isSecure ?? false);
  const kept = Object.entries(hardware).filter(([name]) => !FLAVOR_EXTRAS.some((extra) => extra === name));
  const changed = Object.entries(extras).filter(([name]) => FLAVOR_EXTRAS.some((extra) => extra === name));
  const isWithoutRandom = hardware.hasRandomSource && !hasRandom(spec);
  return hardwareSchema.parse({ ...Object.fromEntries([...kept, ...changed]), isWithoutRandom });
}

/** Whole or not at all; nothing where there is nothing. Its files are small. */
async function copyTpm({ folder }: MachineFiles, from: string, to: string): Promise<void> {
  const partial = join(folder, 'tpm.partial');
  await rm(partial, { recursive: true, force: true });
  const isThere = await exists(from);
  if (isThere) await cp(from, partial, { recursive: true });
  await rm(to, { recursive: true, force: true });
  if (isThere) await rename(partial, to);
}

async function makeDisk({ machine, imageTool }: MachineWork, spec: MachineSpec, disk: MadeDisk): Promise<void> {
  const { files } = machine;
  const path = diskFile(files, disk);
  if (disk.role === 'swap') return await createSwapDisk(path, sizeOfDisk(spec, disk));
  const bytes = disk.role === 'root' ? (rootDiskBytes(spec) ?? 0) : sizeOfDisk(spec, disk) * MIB;
  if (disk.over === undefined) return await createBlankDisk(imageTool, path, bytes);
  const base = { path: diskFile(files, { file: disk.over }), format: 'qcow2' as const };
  await createOverlay(imageTool, path, base, bytes);
}

function sizesOf({ vcpus, memoryMib, rootDiskGib, disks }: MachineSizes): MachineSizes {
  return { vcpus, memoryMib, rootDiskGib, disks };
}

/** Whole or not at all: it is read as it lies there. */
async function copyWhole(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.partial`);
  await rename(`${to}.partial`, to);
}
