import { VMDK_SPARSE_MAGIC } from '../../contract/disk-format.ts';
import { type DiskReader, readFully, size64, unusable } from './disk-reader.ts';

/** Sparse extents of VMware's Virtual Disk Format 5.0; little-endian, sectors of 512 bytes. */
const SECTOR = 512;
const ALLOWED_TYPES = ['monolithicSparse', 'streamOptimized'];
const MAX_DESCRIPTOR_SECTORS = 2048;
/** `gdOffset` of a stream whose true header stands at its end. */
const GRAIN_DIRECTORY_AT_END = 0xffff_ffff_ffff_ffffn;
const GRAIN_DIRECTORY_FIELD = 56;
/** From the magic to the entries of a grain table; the compression. */
const REPEATED_FIELDS = [
  [0, 48],
  [77, 79],
] as const;
/** A marker: sectors, size, type. */
const MARKER_BYTES = 16;
const FOOTER_MARKER = 3;

/** One file that holds everything; answers the virtual size. */
export async function inspectVmdk(disk: DiskReader): Promise<number> {
  const header = await readFully(disk, 0, SECTOR, 'VMDK header');
  if (!header.subarray(0, 4).equals(VMDK_SPARSE_MAGIC)) {
    throw unusable(
      'The image is not a VMDK in one file.',
      'Convert it: qemu-img convert -O vmdk -o subformat=streamOptimized <image> <single image>',
    );
  }
  const capacity = capacityOf(header);
  const offset = size64(header.readBigUInt64LE(28), 'descriptor');
  const sectors = size64(header.readBigUInt64LE(36), 'descriptor');
  if (offset === 0 || sectors === 0) throw unusable('The VMDK has no descriptor.');
  // QEMU looks for a parent in the second sector, whatever the header says.
  if (offset !== 1) throw unusable('The VMDK has its descriptor at another place than its second sector.');
  if (sectors > MAX_DESCRIPTOR_SECTORS) throw unusable('The VMDK descriptor is too large.');
  const text = await readFully(disk, offset * SECTOR, sectors * SECTOR, 'VMDK descriptor');
  checkDescriptor(text.toString('latin1').replace(/\0.*$/s, ''));
  if (header.readBigUInt64LE(GRAIN_DIRECTORY_FIELD) === GRAIN_DIRECTORY_AT_END) await checkFooter(disk, header);
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
  if (extents.length !== 1 || !extent || !/^(RW|RDONLY)\s+\d+\s+SPARSE\s+"[^"/\\]*"$/.test(extent)) {
    throw unusable('The VMDK has extents in other files.');
  }
}

/**
 * The last three sectors of a stream: marker of the footer, the header again, marker of the end. QEMU believes the footer,
 * so it must say what the header says, but for the places of the grain directories, which only it knows.
 */
async function checkFooter(disk: DiskReader, header: Buffer): Promise<void> {
  const end = await disk.read(Math.max(0, disk.size - 3 * SECTOR), 3 * SECTOR);
  const footer = end.subarray(SECTOR, 2 * SECTOR);
  const isWhole =
    end.length === 3 * SECTOR &&
    end.readUInt32LE(12) === FOOTER_MARKER &&
    footer.subarray(0, 4).equals(VMDK_SPARSE_MAGIC) &&
    end.subarray(2 * SECTOR, 2 * SECTOR + MARKER_BYTES).every((byte) => byte === 0);
  if (!isWhole) throw unusable('The VMDK ends without its footer.', 'Was it copied completely?');
  const same = ([from, to]: readonly [number, number]) => footer.subarray(from, to).equals(header.subarray(from, to));
  const directory = footer.readBigUInt64LE(GRAIN_DIRECTORY_FIELD);
  if (!REPEATED_FIELDS.every(same) || directory === GRAIN_DIRECTORY_AT_END) {
    throw unusable('The footer of the VMDK says otherwise than its header.');
  }
}
