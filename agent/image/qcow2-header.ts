import { QCOW2_MAGIC } from '../../app/contract/disk-format.ts';

/**
 * Reader for the head of a qcow2 file, after QEMU's `docs/interop/qcow2.txt`. It decides nothing: `image-format.ts`
 * does. All numbers are big-endian.
 */
export interface Qcow2Header {
  version: number;
  /** Bytes the guest sees. */
  virtualSize: bigint;
  hasBackingFile: boolean;
  hasExternalDataFile: boolean;
  isEncrypted: boolean;
  isMarkedCorrupt: boolean;
  /** Bits of `incompatible_features` that this reader has no word for. */
  unknownFeatures: bigint;
}

const V2_LENGTH = 72;
const V3_LENGTH = 104;

const CORRUPT = 1n << 1n;
const EXTERNAL_DATA = 1n << 2n;
/** Dirty (lazy refcounts), corrupt, external data, compression type, extended L2 entries. */
const KNOWN_FEATURES = 0b11111n;

const EXTENSION_END = 0;
/** "DATA": the name of the external data file. */
const EXTENSION_DATA_FILE = 0x44415441;

/** Null when the bytes are not the head of a qcow2 file of a version that exists. */
export function readQcow2Header(head: Buffer): Qcow2Header | null {
  if (head.length < V2_LENGTH || !head.subarray(0, 4).equals(QCOW2_MAGIC)) return null;
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) return null;
  if (version === 3 && head.length < V3_LENGTH) return null;
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  const headerLength = version === 3 ? head.readUInt32BE(100) : V2_LENGTH;
  return {
    version,
    virtualSize: head.readBigUInt64BE(24),
    hasBackingFile: head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0,
    hasExternalDataFile: (features & EXTERNAL_DATA) !== 0n || namesDataFile(head, headerLength),
    isEncrypted: head.readUInt32BE(32) !== 0,
    isMarkedCorrupt: (features & CORRUPT) !== 0n,
    unknownFeatures: features & ~KNOWN_FEATURES,
  };
}

/** Walks the header extensions: type (4 bytes), length (4), data padded to 8. */
function namesDataFile(head: Buffer, start: number): boolean {
  let offset = start;
  while (offset + 8 <= head.length) {
    const type = head.readUInt32BE(offset);
    if (type === EXTENSION_END) return false;
    if (type === EXTENSION_DATA_FILE) return true;
    offset += 8 + Math.ceil(head.readUInt32BE(offset + 4) / 8) * 8;
  }
  return false;
}
