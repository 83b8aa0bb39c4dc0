/** Disk formats as the Image API names them, those that machines start from first. */
export const DISK_FORMATS = ['qcow2', 'raw', 'iso', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const;
export type DiskFormat = (typeof DISK_FORMATS)[number];

/** So many bytes hold every mark looked for; that of an ISO begins at 32,769. */
export const HEAD_BYTES = 33 * 1024;

/** Where the answer comes from: bytes are sure, a name is likely, nothing at all means raw. */
export interface DetectedFormat {
  format: DiskFormat;
  by: 'content' | 'name' | 'nothing';
  /** What the file is packed in: it has to be unpacked before a machine can start from it. */
  packedAs: 'gzip' | 'xz' | 'zstd' | 'bzip2' | 'zip' | 'tar' | null;
}

interface Mark<T> {
  is: T;
  at: number;
  bytes: readonly number[];
}

const text = (word: string): number[] => [...word].map((sign) => sign.charCodeAt(0));

const FORMAT_MARKS: readonly Mark<DiskFormat>[] = [
  { is: 'qcow2', at: 0, bytes: [0x51, 0x46, 0x49, 0xfb] },
  { is: 'vmdk', at: 0, bytes: text('KDMV') },
  { is: 'vmdk', at: 0, bytes: text('COWD') },
  { is: 'vmdk', at: 0, bytes: text('# Disk DescriptorFile') },
  { is: 'vdi', at: 64, bytes: [0x7f, 0x10, 0xda, 0xbe] },
  { is: 'vhdx', at: 0, bytes: text('vhdxfile') },
  { is: 'vhd', at: 0, bytes: text('conectix') },
  // ISO 9660, the identifier of the first volume descriptor in sector 16.
  { is: 'iso', at: 32_769, bytes: text('CD001') },
  // A disk with a boot sector; after ISO, because hybrid ISOs have one too.
  { is: 'raw', at: 510, bytes: [0x55, 0xaa] },
];

const PACKING_MARKS: readonly Mark<NonNullable<DetectedFormat['packedAs']>>[] = [
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

/** What a file is, by its first bytes, else by its name. A `.img` may be anything: only its bytes tell. */
export function detectFormat(name: string, head: Uint8Array): DetectedFormat {
  const packedAs = findMark(PACKING_MARKS, head);
  const content = packedAs === null ? findMark(FORMAT_MARKS, head) : null;
  if (content !== null) return { format: content, by: 'content', packedAs };
  const named = FORMAT_BY_ENDING[endingOf(name)];
  return named ? { format: named, by: 'name', packedAs } : { format: 'raw', by: 'nothing', packedAs };
}

function findMark<T>(marks: readonly Mark<T>[], head: Uint8Array): T | null {
  const found = marks.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte));
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

export async function readHead(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
}
