import { type DiskReader, readFully, size64, unusable } from './disk-reader.ts';

/** Sparse extents of VMware's Virtual Disk Format 5.0; little-endian, sectors of 512 bytes. */
export const VMDK_MAGIC = Buffer.from('KDMV');
export const VMDK_ESX_MAGIC = Buffer.from('COWD');
export const VMDK_DESCRIPTOR_MAGIC = Buffer.from('# Disk DescriptorFile');
const SECTOR = 512;
const ALLOWED_TYPES = ['monolithicSparse', 'streamOptimized'];
const MAX_DESCRIPTOR_SECTORS = 2048;
/** `gdOffset` of a stream whose true header stands at its end. */
const GRAIN_DIRECTORY_AT_END = 0xffff_ffff_ffff_ffffn;

/** One file that holds everything; answers the virtual size. */
export async function inspectVmdk(disk: DiskReader): Promise<number> {
  const header = await readFully(disk, 0, SECTOR, 'VMDK header');
  if (!header.subarray(0, 4).equals(VMDK_MAGIC)) {
    throw unusable(
      'The image is not a VMDK in one file.',
      'Convert it: qemu-img convert -O vmdk -o subformat=streamOptimized <image> <single image>',
    );
  }
  const capacity = capacityOf(header);
  const offset = size64(header.readBigUInt64LE(28), 'descriptor');
  const sectors = size64(header.readBigUInt64LE(36), 'descriptor');
  if (offset === 0 || sectors === 0) throw unusable('The VMDK has no descriptor.');
  if (sectors > MAX_DESCRIPTOR_SECTORS) throw unusable('The VMDK descriptor is too large.');
  const text = await readFully(disk, offset * SECTOR, sectors * SECTOR, 'VMDK descriptor');
  checkDescriptor(text.toString('latin1').replace(/\0.*$/s, ''));
  if (header.readBigUInt64LE(56) === GRAIN_DIRECTORY_AT_END) await checkFooter(disk, capacity);
  return capacity * SECTOR;
}

function capacityOf(header: Buffer): number {
  const version = header.readUInt32LE(4);
  if (version < 1 || version > 3) throw unusable(`VMDK version ${version} is not known.`);
  const capacity = size64(header.readBigUInt64LE(12), 'capacity');
  // With 0 QEMU would believe the descriptor's extents instead.
  if (capacity === 0) throw unusable('The VMDK states no capacity.');
  return capacity;
}

/** `key=value` lines and one line per extent: `RW 8192 SPARSE "disk.vmdk"`. */
export function checkDescriptor(text: string): void {
  if (!text.startsWith('# Disk DescriptorFile')) throw unusable('The VMDK descriptor is not one.');
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const type = lines.map((line) => /^createType\s*=\s*"(.*)"$/i.exec(line)?.[1]).find((found) => found !== undefined);
  if (type === undefined || !ALLOWED_TYPES.includes(type)) {
    throw unusable(
      `VMDK of the type ${type ?? '(none)'} is refused: only ${ALLOWED_TYPES.join(' and ')} hold all data in one file.`,
      'Convert it: qemu-img convert -O vmdk -o subformat=streamOptimized <image> <single image>',
    );
  }
  const parent = lines.find((line) => /^parentCID\s*=/i.test(line));
  if (parent && !/=\s*"?ffffffff"?$/i.test(parent)) throw unusable('The VMDK is a difference to another disk.');
  if (lines.some((line) => /^(parentFileNameHint|changeTrackPath)\s*=/i.test(line))) {
    throw unusable('The VMDK names another file.');
  }
  const extents = lines.filter((line) => /^(RW|RDONLY|NOACCESS)\b/i.test(line));
  const [extent] = extents;
  if (extents.length !== 1 || !extent || !/^RW\s+\d+\s+SPARSE\s+"[^"/\\]*"$/.test(extent)) {
    throw unusable('The VMDK has extents in other files.');
  }
}

/** Marker, the header again, end-of-stream marker: three sectors. QEMU believes this header, so it must say the same. */
async function checkFooter(disk: DiskReader, capacity: number): Promise<void> {
  const footer = await readFully(disk, Math.max(0, disk.size - 2 * SECTOR), SECTOR, 'VMDK footer');
  if (!footer.subarray(0, 4).equals(VMDK_MAGIC) || capacityOf(footer) !== capacity) {
    throw unusable('The VMDK ends without its footer.', 'Was it copied completely?');
  }
}
