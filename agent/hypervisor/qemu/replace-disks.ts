import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failPoint } from '../../fail-point.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import type { OrderContext } from '../driver.ts';
import type { MachineRecord } from './machine-record.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** Of a disk that came after the machine was made; those it is made with have no number. */
const NUMBERED = /^[a-z-]+\d*\.(\d+)\.(?:qcow2|raw|iso)$/;

export interface Replacement {
  /** What the machine becomes; its other files are found here. */
  record: MachineRecord;
  /** Of its disks, those that are not there yet. */
  made: readonly MachineDisk[];
  make(): Promise<void>;
  /** Done once no process uses the machine's files. */
  whenOff(): Promise<void>;
}

/**
 * Turns a machine into another one on other disks: new ones are made beside those it has, so that it runs on until all is
 * there, and is whole at any moment. It is off when this returns. The record says which files are its disks, and which may
 * go: {@link removeOtherFiles} finds what a crash leaves.
 */
export async function replaceDisks(
  machine: QemuMachine,
  { record, made, make, whenOff }: Replacement,
  order: OrderContext,
): Promise<void> {
  await removeOtherFiles(machine);
  const makes = made.flatMap(({ file }) => (file === null ? [] : [file]));
  await machine.note({ ...machine.record, otherFiles: makes });
  failPoint('agent.replace.noted');
  order.progress({ stage: 'disk', done: 0, total: made.length, unit: 'items' });
  try {
    await make();
    failPoint('agent.replace.made');
    await machine.become({ ...record, otherFiles: filesBeside(record, machine.record) }, order, async () => {
      failPoint('agent.replace.off');
      await whenOff();
    });
    failPoint('agent.replace.replaced');
  } finally {
    await removeOtherFiles(machine);
  }
}

/** Removes what was made to become a machine's disks, or has been one, and is none. */
export async function removeOtherFiles(machine: QemuMachine): Promise<void> {
  const { otherFiles } = machine.record;
  if (otherFiles.length === 0) return;
  // Whatever the record says of others, none of its own.
  const own = new Set(filesOf(machine.record));
  const others = otherFiles.filter((file) => !own.has(file));
  await Promise.all(others.map((file) => rm(join(machine.files.folder, file), { force: true })));
  await machine.note({ ...machine.record, otherFiles: [] });
}

/** Gives files of disks names that the machine has none of. */
export function freshNames(record: MachineRecord): (file: string) => string {
  const numbers = filesOf(record).map((file) => Number(NUMBERED.exec(file)?.[1] ?? 1));
  const next = Math.max(1, ...numbers) + 1;
  return (file) => file.replace(/(\.\d+)?\./, `.${next}.`);
}

/** What a machine has of files of disks that it needs no more by its next record. */
export function filesBeside(next: MachineRecord, before: MachineRecord): string[] {
  const wanted = new Set(filesOf(next));
  return [...new Set(filesOf(before))].filter((file) => !wanted.has(file));
}

function filesOf({ devices, own, resize }: MachineRecord): string[] {
  const before = resize?.state === 'unconfirmed' ? resize.before.devices.disks : [];
  return [...devices.disks, ...(own?.disks ?? []), ...before].flatMap(fileOf);
}

function fileOf({ file, over }: MachineDisk): string[] {
  return [...(file === null ? [] : [file]), ...(over === undefined ? [] : [over])];
}
