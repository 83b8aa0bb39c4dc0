import { Readable } from 'node:stream';
import { QCOW2_MAGIC } from '../../../app/contract/disk-format.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import { type ImageTarget, uploadImage } from '../../image/image-upload.ts';
import type { OrderContext } from '../driver.ts';

const CLUSTER_BITS = 16;
const CLUSTER = 1 << CLUSTER_BITS;
/** Bytes of the disk that one entry of the first table stands for: a cluster of entries of 8 bytes, each a cluster. */
const REACH = (CLUSTER / 8) * CLUSTER;
/** In clusters: the header, the table of reference counts, the block of them, and then the first table. */
const [REFERENCE_TABLE, REFERENCE_BLOCK, FIRST_TABLE] = [1, 2, 3];

/** What a snapshot of a machine comes to that has no disk: an empty one of its size. */
export async function sendBlankDisk(
  target: ImageTarget,
  imageId: string,
  { rootDiskGib, image }: Pick<MachineSpec, 'rootDiskGib' | 'image'>,
  { signal, progress }: OrderContext,
): Promise<void> {
  const copy = blankQcow2(rootDiskGib * 1024 ** 3 || (image?.virtualSize ?? 0));
  await uploadImage({
    ...{ imageId, size: copy.length, target, signal },
    read: () => Readable.from([copy]),
    progress: (done) => progress({ stage: 'upload', done, total: copy.length, unit: 'bytes' }),
  });
}

/** An empty disk as a qcow2 file of version 3, after QEMU's `docs/interop/qcow2.txt`. */
function blankQcow2(bytes: number): Buffer {
  const entries = Math.max(1, Math.ceil(bytes / REACH));
  const clusters = FIRST_TABLE + Math.ceil((entries * 8) / CLUSTER);
  const file = Buffer.alloc(clusters * CLUSTER);
  file.set(QCOW2_MAGIC);
  file.writeUInt32BE(3, 4);
  file.writeUInt32BE(CLUSTER_BITS, 20);
  file.writeBigUInt64BE(BigInt(Math.ceil(bytes / 512) * 512), 24);
  file.writeUInt32BE(entries, 36);
  file.writeBigUInt64BE(BigInt(FIRST_TABLE * CLUSTER), 40);
  file.writeBigUInt64BE(BigInt(REFERENCE_TABLE * CLUSTER), 48);
  file.writeUInt32BE(1, 56);
  // Reference counts of 16 bits, and the length of the header.
  file.writeUInt32BE(4, 96);
  file.writeUInt32BE(104, 100);
  file.writeBigUInt64BE(BigInt(REFERENCE_BLOCK * CLUSTER), REFERENCE_TABLE * CLUSTER);
  for (let cluster = 0; cluster < clusters; cluster++) {
    file.writeUInt16BE(1, REFERENCE_BLOCK * CLUSTER + cluster * 2);
  }
  return file;
}
