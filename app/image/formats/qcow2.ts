import { QCOW2_MAGIC } from '../../contract/disk-format.ts';
import { type DiskReader, readFully, size64, unusable } from './disk-reader.ts';

/** Layout and limits: docs/interop/qcow2.txt of QEMU; limits as QEMU's block driver has them. Big-endian. */
const V2_HEADER = 72;
const V3_HEADER = 104;
const MAX_L1_BYTES = 32 * 1024 * 1024;
const MAX_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024;
const MAX_SNAPSHOTS = 65_536;
/** Incompatible features: 0 dirty, 1 corrupt, 2 external data file, 3 compression type, 4 extended L2 entries. */
const CORRUPT = 1n << 1n;
const EXTERNAL_DATA = 1n << 2n;
const EXTENDED_L2 = 1n << 4n;
const KNOWN_FEATURES = 0b11111n;
const EXTENSION_END = 0;
const EXTENSION_EXTERNAL_DATA = 0x44415441;
/** Bits 9 to 55 of an L1 entry are the offset of its L2 table. */
const L1_OFFSET = 0x00ff_ffff_ffff_fe00n;

export interface Qcow2Header {
  version: number;
  virtualSize: number;
  clusterSize: number;
  l1Entries: number;
  l1Offset: number;
  refcountTableOffset: number;
  refcountTableBytes: number;
  snapshots: number;
  snapshotsOffset: number;
}

/** Reads and judges the header from the beginning of an image; nothing in it may lead to another file. */
export function parseQcow2Header(head: Buffer): Qcow2Header {
  if (head.length < V2_HEADER || !head.subarray(0, 4).equals(QCOW2_MAGIC)) throw unusable('The image is not qcow2.');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw unusable(`qcow2 version ${version} is not known.`);
  if (version === 3 && head.length < V3_HEADER) throw unusable('The image ends inside its qcow2 header.');
  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0) {
    throw unusable(
      'The qcow2 image has a backing file, which images must not have.',
      'Flatten it first: qemu-img convert -O qcow2 <image> <flat image>',
    );
  }
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  refuseFeatures(features);
  if (head.readUInt32BE(32) !== 0) throw unusable('The qcow2 image is encrypted, which is not supported.');
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw unusable(`The qcow2 cluster size 2^${clusterBits} is out of range.`);
  const clusterSize = 2 ** clusterBits;
  if (version === 3) checkVersion3(head, clusterSize);
  refuseExternalDataName(head.subarray(0, clusterSize), version === 3 ? head.readUInt32BE(100) : V2_HEADER);

  const header: Qcow2Header = {
    version,
    clusterSize,
    virtualSize: size64(head.readBigUInt64BE(24), 'virtual size'),
    l1Entries: head.readUInt32BE(36),
    l1Offset: size64(head.readBigUInt64BE(40), 'L1 table'),
    refcountTableOffset: size64(head.readBigUInt64BE(48), 'refcount table'),
    refcountTableBytes: head.readUInt32BE(56) * clusterSize,
    snapshots: head.readUInt32BE(60),
    snapshotsOffset: size64(head.readBigUInt64BE(64), 'snapshot table'),
  };
  checkTables(header, (features & EXTENDED_L2) !== 0n ? 16 : 8);
  return header;
}

/** The header and the tables it names, against the file as a whole. Answers the virtual size. */
export async function inspectQcow2(disk: DiskReader): Promise<number> {
  const header = parseQcow2Header(await disk.read(0, 2 ** 21));
  const ends: [string, number][] = [
    ['L1 table', header.l1Offset + header.l1Entries * 8],
    ['refcount table', header.refcountTableOffset + header.refcountTableBytes],
    ['snapshot table', header.snapshots === 0 ? 0 : header.snapshotsOffset],
  ];
  for (const [what, end] of ends) {
    if (end > disk.size) throw unusable(`The qcow2 image ends before its ${what}.`, 'Was it copied completely?');
  }
  const l1 = await readFully(disk, header.l1Offset, header.l1Entries * 8, 'L1 table');
  for (let index = 0; index < header.l1Entries; index++) {
    const offset = Number(l1.readBigUInt64BE(index * 8) & L1_OFFSET);
    if (offset % header.clusterSize !== 0) throw unusable('An entry of the qcow2 L1 table is not aligned.');
    if (offset >= disk.size) throw unusable('The qcow2 image ends before its data.', 'Was it copied completely?');
  }
  return header.virtualSize;
}

function refuseFeatures(features: bigint): void {
  if ((features & EXTERNAL_DATA) !== 0n) {
    throw unusable(
      'The qcow2 image keeps its data in another file, which images must not do.',
      'Make it one file: qemu-img convert -O qcow2 <image> <single image>',
    );
  }
  if ((features & CORRUPT) !== 0n) {
    throw unusable('The qcow2 image is marked as corrupt.', 'Repair it: qemu-img check -r all <image>');
  }
  const unknown = features & ~KNOWN_FEATURES;
  if (unknown !== 0n) throw unusable(`The qcow2 image needs features that are not known (0x${unknown.toString(16)}).`);
}

function checkVersion3(head: Buffer, clusterSize: number): void {
  const length = head.readUInt32BE(100);
  if (length < V3_HEADER || length % 8 !== 0 || length > clusterSize) {
    throw unusable(`The qcow2 header length ${length} is out of range.`);
  }
  if (head.readUInt32BE(96) > 6) throw unusable('The qcow2 refcount width is out of range.');
}

/** Header extensions follow the header: type, length, data padded to 8 bytes, until type 0 or the cluster ends. */
function refuseExternalDataName(firstCluster: Buffer, headerLength: number): void {
  let at = headerLength;
  while (at + 8 <= firstCluster.length) {
    const type = firstCluster.readUInt32BE(at);
    if (type === EXTENSION_END) return;
    if (type === EXTENSION_EXTERNAL_DATA) throw unusable('The qcow2 image names an external data file.');
    at += 8 + Math.ceil(firstCluster.readUInt32BE(at + 4) / 8) * 8;
  }
}

function checkTables(header: Qcow2Header, l2EntryBytes: number): void {
  const { clusterSize } = header;
  const bytesPerL1Entry = clusterSize * (clusterSize / l2EntryBytes);
  const needed = Math.ceil(header.virtualSize / bytesPerL1Entry);
  if (header.l1Entries * 8 > MAX_L1_BYTES) throw unusable('The qcow2 L1 table is too large.');
  if (header.l1Entries < needed) throw unusable('The qcow2 L1 table is too small for the virtual size.');
  if (header.refcountTableBytes > MAX_REFCOUNT_TABLE_BYTES) throw unusable('The qcow2 refcount table is too large.');
  if (header.snapshots > MAX_SNAPSHOTS) throw unusable('The qcow2 image has too many snapshots.');
  const offsets = [header.l1Offset, header.refcountTableOffset, header.snapshots === 0 ? 0 : header.snapshotsOffset];
  if (offsets.some((offset) => offset % clusterSize !== 0))
    throw unusable('A table of the qcow2 image is not aligned.');
  if (header.refcountTableOffset === 0 || (header.l1Offset === 0 && header.l1Entries > 0)) {
    throw unusable('A table of the qcow2 image lies over its header.');
  }
}
