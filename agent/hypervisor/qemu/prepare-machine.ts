import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import { failPoint } from '../../fail-point.ts';
import type { ImageCache } from '../../image/image-cache.ts';
import { writeJson } from '../../json-file.ts';
import { buildIso } from '../config-drive/iso9660.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import type { OrderContext } from '../driver.ts';
import { createBlankDisk, createOverlay, createSwapDisk, rootDiskBytes } from './disks.ts';
import { requireFirmware } from './firmware.ts';
import type { MachineFiles } from './machine-files.ts';
import type { MachineRecord } from './machine-record.ts';

const GIB = 1024 ** 3;
/** The label cloud-init and cloudbase-init look for. */
const CONFIG_DRIVE_LABEL = 'config-2';

export interface Preparation {
  files: MachineFiles;
  record: MachineRecord;
  spec: MachineSpec;
  imageTool: string;
  images: ImageCache;
  order: OrderContext;
}

/** Makes everything a machine needs on disk. Whoever calls removes the folder when this fails. */
export async function prepareMachine(preparation: Preparation): Promise<void> {
  const { files, record, spec, order } = preparation;
  // First of all what may refuse the specification, before anything is downloaded.
  const bytes = rootDiskBytes(spec);
  const drive = spec.configDrive === null ? null : buildConfigDrive(spec.configDrive);
  const firmware = spec.firmware === 'uefi' ? await requireFirmware() : null;
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  failPoint('agent.spawn.begun');
  const basePath = await preparation.images.ensure(spec.image, order.progress, order.signal);
  failPoint('agent.spawn.image');
  order.signal.throwIfAborted();
  order.progress({ stage: 'disk', done: 0, total: 1, unit: 'items' });
  await Promise.all([
    createDisks(preparation, basePath, bytes),
    writeConfigDrive(preparation, drive),
    firmware === null ? null : copyFile(firmware.variables, files.firmwareVariables),
  ]);
  order.signal.throwIfAborted();
  await writeJson(files.record, record, 'durable');
  failPoint('agent.spawn.prepared');
}

async function createDisks(preparation: Preparation, basePath: string, rootBytes: number | null): Promise<void> {
  const { files, record, spec, imageTool } = preparation;
  const create = async ({ role, source }: MachineDisk): Promise<void> => {
    switch (role) {
      case 'root': {
        if (rootBytes === null) return;
        if (source.kind !== 'image') return await createBlankDisk(imageTool, files.disks.root, rootBytes);
        // What is over an image is no medium.
        const format = source.image.diskFormat === 'qcow2' ? 'qcow2' : 'raw';
        return await createOverlay(imageTool, files.disks.root, { path: basePath, format }, rootBytes);
      }
      case 'ephemeral':
        return await createBlankDisk(imageTool, files.disks.ephemeral, spec.ephemeralDiskGib * GIB);
      case 'swap':
        return await createSwapDisk(files.disks.swap, spec.swapMib);
    }
  };
  await Promise.all(record.devices.disks.map(create));
  failPoint('agent.spawn.disk');
}

async function writeConfigDrive(preparation: Preparation, drive: Buffer | null): Promise<void> {
  if (drive === null) return;
  preparation.order.progress({ stage: 'config-drive', done: 0, total: 1, unit: 'items' });
  await writeFile(preparation.files.disks['config-drive'], drive, { mode: 0o600 });
  failPoint('agent.spawn.config-drive');
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function buildConfigDrive(files: Record<string, string>): Buffer {
  const contents = Object.entries(files).map(([path, content]): [string, Buffer] => {
    if (!BASE64.test(content)) {
      throw new UserError('bad_request', `The config drive file ${JSON.stringify(path)} is not base64.`, {
        field: 'configDrive',
      });
    }
    return [path, Buffer.from(content, 'base64')];
  });
  return buildIso(CONFIG_DRIVE_LABEL, new Map(contents), new Date());
}
