/** What QEMU reads and writes a disk by: a `BlockdevOptions` of its monitor's reference (QAPI, `blockdev-add`). */
export type BlockNode = Readonly<Record<string, unknown>>;

export type DiskFormat = 'qcow2' | 'raw';

/** A file of this host. Its format is always stated, so QEMU never guesses one from what a guest wrote into its disk. */
export function localFile(format: DiskFormat, path: string, { isReadOnly = false } = {}): BlockNode {
  const discard = isReadOnly ? 'ignore' : 'unmap';
  const file = { driver: 'file', filename: path, 'read-only': isReadOnly, discard };
  // Whatever a header may say, nothing is opened that is not named here.
  const backing = format === 'qcow2' ? { backing: null } : {};
  return { driver: format, 'read-only': isReadOnly, discard, file, ...backing };
}

/** The same, for reading only. */
export function onlyRead(node: BlockNode): BlockNode {
  const { file, backing } = node;
  const inner = (value: unknown) => (isNode(value) ? onlyRead(value) : value);
  return {
    ...{ ...node, 'read-only': true, discard: 'ignore' },
    ...(file !== undefined && { file: inner(file) }),
    ...(backing !== undefined && { backing: inner(backing) }),
  };
}

function isNode(value: unknown): value is BlockNode {
  return typeof value === 'object' && value !== null;
}

/** A disk that lies under another: it is only read, until what is over it is written into it. */
export function beneath({ file, ...node }: BlockNode): BlockNode {
  const { 'read-only': _, ...rest } = file as BlockNode;
  // QEMU may open it for writing by itself then, but not a file that it was told to only read.
  return { ...node, 'read-only': true, file: { ...rest, 'auto-read-only': true } };
}

/** What is written goes to `node`; what was never written is read from `base`. */
export function overlay(node: BlockNode, base: BlockNode): BlockNode {
  return { ...node, backing: base };
}
