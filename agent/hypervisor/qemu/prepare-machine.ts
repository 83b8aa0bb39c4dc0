import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachinePort, MachineSpec } from '../../../app/contract/machine.ts';
import { failPoint } from '../../fail-point.ts';
import type { ImageCache } from '../../image/image-cache.ts';
import { writeJson } from '../../json-file.ts';
import { buildIso } from '../config-drive/iso9660.ts';
import { devicePlaces, withPlaces } from '../devices/device-address.ts';
import type { MachineDevices, MachineDisk } from '../devices/machine-devices.ts';
import type { OrderContext } from '../driver.ts';
import { createBlankDisk, createOverlay, createSwapDisk, MIB, rootDiskBytes, sizeOfDisk } from './disks.ts';
import { type Firmware, requireFirmware } from './firmware.ts';
import { diskFile, type MachineFiles } from './machine-files.ts';
import type { MachineRecord } from './machine-record.ts';

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

/** What of a specification may be refused: looked at before anything is downloaded, made or ended. */
export interface Checked {
  rootBytes: number | null;
  configDrive: Buffer | null;
  firmware: Firmware | null;
}

/** Makes everything a machine needs on disk. Whoever calls removes the folder when this fails. */
export async function prepareMachine(preparation: Preparation): Promise<void> {
  const { files, record, order } = preparation;
  const checked = await checkSpec(preparation.spec, record);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  failPoint('agent.spawn.begun');
  const basePath = await fetchImage(preparation);
  failPoint('agent.spawn.image');
  order.progress({ stage: 'disk', done: 0, total: 1, unit: 'items' });
  await Promise.all([
    createDisks(preparation, checked, basePath, record.devices.disks),
    checked.firmware === null ? null : copyFile(checked.firmware.variables, files.firmwareVariables),
  ]);
  order.signal.throwIfAborted();
  await writeJson(files.record, record, 'durable');
  failPoint('agent.spawn.prepared');
}

export async function checkSpec(
  spec: MachineSpec,
  { devices, hardware }: Pick<MachineRecord, 'devices' | 'hardware'>,
): Promise<Checked> {
  return {
    rootBytes: rootDiskBytes(spec),
    configDrive: spec.configDrive === null ? null : buildConfigDrive(spec.configDrive, devices, spec.ports),
    firmware: spec.firmware === 'uefi' ? await requireFirmware(hardware.isSecure) : null,
  };
}

/** Path of the image its root disk stands on; null where that is nothing. */
export async function fetchImage({
  images,
  spec,
  order,
}: Pick<Preparation, 'images' | 'spec' | 'order'>): Promise<string | null> {
  if (spec.image === null) return null;
  const path = await images.ensure(spec.image, order.progress, order.signal);
  order.signal.throwIfAborted();
  return path;
}

/** What is in the file already goes. */
export async function createDisks(
  preparation: Omit<Preparation, 'record'>,
  checked: Omit<Checked, 'firmware'>,
  basePath: string | null,
  disks: readonly MachineDisk[],
): Promise<void> {
  const { files, spec, imageTool, order } = preparation;
  const create = async (disk: MachineDisk): Promise<void> => {
    switch (disk.role) {
      case 'root':
      case 'rescue': {
        if (checked.rootBytes === null) return;
        const path = diskFile(files, disk);
        if (disk.source.kind !== 'image' || basePath === null)
          return await createBlankDisk(imageTool, path, checked.rootBytes);
        // What is over an image is no medium.
        const format = disk.source.image.diskFormat === 'qcow2' ? 'qcow2' : 'raw';
        return await createOverlay(imageTool, path, { path: basePath, format }, checked.rootBytes);
      }
      case 'ephemeral':
        return await createBlankDisk(imageTool, diskFile(files, disk), sizeOfDisk(spec, disk) * MIB);
      case 'swap':
        return await createSwapDisk(diskFile(files, disk), sizeOfDisk(spec, disk));
      case 'config-drive':
        if (checked.configDrive === null) return;
        order.progress({ stage: 'config-drive', done: 0, total: 1, unit: 'items' });
        await writeFile(diskFile(files, disk), checked.configDrive, { mode: 0o600 });
        failPoint('agent.spawn.config-drive');
    }
  };
  await Promise.all(disks.map(create));
  failPoint('agent.spawn.disk');
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function buildConfigDrive(
  files: Record<string, string>,
  devices: MachineDevices,
  ports: readonly MachinePort[],
): Buffer {
  const completed = withPlaces(files, devicePlaces(devices, ports));
  const contents = Object.entries(completed).map(([path, content]): [string, Buffer] => {
    if (!BASE64.test(content)) {
      throw new UserError('bad_request', `The config drive file ${JSON.stringify(path)} is not base64.`, {
        field: 'configDrive',
      });
    }
    return [path, Buffer.from(content, 'base64')];
  });
  return buildIso(CONFIG_DRIVE_LABEL, new Map(contents), new Date());
}
