import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { UserError } from '../../../app/contract/errors.ts';
import { failPoint } from '../../fail-point.ts';
import { type ImageTarget, isStored, uploadImage } from '../../image/image-upload.ts';
import type { MachineState, OrderContext } from '../driver.ts';
import { diskNode } from './device-options.ts';
import { copyDisk, copyLiveDisk, type DiskCopy } from './disk-copy.ts';
import { rootDiskBytes } from './disks.ts';
import type { LaunchEnvironment } from './launch-machine.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { whileQuiet } from './quiesce.ts';
import { removeOtherFiles } from './replace-disks.ts';

/** In the machine's folder, and among its other files as long as it is there. */
const FILE = 'snapshot.qcow2';

export interface Snapshot {
  machine: QemuMachine;
  /** The image that the copy becomes. */
  image: string;
  environment: LaunchEnvironment;
  target: ImageTarget;
  order: OrderContext;
  log: Logger;
}

/**
 * Copies a machine's root disk beside it and sends the copy to the controller. Whatever way this ends, the copy is gone
 * then; one that a crash left goes by the word of the record. Done again after the image was stored, it does nothing.
 */
export async function snapshotMachine(snapshot: Snapshot): Promise<MachineState> {
  const { machine, image, environment, target, order, log } = snapshot;
  if (await isStored(target, image, order.signal)) return machine.status();
  const { record, files } = machine;
  const disk = record.devices.disks.find(({ role, file }) => role === 'root' && file !== null);
  const bytes = rootDiskBytes(record.spec);
  if (disk === undefined || bytes === null) {
    throw new UserError('conflict', 'The machine has no disk of its own: it runs from its installation medium alone.', {
      hint: 'Launch it with a flavor that has a disk, and install the system there.',
    });
  }
  const { imageTool } = await environment.install();
  const images = new Map<string, string>();
  if (disk.source.kind === 'image') {
    images.set(disk.source.image.id, await environment.baseImage(disk.source.image, order));
  }
  const path = join(files.folder, FILE);
  const node = diskNode(disk, { files, images });
  const copy = { imageTool, path, order, source: { name: String(node['node-name']), node } };
  failPoint('agent.snapshot.begun');
  await machine.note({ ...record, otherFiles: [...new Set([...record.otherFiles, FILE])] });
  try {
    await copyAsItIs(machine, copy, bytes, log);
    failPoint('agent.snapshot.copied');
    const { size } = await stat(path);
    await uploadImage({
      ...{ imageId: image, size, target, signal: order.signal },
      read: () => createReadStream(path, { highWaterMark: 1024 * 1024 }),
      progress: (done) => order.progress({ stage: 'upload', done, total: size, unit: 'bytes' }),
    });
    failPoint('agent.snapshot.sent');
  } finally {
    await removeOtherFiles(machine);
  }
  return machine.status();
}

/** A guest that goes off meanwhile takes QEMU's job with it: then its disk is copied as it left it. */
async function copyAsItIs(machine: QemuMachine, copy: DiskCopy, bytes: number, log: Logger): Promise<void> {
  const live = await machine.running();
  if (live !== null) {
    try {
      return await copyLiveDisk(copy, live.client, bytes, (begin) => whileQuiet({ machine, live, log }, begin));
    } catch (error) {
      copy.order.signal.throwIfAborted();
      if ((await machine.running()) !== null) throw error;
    }
  }
  await copyDisk(copy);
}
