/**
 * How formats of disk images are known by their bytes. The browser shows, the controller refuses and the host refuses
 * again by this one table, so that none of them takes what another does not.
 */

/** Container formats of disks; those that no API has a name for are known so that they are never taken as raw. */
export type ContainerFormat = 'qcow2' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi' | 'qed' | 'parallels' | 'bochs' | 'cloop';

/** So many bytes at the beginning hold every mark; that of an ISO begins at 32,769. */
export const HEAD_BYTES = 64 * 1024;
/** So many at the end: the footer of a VHD, which in a fixed one is the only mark. */
export const TAIL_BYTES = 512;

const bytesOf = (word: string): Uint8Array => Uint8Array.from(word, (sign) => sign.charCodeAt(0));

export const QCOW2_MAGIC = bytesOf('QFI\xfb');
export const VMDK_SPARSE_MAGIC = bytesOf('KDMV');
export const VHD_MAGIC = bytesOf('conectix');

/** What QEMU's block drivers look for, at their place; files of qcow's first version begin as those of its second do. */
const MARKS: readonly { is: ContainerFormat; at: number; bytes: Uint8Array }[] = [
  { is: 'qcow2', at: 0, bytes: QCOW2_MAGIC },
  { is: 'vmdk', at: 0, bytes: VMDK_SPARSE_MAGIC },
  { is: 'vmdk', at: 0, bytes: bytesOf('COWD') },
  { is: 'vmdk', at: 0, bytes: bytesOf('# Disk DescriptorFile') },
  { is: 'vhd', at: 0, bytes: VHD_MAGIC },
  { is: 'vhdx', at: 0, bytes: bytesOf('vhdxfile') },
  { is: 'vdi', at: 0x40, bytes: bytesOf('\x7f\x10\xda\xbe') },
  { is: 'qed', at: 0, bytes: bytesOf('QED\0') },
  { is: 'parallels', at: 0, bytes: bytesOf('WithoutFreeSpace') },
  { is: 'parallels', at: 0, bytes: bytesOf('WithouFreSpacExt') },
  { is: 'bochs', at: 0, bytes: bytesOf('Bochs Virtual HD Image') },
  { is: 'cloop', at: 0, bytes: bytesOf('#!/bin/sh\n#V2.0 Format\n') },
];
// A disk that is encrypted as a whole (LUKS) has no line above: a guest opens it itself, it is raw to everybody else.

const ISO_MARK = { at: 16 * 2048 + 1, bytes: bytesOf('CD001') };

/**
 * The container a file is, for whoever opens it without being told: by its first {@link HEAD_BYTES}, and where the end is
 * known by its last {@link TAIL_BYTES}. Null: bytes of a disk, or of nothing.
 */
export function recogniseContainer(head: Uint8Array, tail?: Uint8Array): ContainerFormat | null {
  const mark = MARKS.find(({ at, bytes }) => carries(head, at, bytes));
  if (mark) return mark.is;
  if (isVmdkDescriptor(head)) return 'vmdk';
  return tail && carries(tail, Math.max(0, tail.length - TAIL_BYTES), VHD_MAGIC) ? 'vhd' : null;
}

/** An ISO 9660 file system, which may be a bootable disk as well. */
export function isIso(head: Uint8Array): boolean {
  return carries(head, ISO_MARK.at, ISO_MARK.bytes);
}

function carries(bytes: Uint8Array, at: number, mark: Uint8Array): boolean {
  return bytes.length >= at + mark.length && mark.every((byte, index) => bytes[at + index] === byte);
}

const VERSIONS = ['version=1', 'version=2', 'version=3'].map(bytesOf);
const [HASH, SPACE, RETURN, NEWLINE] = bytesOf('# \r\n') as unknown as [number, number, number, number];

/** A VMDK descriptor needs no first line: comments and blank lines, then its version (QEMU's `vmdk_probe`). */
function isVmdkDescriptor(head: Uint8Array): boolean {
  let at = 0;
  while (head[at] === HASH || head[at] === SPACE) {
    if (head[at] === HASH) {
      while (at < head.length && head[at] !== NEWLINE) at++;
    } else {
      while (head[at] === SPACE) at++;
      if (head[at] === RETURN) at++;
      if (head[at] !== NEWLINE) return false;
    }
    at++;
  }
  const version = VERSIONS.find((word) => carries(head, at, word));
  if (!version) return false;
  const end = at + version.length;
  return head[end] === NEWLINE || (head[end] === RETURN && head[end + 1] === NEWLINE);
}
