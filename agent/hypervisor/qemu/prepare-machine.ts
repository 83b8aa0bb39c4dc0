import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import { failPoint } from '../../fail-point.ts';
import type { ImageCache } from '../../image/image-cache.ts';
import { writeJson } from '../../json-file.ts';
import { buildIso } from '../config-drive/iso9660.ts';
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

async function createDisks(preparation: Preparation, basePath: string, bytes: number | null): Promise<void> {
  const { files, spec, imageTool } = preparation;
  const { diskFormat } = spec.image;
  const made: Promise<void>[] = [];
  if (diskFormat !== 'iso' && bytes !== null) {
    made.push(createOverlay(imageTool, files.rootDisk, { path: basePath, format: diskFormat }, bytes));
  } else if (bytes !== null) {
    made.push(createBlankDisk(imageTool, files.rootDisk, bytes));
  }
  if (spec.ephemeralDiskGib > 0) {
    made.push(createBlankDisk(imageTool, files.ephemeralDisk, spec.ephemeralDiskGib * GIB));
  }
  if (spec.swapMib > 0) made.push(createSwapDisk(files.swapDisk, spec.swapMib));
  await Promise.all(made);
  failPoint('agent.spawn.disk');
}

async function writeConfigDrive(preparation: Preparation, drive: Buffer | null): Promise<void> {
  if (drive === null) return;
  preparation.order.progress({ stage: 'config-drive', done: 0, total: 1, unit: 'items' });
  await writeFile(preparation.files.configDrive, drive, { mode: 0o600 });
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
