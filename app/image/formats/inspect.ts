import { type DiskReader, unusable } from './disk-reader.ts';
import {
  inspectIso,
  inspectVdi,
  inspectVhd,
  inspectVhdx,
  QED_MAGIC,
  VDI_MAGIC,
  VDI_MAGIC_AT,
  VHD_MAGIC,
  VHDX_MAGIC,
} from './other-formats.ts';
import { inspectQcow2, parseQcow2Header, QCOW2_MAGIC } from './qcow2.ts';
import { inspectVmdk, VMDK_DESCRIPTOR_MAGIC, VMDK_ESX_MAGIC, VMDK_MAGIC } from './vmdk.ts';

/** Glance's disk formats, but for `ploop`, whose content nothing here can judge. */
export const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso'] as const;
export type DiskFormat = (typeof DISK_FORMATS)[number];

/** So many bytes at the beginning are enough for {@link checkHead}. */
export const HEAD_BYTES = 64 * 1024;

const MAGICS: readonly [string, Buffer][] = [
  ['qcow2', QCOW2_MAGIC],
  ['vmdk', VMDK_MAGIC],
  ['vmdk', VMDK_ESX_MAGIC],
  ['vmdk', VMDK_DESCRIPTOR_MAGIC],
  ['vhd', VHD_MAGIC],
  ['vhdx', VHDX_MAGIC],
  ['qed', QED_MAGIC],
];

/** What the first bytes say the image is: the formats a hypervisor that guesses would open as such. */
export function sniff(head: Buffer): string | null {
  const found = MAGICS.find(([, magic]) => head.subarray(0, magic.length).equals(magic));
  if (found) return found[0];
  const hasVdi = head.length >= VDI_MAGIC_AT + 4 && head.readUInt32LE(VDI_MAGIC_AT) === VDI_MAGIC;
  return hasVdi ? 'vdi' : null;
}

/** Refuses early, from the first {@link HEAD_BYTES} of an upload (or all of it, when it is shorter). */
export function checkHead(format: DiskFormat, head: Buffer): void {
  if (format === 'ami' || format === 'ari' || format === 'aki') return;
  const found = sniff(head);
  // A fixed VHD has its magic at the end only.
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
  checkHead(format, await disk.read(0, HEAD_BYTES));
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
      return await inspectRaw(disk);
    default:
      return null;
  }
}

async function inspectRaw(disk: DiskReader): Promise<number> {
  const footer = await disk.read(Math.max(0, disk.size - 512), 8);
  if (footer.equals(VHD_MAGIC)) throw mismatch('raw', 'vhd');
  return disk.size;
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
