import { open } from 'node:fs/promises';
import { UserError } from '../../app/contract/errors.ts';
import type { MachineImage } from '../../app/contract/machine.ts';
import { isQcow2, readQcow2Header } from './qcow2-header.ts';

/** Enough for every signature below; a qcow2 header with its extensions fits in its first cluster. */
export const HEAD_BYTES = 64 * 1024;

type DiskFormat = MachineImage['diskFormat'];

/** Offsets and bytes by which other disk formats are known. None of them may pass for a raw disk. */
const SIGNATURES: { name: string; offset: number; bytes: Buffer }[] = [
  { name: 'qcow2', offset: 0, bytes: Buffer.from([0x51, 0x46, 0x49, 0xfb]) },
  { name: 'QED', offset: 0, bytes: Buffer.from('QED\0', 'latin1') },
  { name: 'VMDK', offset: 0, bytes: Buffer.from('KDMV', 'latin1') },
  { name: 'VMDK', offset: 0, bytes: Buffer.from('COWD', 'latin1') },
  { name: 'VMDK descriptor', offset: 0, bytes: Buffer.from('# Disk DescriptorFile', 'latin1') },
  { name: 'VHDX', offset: 0, bytes: Buffer.from('vhdxfile', 'latin1') },
  { name: 'VHD', offset: 0, bytes: Buffer.from('conectix', 'latin1') },
  { name: 'VDI', offset: 0x40, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { name: 'Parallels', offset: 0, bytes: Buffer.from('WithoutFreeSpace', 'latin1') },
  { name: 'Parallels', offset: 0, bytes: Buffer.from('WithouFreSpacExt', 'latin1') },
];

/** "CD001" of the first volume descriptor: sector 16, byte 1. */
const ISO_SIGNATURE = { offset: 16 * 2048 + 1, bytes: Buffer.from('CD001', 'latin1') };

function carries(head: Buffer, signature: { offset: number; bytes: Buffer }): boolean {
  const { offset, bytes } = signature;
  return head.subarray(offset, offset + bytes.length).equals(bytes);
}

/** Null when the head of the file is what an image of that format may look like; else why not, as a sentence. */
export function findFormatFault(format: DiskFormat, head: Buffer): string | null {
  if (format === 'iso') return carries(head, ISO_SIGNATURE) ? null : 'It is not an ISO 9660 image.';
  if (format === 'raw') {
    const other = SIGNATURES.find((signature) => carries(head, signature));
    return other === undefined ? null : `It is declared raw but is a ${other.name} file.`;
  }
  if (!isQcow2(head)) return 'It is declared qcow2 but does not begin as one.';
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
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
    head = buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
  let fault = findFormatFault(image.diskFormat, head);
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
