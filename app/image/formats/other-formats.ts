import { HEAD_BYTES, isIso, recogniseContainer, VHD_MAGIC } from '../../contract/disk-format.ts';
import { type DiskReader, readFully, size64, unusable } from './disk-reader.ts';

const VHD_FOOTER = 512;
const VHD_FIXED = 2;
const VHD_DYNAMIC = 3;
const KIB = 1024;

/** Microsoft's Virtual Hard Disk: a footer at the end, repeated at the beginning unless it is a fixed disk. Big-endian. */
export async function inspectVhd(disk: DiskReader): Promise<number> {
  const footer = await readFully(disk, Math.max(0, disk.size - VHD_FOOTER), VHD_FOOTER, 'VHD footer');
  if (!footer.subarray(0, 8).equals(VHD_MAGIC)) throw unusable('The image is not a VHD, or its end is missing.');
  const type = footer.readUInt32BE(60);
  if (type !== VHD_FIXED && type !== VHD_DYNAMIC) {
    throw unusable('The VHD is a difference to another disk, or of a type that is not known.');
  }
  const virtualSize = size64(footer.readBigUInt64BE(48), 'virtual size');
  if (type === VHD_FIXED) {
    if (virtualSize + VHD_FOOTER > disk.size) throw unusable('The VHD ends before its data.');
    return virtualSize;
  }
  const copy = await disk.read(0, VHD_FOOTER);
  // QEMU believes the copy at the beginning, so both must say the same.
  if (!copy.equals(footer)) throw unusable('The VHD begins otherwise than it ends.');
  return virtualSize;
}

const REGION_TABLE_AT = 192 * KIB;
const METADATA_REGION = guid('8B7CA206-4790-4B9A-B8FE-575F050F886E');
const FILE_PARAMETERS = guid('CAA16737-FA36-4D43-B3B6-33F0AA44E76B');
const VIRTUAL_DISK_SIZE = guid('2FA54224-CD1B-4876-B211-5DBED83BF4B8');
const PARENT_LOCATOR = guid('A8D35F2D-B30B-454D-ABF7-D3D84834AB0C');
const HAS_PARENT = 0b10;

/** [MS-VHDX]: region table, then the metadata region with its table of items. Little-endian. */
export async function inspectVhdx(disk: DiskReader): Promise<number> {
  if (recogniseContainer(await disk.read(0, 8)) !== 'vhdx') throw unusable('The image is not a VHDX.');
  const regions = await readFully(disk, REGION_TABLE_AT, 64 * KIB, 'VHDX region table');
  if (regions.toString('latin1', 0, 4) !== 'regi') throw unusable('The VHDX has no region table.');
  const region = entriesOf(regions, 16, regions.readUInt32LE(8), 2047).find((entry) =>
    entry.subarray(0, 16).equals(METADATA_REGION),
  );
  if (!region) throw unusable('The VHDX has no metadata.');
  const start = size64(region.readBigUInt64LE(16), 'metadata');
  const table = await readFully(disk, start, 64 * KIB, 'VHDX metadata');
  if (table.toString('latin1', 0, 8) !== 'metadata') throw unusable('The VHDX has no metadata.');
  const items = entriesOf(table, 32, table.readUInt16LE(10), 2046);
  if (items.some((item) => item.subarray(0, 16).equals(PARENT_LOCATOR))) throw differencing();
  const value = async (id: Buffer) => {
    const item = items.find((candidate) => candidate.subarray(0, 16).equals(id));
    if (!item) throw unusable('The VHDX lacks metadata.');
    return await readFully(disk, start + item.readUInt32LE(16), 8, 'VHDX metadata');
  };
  if (((await value(FILE_PARAMETERS)).readUInt32LE(4) & HAS_PARENT) !== 0) throw differencing();
  return size64((await value(VIRTUAL_DISK_SIZE)).readBigUInt64LE(0), 'virtual size');
}

function differencing() {
  return unusable('The VHDX is a difference to another disk.');
}

function entriesOf(table: Buffer, from: number, count: number, most: number): Buffer[] {
  if (count > most) throw unusable('A table of the VHDX is too large.');
  return Array.from({ length: count }, (_, index) => table.subarray(from + index * 32, from + (index + 1) * 32));
}

/** A GUID in its stored order: the first three groups are little-endian. */
function guid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

const VDI_HEADER = 0x1c8;

/** VirtualBox's disk image, header version 1.1. Little-endian. */
export async function inspectVdi(disk: DiskReader): Promise<number> {
  const header = await readFully(disk, 0, VDI_HEADER, 'VDI header');
  if (recogniseContainer(header) !== 'vdi') throw unusable('The image is not a VDI.');
  if (header.readUInt32LE(0x44) !== 0x0001_0001) throw unusable('The VDI version is not known.');
  const type = header.readUInt32LE(0x4c);
  const links = header.subarray(0x1a8, VDI_HEADER);
  if ((type !== 1 && type !== 2) || links.some((byte) => byte !== 0)) {
    throw unusable('The VDI is a difference to another disk, or of a type that is not known.');
  }
  const blocks = header.readUInt32LE(0x180) * header.readUInt32LE(0x178);
  const virtualSize = size64(header.readBigUInt64LE(0x170), 'virtual size');
  if (virtualSize > blocks) throw unusable('The VDI has fewer blocks than its size needs.');
  return virtualSize;
}

/** ISO 9660: the first volume descriptor is in sector 16 of 2048 bytes. */
export async function inspectIso(disk: DiskReader): Promise<number> {
  if (!isIso(await disk.read(0, HEAD_BYTES))) throw unusable('The image is not an ISO 9660 file system.');
  return disk.size;
}
