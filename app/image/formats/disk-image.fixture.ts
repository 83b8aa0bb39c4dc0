import type { DiskReader } from './disk-reader.ts';

/** Disk images as small as their formats allow, for tests to bend. */
export const MIB = 1024 * 1024;

export function readerOf(bytes: Buffer, size = bytes.length): DiskReader {
  return { size, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** qcow2 version 3, clusters of 64 KiB, nothing allocated: header, refcount table, refcount block, L1 table. */
export function qcow2Image(virtualSize = 64 * MIB): Buffer {
  const cluster = 65_536;
  const image = Buffer.alloc(4 * cluster);
  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(3, 4);
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(BigInt(virtualSize), 24);
  image.writeUInt32BE(Math.ceil(virtualSize / (cluster * (cluster / 8))), 36);
  image.writeBigUInt64BE(BigInt(3 * cluster), 40);
  image.writeBigUInt64BE(BigInt(cluster), 48);
  image.writeUInt32BE(1, 56);
  image.writeUInt32BE(4, 96);
  image.writeUInt32BE(104, 100);
  return image;
}

export const VMDK_DESCRIPTOR = `# Disk DescriptorFile
version=1
CID=12345678
parentCID=ffffffff
createType="monolithicSparse"

# Extent description
RW 131072 SPARSE "disk.vmdk"
`;

/** A sparse VMDK with its descriptor in sector 1. */
export function vmdkImage(descriptor = VMDK_DESCRIPTOR, capacitySectors = 131_072): Buffer {
  const image = Buffer.alloc(64 * 512);
  image.write('KDMV', 0, 'latin1');
  image.writeUInt32LE(1, 4);
  image.writeBigUInt64LE(BigInt(capacitySectors), 12);
  image.writeBigUInt64LE(128n, 20);
  image.writeBigUInt64LE(1n, 28);
  image.writeBigUInt64LE(20n, 36);
  image.writeBigUInt64LE(26n, 56);
  image.write(descriptor, 512, 'latin1');
  return image;
}

export function vhdImage(type: 'fixed' | 'dynamic' | 'differencing', virtualSize = 4096): Buffer {
  const footer = Buffer.alloc(512);
  footer.write('conectix', 0, 'latin1');
  footer.writeBigUInt64BE(BigInt(virtualSize), 40);
  footer.writeBigUInt64BE(BigInt(virtualSize), 48);
  footer.writeUInt32BE({ fixed: 2, dynamic: 3, differencing: 4 }[type], 60);
  return type === 'fixed' ? Buffer.concat([Buffer.alloc(virtualSize), footer]) : Buffer.concat([footer, footer]);
}

export function vdiImage(virtualSize = MIB): Buffer {
  const image = Buffer.alloc(0x200);
  image.writeUInt32LE(0xbeda107f, 0x40);
  image.writeUInt32LE(0x0001_0001, 0x44);
  image.writeUInt32LE(1, 0x4c);
  image.writeBigUInt64LE(BigInt(virtualSize), 0x170);
  image.writeUInt32LE(MIB, 0x178);
  image.writeUInt32LE(Math.ceil(virtualSize / MIB), 0x180);
  return image;
}

const VHDX_METADATA_AT = MIB;

export function vhdxImage(virtualSize = 64 * MIB, hasParent = false): Buffer {
  const image = Buffer.alloc(VHDX_METADATA_AT + 128 * 1024);
  image.write('vhdxfile', 0, 'latin1');
  const regions = 192 * 1024;
  image.write('regi', regions, 'latin1');
  image.writeUInt32LE(1, regions + 8);
  Buffer.from('06a27c8b90479a4bb8fe575f050f886e', 'hex').copy(image, regions + 16);
  image.writeBigUInt64LE(BigInt(VHDX_METADATA_AT), regions + 32);
  image.write('metadata', VHDX_METADATA_AT, 'latin1');
  image.writeUInt16LE(2, VHDX_METADATA_AT + 10);
  const item = (index: number, id: string, offset: number) => {
    const at = VHDX_METADATA_AT + 32 + index * 32;
    Buffer.from(id, 'hex').copy(image, at);
    image.writeUInt32LE(offset, at + 16);
  };
  item(0, '3767a1ca36fa434db3b633f0aa44e76b', 65_536);
  item(1, '2442a52f1bcd7648b2115dbed83bf4b8', 65_544);
  image.writeUInt32LE(hasParent ? 2 : 0, VHDX_METADATA_AT + 65_540);
  image.writeBigUInt64LE(BigInt(virtualSize), VHDX_METADATA_AT + 65_544);
  return image;
}

export function isoImage(): Buffer {
  const image = Buffer.alloc(40_000);
  image.write('\x01CD001', 32_768, 'latin1');
  return image;
}
