import { HEAD_BYTES, isIso, recogniseContainer, TAIL_BYTES } from '../../contract/disk-format.ts';
import { type DiskReader, unusable } from './disk-reader.ts';
import { inspectIso, inspectVdi, inspectVhd, inspectVhdx } from './other-formats.ts';
import { inspectQcow2, parseQcow2Header } from './qcow2.ts';
import { inspectVmdk } from './vmdk.ts';

/** Glance's disk formats, but for `ploop`, whose content nothing here can judge. */
export const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso'] as const;
export type DiskFormat = (typeof DISK_FORMATS)[number];

/** What the content is, as far as it says; what says nothing is raw. */
export async function detectFormat(disk: DiskReader): Promise<DiskFormat> {
  const head = await disk.read(0, HEAD_BYTES);
  const found = recogniseContainer(head, await disk.read(Math.max(0, disk.size - TAIL_BYTES), TAIL_BYTES));
  const known = DISK_FORMATS.find((format) => format === found);
  return known ?? (isIso(head) ? 'iso' : 'raw');
}

/** Refuses early, from the first {@link HEAD_BYTES} of an upload (or all of it, when it is shorter). */
export function checkHead(format: DiskFormat, head: Buffer, tail?: Buffer): void {
  if (format === 'ami' || format === 'ari' || format === 'aki') return;
  const found = recogniseContainer(head, tail);
  // A fixed VHD has its mark at the end only.
  const expected = format === 'raw' || format === 'iso' || (format === 'vhd' && found === null) ? null : format;
  if (found !== expected) throw mismatch(format, found);
  if (format === 'qcow2') parseQcow2Header(head);
}

/**
 * Does the content agree with the declared format, stand for itself, and stay within `maxVirtualBytes`? Answers the
 * size a guest sees, null where the format has none (kernels and ramdisks).
 */
export async function inspectDisk(
  format: DiskFormat,
  disk: DiskReader,
  maxVirtualBytes: number,
): Promise<number | null> {
  const tail = await disk.read(Math.max(0, disk.size - TAIL_BYTES), TAIL_BYTES);
  checkHead(format, await disk.read(0, HEAD_BYTES), tail);
  const virtualSize = await virtualSizeOf(format, disk);
  if (virtualSize !== null && virtualSize > maxVirtualBytes) {
    throw unusable(
      `The image's virtual size of ${virtualSize} bytes is more than the ${maxVirtualBytes} bytes that are allowed.`,
    );
  }
  return virtualSize;
}

async function virtualSizeOf(format: DiskFormat, disk: DiskReader): Promise<number | null> {
  switch (format) {
    case 'qcow2':
      return await inspectQcow2(disk);
    case 'vmdk':
      return await inspectVmdk(disk);
    case 'vhd':
      return await inspectVhd(disk);
    case 'vhdx':
      return await inspectVhdx(disk);
    case 'vdi':
      return await inspectVdi(disk);
    case 'iso':
      return await inspectIso(disk);
    case 'raw':
      return disk.size;
    default:
      return null;
  }
}

function mismatch(declared: string, found: string | null) {
  const what = found === null ? `is not ${declared}` : `is ${found}, not ${declared}`;
  return unusable(
    `The image was declared as ${declared} but its content ${what}.`,
    DISK_FORMATS.some((format) => format === found)
      ? `Create it with disk_format ${found}, or convert it with qemu-img.`
      : undefined,
  );
}
