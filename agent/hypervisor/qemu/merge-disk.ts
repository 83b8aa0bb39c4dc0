import { failPoint } from '../../fail-point.ts';
import type { ImageCache } from '../../image/image-cache.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import type { OrderContext } from '../driver.ts';
import { diskNode } from './device-options.ts';
import { commitDisk } from './disks.ts';
import type { LiveQemu } from './live-qemu.ts';
import type { MachineRecord } from './machine-record.ts';
import { cancel, commitInto, finish } from './merge-job.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { removeOtherFiles } from './replace-disks.ts';

/** Work on the disks of a machine that is there. */
export interface MachineWork {
  machine: QemuMachine;
  order: OrderContext;
  imageTool: string;
  images: ImageCache;
}

/**
 * Writes what lies over a disk into it, so that one file is left; a guest that runs goes on meanwhile. What is copied is
 * what was written since the machine was resized.
 */
export async function mergeDisk(work: MachineWork, disk: MachineDisk): Promise<void> {
  const { machine, order, imageTool, images } = work;
  const live = await machine.running();
  const isMerged = live !== null && (await mergeInGuest(work, live, disk));
  if (!isMerged) {
    const { source } = disk;
    const paths =
      source.kind === 'image'
        ? [[source.image.id, await images.ensure(source.image, order.progress, order.signal)] as const]
        : [];
    await commitDisk(imageTool, diskNode(disk, { files: machine.files, images: new Map(paths) }), order.signal);
    failPoint('agent.confirm_resize.synced');
    await machine.note(merged(machine.record, disk));
    failPoint('agent.confirm_resize.merged');
  }
  await removeOtherFiles(machine);
}

/** False where the process ended under it: then it is done without. */
async function mergeInGuest({ machine, order }: MachineWork, live: LiveQemu, disk: MachineDisk): Promise<boolean> {
  let isNoted = false;
  try {
    await commitInto(live.client, disk, order);
    failPoint('agent.confirm_resize.synced');
    await machine.note(merged(machine.record, disk));
    isNoted = true;
    failPoint('agent.confirm_resize.merged');
    await finish(live.client, disk);
    return true;
  } catch (error) {
    const isThere = await live.client.execute('query-status').then(
      () => true,
      () => false,
    );
    if (!isThere) {
      await live.exited;
      return isNoted;
    }
    // The guest goes on as it did: on two files.
    if (isNoted) await machine.note({ ...withDisk(machine.record, disk), otherFiles: [] });
    await cancel(live.client, disk);
    throw error;
  }
}

/** The upper file may go. */
function merged(record: MachineRecord, { over, ...disk }: MachineDisk): MachineRecord {
  const otherFiles = disk.file === null ? [] : [disk.file];
  return { ...withDisk(record, { ...disk, file: over ?? null }), otherFiles };
}

function withDisk(record: MachineRecord, disk: MachineDisk): MachineRecord {
  const disks = record.devices.disks.map((one) => (one.id === disk.id ? disk : one));
  return { ...record, devices: { ...record.devices, disks } };
}
