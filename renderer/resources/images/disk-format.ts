import {
  type ContainerFormat,
  HEAD_BYTES,
  isIso,
  recogniseContainer,
  TAIL_BYTES,
} from '../../../app/contract/disk-format.ts';

/** Disk formats as the Image API names them, those that machines start from first. */
export const DISK_FORMATS = ['qcow2', 'raw', 'iso', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const;
export type DiskFormat = (typeof DISK_FORMATS)[number];

/** Where the answer comes from: bytes are sure, a name is likely, nothing at all means raw. */
export interface DetectedFormat {
  format: DiskFormat;
  by: 'content' | 'name' | 'nothing';
  /** What the file is packed in: it has to be unpacked before a machine can start from it. */
  packedAs: 'gzip' | 'xz' | 'zstd' | 'bzip2' | 'zip' | 'tar' | null;
  /** A disk of a kind that no API has a name for: it has to be converted. */
  foreign: Exclude<ContainerFormat, DiskFormat> | null;
}

/** What is read of a file: enough to know it by, however large it is. */
export interface FileEnds {
  head: Uint8Array;
  tail: Uint8Array;
}

interface PackingMark {
  is: NonNullable<DetectedFormat['packedAs']>;
  at: number;
  bytes: readonly number[];
}

const text = (word: string): number[] => [...word].map((sign) => sign.charCodeAt(0));

const PACKING_MARKS: readonly PackingMark[] = [
  { is: 'gzip', at: 0, bytes: [0x1f, 0x8b] },
  { is: 'xz', at: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { is: 'zstd', at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { is: 'bzip2', at: 0, bytes: text('BZh') },
  { is: 'zip', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { is: 'tar', at: 257, bytes: text('ustar') },
];

const FORMAT_BY_ENDING: Readonly<Record<string, DiskFormat>> = {
  qcow2: 'qcow2',
  qcow: 'qcow2',
  raw: 'raw',
  dd: 'raw',
  iso: 'iso',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhd: 'vhd',
  vpc: 'vhd',
  vhdx: 'vhdx',
};

/** What a file is, by its bytes, else by its name. A `.img` may be anything: only its bytes tell. */
export function detectFormat(name: string, ends: FileEnds): DetectedFormat {
  const packedAs = packingOf(ends.head);
  const container = packedAs === null ? recogniseContainer(ends.head, ends.tail) : null;
  const content = container ?? (packedAs === null ? formatOfPlainDisk(ends.head) : null);
  if (content !== null) {
    return isDiskFormat(content)
      ? { format: content, by: 'content', packedAs, foreign: null }
      : { format: 'raw', by: 'content', packedAs, foreign: content };
  }
  const named = FORMAT_BY_ENDING[endingOf(name)];
  return { format: named ?? 'raw', by: named ? 'name' : 'nothing', packedAs, foreign: null };
}

function isDiskFormat(format: ContainerFormat | DiskFormat): format is DiskFormat {
  return (DISK_FORMATS as readonly string[]).includes(format);
}

/** ISO first: hybrid ones have a boot sector too. */
function formatOfPlainDisk(head: Uint8Array): 'iso' | 'raw' | null {
  if (isIso(head)) return 'iso';
  return head[510] === 0x55 && head[511] === 0xaa ? 'raw' : null;
}

function packingOf(head: Uint8Array): DetectedFormat['packedAs'] {
  const found = PACKING_MARKS.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte));
  return found?.is ?? null;
}

const endingOf = (name: string): string => /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';

/** What says how a file is stored. */
const ENDINGS = new Set(
  'img disk bin gz xz zst bz2 zip tar ova qcow qcow2 raw dd iso vmdk vdi vhd vhdx vpc'.split(' '),
);

/** `debian-12-generic.qcow2` as `debian-12-generic`: a file's name without what says how it is stored. */
export function suggestImageName(fileName: string): string {
  const plain = fileName.replace(/^.*[\\/]/, '');
  const parts = plain.split('.');
  while (ENDINGS.has(parts.at(-1)?.toLowerCase() ?? '') && parts.length > 1) parts.pop();
  return (parts.join('.') || plain).slice(0, 255).trim();
}

export async function readEnds(file: Blob): Promise<FileEnds> {
  const [head, tail] = await Promise.all([
    file.slice(0, HEAD_BYTES).arrayBuffer(),
    file.slice(Math.max(0, file.size - TAIL_BYTES)).arrayBuffer(),
  ]);
  return { head: new Uint8Array(head), tail: new Uint8Array(tail) };
}
