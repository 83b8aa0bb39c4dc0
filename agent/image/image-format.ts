import { type FileHandle, open } from 'node:fs/promises';
import {
  type ContainerFormat,
  HEAD_BYTES,
  isIso,
  recogniseContainer,
  TAIL_BYTES,
} from '../../app/contract/disk-format.ts';
import { UserError } from '../../app/contract/errors.ts';
import type { MachineImage } from '../../app/contract/machine.ts';
import { readQcow2Header } from './qcow2-header.ts';

type DiskFormat = MachineImage['diskFormat'];

const CONTAINER_NAMES: Readonly<Record<ContainerFormat, string>> = {
  qcow2: 'qcow2',
  vmdk: 'VMDK',
  vhd: 'VHD',
  vhdx: 'VHDX',
  vdi: 'VDI',
  qed: 'QED',
  parallels: 'Parallels',
  bochs: 'Bochs',
  cloop: 'cloop',
};

/** Null when the ends of the file are what an image of that format may look like; else why not, as a sentence. */
export function findFormatFault(format: DiskFormat, head: Buffer, tail: Buffer): string | null {
  const container = recogniseContainer(head, tail);
  if (format === 'raw' || format === 'iso') {
    if (container !== null) return `It is declared ${format} but is a ${CONTAINER_NAMES[container]} file.`;
    return format === 'raw' || isIso(head) ? null : 'It is not an ISO 9660 image.';
  }
  if (container !== 'qcow2') return 'It is declared qcow2 but does not begin as one.';
  const header = readQcow2Header(head);
  if (header === null) return 'Its qcow2 header is cut off or of an unknown version.';
  if (header.hasBackingFile) return 'It refers to a backing file.';
  if (header.hasExternalDataFile) return 'It keeps its data in another file.';
  if (header.isEncrypted) return 'It is encrypted.';
  if (header.isMarkedCorrupt) return 'It is marked as corrupt.';
  if (header.unknownFeatures !== 0n) {
    return `It needs qcow2 features this host does not know (0x${header.unknownFeatures.toString(16)}).`;
  }
  return null;
}

/** Checks a file about to enter the cache. The controller has checked already; a host trusts no image bytes either. */
export async function checkImageFile(path: string, image: MachineImage): Promise<void> {
  const file = await open(path, 'r');
  let head: Buffer;
  let tail: Buffer;
  try {
    const { size } = await file.stat();
    head = await readAt(file, 0, HEAD_BYTES);
    tail = await readAt(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
  } finally {
    await file.close();
  }
  let fault = findFormatFault(image.diskFormat, head, tail);
  if (fault === null && image.diskFormat === 'qcow2') {
    const virtualSize = readQcow2Header(head)?.virtualSize;
    if (virtualSize !== BigInt(image.virtualSize)) {
      fault = `Its disk has ${virtualSize} bytes, ${image.virtualSize} were declared.`;
    }
  }
  if (fault !== null) {
    throw new UserError('image_unusable', `Image ${image.id} cannot be used. ${fault}`, {
      hint: 'Upload the image again as a single file of the declared format.',
    });
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
