import { copyFile, rename, rm } from 'node:fs/promises';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachineSizes, MachineSpec } from '../../../app/contract/machine.ts';
import { failPoint } from '../../fail-point.ts';
import type { MachineDevices, MachineDisk } from '../devices/machine-devices.ts';
import { placeDisk, placeMachine, placeNics } from '../devices/placement.ts';
import type { Told } from '../driver.ts';
import { createBlankDisk, createOverlay, createSwapDisk, GIB, rootDiskBytes } from './disks.ts';
import { diskFile } from './machine-files.ts';
import type { MachineRecord } from './machine-record.ts';
import { type MachineWork, mergeDisk } from './merge-disk.ts';
import { filesBeside, freshNames, removeOtherFiles, replaceDisks } from './replace-disks.ts';

/**
 * Gives a machine other sizes; it is off when this returns. What is written from then on goes to a disk over the one of
 * before, which stays untouched: so the way back is there at once, takes no room, and leads to exactly what there was.
 */
export async function resizeMachine(work: MachineWork, told: Told<'resize'>): Promise<void> {
  const { machine, order } = work;
  const { migration, timeoutSeconds, id: _, ...sizes } = told;
  const { resize } = machine.record;
  // Done already by an order whose answer was lost.
  if (resize?.state === 'unconfirmed' && resize.migration === migration) return;
  if (machine.status().powerState === 'SUSPENDED') {
    throw new UserError('conflict', 'The machine is SUSPENDED and cannot be resized now.');
  }
  const spec = { ...machine.record.spec, ...sizes };
  assertGrows(machine.record.spec, spec);
  // Of a resize that nobody will confirm any more, because the machine was said to be something else.
  if (resize?.state === 'unconfirmed') await confirmResize(work, resize.migration);
  await mergeDisks(work);
  const { record, files } = machine;
  const { devices, made } = resizedDevices(record, spec);
  const before = { sizes: sizesOf(record.spec), devices: record.devices };
  await replaceDisks(
    machine,
    {
      record: { ...record, spec, devices, resize: { state: 'unconfirmed', migration, before } },
      made,
      make: async () => {
        await Promise.all(made.map((disk) => makeDisk(work, spec, disk)));
        await order.confirm();
        order.progress({ stage: 'power-off', done: 0, total: 1, unit: 'items' });
        await machine.stop({ graceful: true, timeoutSeconds, force: true }, order);
      },
      whenOff: async () => {
        if (spec.firmware === 'uefi') await copyWhole(files.firmwareVariables, files.firmwareVariablesBefore);
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
  const { sizes, devices } = record.resize.before;
  const reverted: MachineRecord = {
    // Its name and ports are those of now.
    ...{ ...record, spec: { ...record.spec, ...sizes } },
    devices: placeNics(record.hardware, devices, record.spec.ports),
    resize: { state: 'reverted', migration },
  };
  const whenOff = async () => {
    if (record.spec.firmware === 'uefi') await copyWhole(files.firmwareVariablesBefore, files.firmwareVariables);
  };
  await replaceDisks(machine, { record: reverted, made: [], make: async () => undefined, whenOff }, order);
  await rm(files.firmwareVariablesBefore, { force: true });
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
  if (is >= was && after.ephemeralDiskGib >= before.ephemeralDiskGib) return;
  throw new UserError('bad_request', 'Unable to resize disk down.', {
    field: is < was ? 'rootDiskGib' : 'ephemeralDiskGib',
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
    .reduce((placed, disk) => placeDisk(hardware, placed, disk), { ...before, disks: kept });
  const known = before.disks.map(({ file }) => file);
  const isMade = (disk: MachineDisk): disk is MadeDisk => disk.file !== null && !known.includes(disk.file);
  return { devices, made: devices.disks.filter(isMade) };
}

async function makeDisk({ machine, imageTool }: MachineWork, spec: MachineSpec, disk: MadeDisk): Promise<void> {
  const { files } = machine;
  const path = diskFile(files, disk);
  if (disk.role === 'swap') return await createSwapDisk(path, spec.swapMib);
  const bytes = disk.role === 'root' ? (rootDiskBytes(spec) ?? 0) : spec.ephemeralDiskGib * GIB;
  if (disk.over === undefined) return await createBlankDisk(imageTool, path, bytes);
  const base = { path: diskFile(files, { file: disk.over }), format: 'qcow2' as const };
  await createOverlay(imageTool, path, base, bytes);
}

function sizesOf({ vcpus, memoryMib, rootDiskGib, ephemeralDiskGib, swapMib }: MachineSizes): MachineSizes {
  return { vcpus, memoryMib, rootDiskGib, ephemeralDiskGib, swapMib };
}

/** Whole or not at all: it is read as it lies there. */
async function copyWhole(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.partial`);
  await rename(`${to}.partial`, to);
}
