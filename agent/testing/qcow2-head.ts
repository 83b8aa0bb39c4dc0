/** Head of a qcow2 file as a test wants it, by QEMU's `docs/interop/qcow2.txt`. */
export function buildQcow2Head(options: {
  version?: number;
  virtualSize?: bigint;
  backingFile?: string;
  features?: bigint;
  encryption?: number;
  dataFile?: string;
  extensions?: [number, Buffer][];
}): Buffer {
  const head = Buffer.alloc(4096);
  head.write('QFI\xfb', 0, 'latin1');
  head.writeUInt32BE(options.version ?? 3, 4);
  head.writeUInt32BE(16, 20);
  head.writeBigUInt64BE(options.virtualSize ?? 1n << 20n, 24);
  head.writeUInt32BE(options.encryption ?? 0, 32);
  head.writeBigUInt64BE(options.features ?? 0n, 72);
  head.writeUInt32BE(4, 96);
  head.writeUInt32BE(104, 100);
  let offset = (options.version ?? 3) === 2 ? 72 : 104;
  const extensions = [...(options.extensions ?? [])];
  if (options.dataFile !== undefined) extensions.push([0x44415441, Buffer.from(options.dataFile)]);
  for (const [type, data] of extensions) {
    head.writeUInt32BE(type, offset);
    head.writeUInt32BE(data.length, offset + 4);
    data.copy(head, offset + 8);
    offset += 8 + Math.ceil(data.length / 8) * 8;
  }
  if (options.backingFile !== undefined) {
    const name = Buffer.from(options.backingFile);
    head.writeBigUInt64BE(2048n, 8);
    head.writeUInt32BE(name.length, 16);
    name.copy(head, 2048);
  }
  return head;
}
