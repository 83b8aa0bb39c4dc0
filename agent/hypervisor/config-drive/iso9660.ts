import { UserError } from '../../../app/contract/errors.ts';
import { buildTree, type Folder, type Node } from './file-tree.ts';

/**
 * Writes an ISO 9660 image with Joliet names, the form a config drive comes in. ECMA-119 describes the volume, the
 * Joliet specification its second, UCS-2 directory hierarchy, which Linux, Windows and macOS all prefer when it is
 * there; the plain hierarchy only carries generated short names. Pure: files in, bytes out.
 */
export const SECTOR_BYTES = 2048;

const FIRST_DESCRIPTOR_SECTOR = 16;
/** Escape sequence that announces UCS-2 level 3, Joliet's mark in the supplementary descriptor. */
const JOLIET_ESCAPE = Buffer.from('%/E', 'latin1');

type Hierarchy = 'plain' | 'joliet';

/** Sectors a hierarchy's directories and path tables are placed at. */
interface Layout {
  hierarchy: Hierarchy;
  folders: Folder[];
  extents: Map<Folder, { sector: number; bytes: number }>;
  pathTableBytes: number;
  /** Little-endian and big-endian copies. */
  pathTables: { little: number; big: number };
}

/** `files` by path with `/`, as in `openstack/latest/meta_data.json`. `label` is what `blkid` and cloud-init look for. */
export function buildIso(label: string, files: ReadonlyMap<string, Uint8Array>, created: Date): Buffer {
  if (label.length > 16) throw new UserError('bad_request', 'The label of a config drive has at most 16 characters.');
  const root = buildTree(files);
  // Two volume descriptors and the terminator, then path tables, directories and file contents.
  let next = FIRST_DESCRIPTOR_SECTOR + 3;
  const layouts = (['plain', 'joliet'] as const).map((hierarchy) => {
    const layout = layOut(root, hierarchy, next);
    next = layout.end;
    return layout.layout;
  });
  const fileSectors = new Map<Node, number>();
  for (const file of allFiles(root)) {
    fileSectors.set(file, next);
    next += sectors(file.content.length);
  }
  const image = Buffer.alloc(next * SECTOR_BYTES);
  layouts.forEach((layout, index) => {
    writeDescriptor(image, FIRST_DESCRIPTOR_SECTOR + index, label, layout, next, created);
    writePathTables(image, layout);
    writeFolders(image, layout, fileSectors, created);
  });
  const terminator = (FIRST_DESCRIPTOR_SECTOR + 2) * SECTOR_BYTES;
  image.writeUInt8(255, terminator);
  image.write('CD001\x01', terminator + 1, 'latin1');
  for (const file of allFiles(root)) {
    image.set(file.content, (fileSectors.get(file) ?? 0) * SECTOR_BYTES);
  }
  return image;
}

function sectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR_BYTES);
}

function allFiles(folder: Folder): Extract<Node, { content: Uint8Array }>[] {
  return folder.children.flatMap((child) => ('content' in child ? [child] : allFiles(child)));
}

/** Breadth first, as path tables demand: parents before children. */
function allFolders(root: Folder): Folder[] {
  const folders = [root];
  for (const folder of folders) {
    for (const child of folder.children) if ('children' in child) folders.push(child);
  }
  return folders;
}

function identifier(node: Node, hierarchy: Hierarchy): Buffer {
  if (hierarchy === 'plain') return Buffer.from('content' in node ? `${node.shortName}.;1` : node.shortName, 'latin1');
  const bytes = Buffer.from(node.name, 'utf16le');
  return bytes.swap16();
}

/** A directory record: 33 bytes and the identifier, padded to an even length. */
function recordBytes(identifierBytes: number): number {
  return 33 + identifierBytes + (identifierBytes % 2 === 0 ? 1 : 0);
}

/** The plain order is by bytes; both hierarchies must be sorted by their own identifiers. */
function sorted(folder: Folder, hierarchy: Hierarchy): Node[] {
  return [...folder.children].sort((a, b) => Buffer.compare(identifier(a, hierarchy), identifier(b, hierarchy)));
}

/** Records never cross a sector: what does not fit any more begins in the next. */
function placeRecords(folder: Folder, hierarchy: Hierarchy): { node: Node; offset: number }[] {
  let offset = 2 * recordBytes(1);
  return sorted(folder, hierarchy).map((node) => {
    const length = recordBytes(identifier(node, hierarchy).length);
    if ((offset % SECTOR_BYTES) + length > SECTOR_BYTES) offset = sectors(offset) * SECTOR_BYTES;
    const placed = { node, offset };
    offset += length;
    return placed;
  });
}

function folderBytes(folder: Folder, hierarchy: Hierarchy): number {
  const last = placeRecords(folder, hierarchy).at(-1);
  const end =
    last === undefined ? 2 * recordBytes(1) : last.offset + recordBytes(identifier(last.node, hierarchy).length);
  return sectors(end) * SECTOR_BYTES;
}

function layOut(root: Folder, hierarchy: Hierarchy, start: number): { layout: Layout; end: number } {
  const folders = allFolders(root);
  const pathTableBytes = folders.reduce((sum, folder) => sum + pathRecordBytes(folder, root, hierarchy), 0);
  const little = start;
  const big = little + sectors(pathTableBytes);
  let next = big + sectors(pathTableBytes);
  const extents: Layout['extents'] = new Map();
  for (const folder of folders) {
    const bytes = folderBytes(folder, hierarchy);
    extents.set(folder, { sector: next, bytes });
    next += sectors(bytes);
  }
  return { layout: { hierarchy, folders, extents, pathTableBytes, pathTables: { little, big } }, end: next };
}

function pathIdentifier(folder: Folder, root: Folder, hierarchy: Hierarchy): Buffer {
  return folder === root ? Buffer.from([0]) : identifier(folder, hierarchy);
}

function pathRecordBytes(folder: Folder, root: Folder, hierarchy: Hierarchy): number {
  const length = pathIdentifier(folder, root, hierarchy).length;
  return 8 + length + (length % 2);
}

function writePathTables(image: Buffer, layout: Layout): void {
  const [root] = layout.folders;
  if (root === undefined) return;
  const numbers = new Map(layout.folders.map((folder, index) => [folder, index + 1]));
  let offset = 0;
  for (const folder of layout.folders) {
    const name = pathIdentifier(folder, root, layout.hierarchy);
    const sector = layout.extents.get(folder)?.sector ?? 0;
    const parent = numbers.get(folder.parent ?? root) ?? 1;
    const little = layout.pathTables.little * SECTOR_BYTES + offset;
    image.writeUInt8(name.length, little);
    image.writeUInt32LE(sector, little + 2);
    image.writeUInt16LE(parent, little + 6);
    name.copy(image, little + 8);
    const big = layout.pathTables.big * SECTOR_BYTES + offset;
    image.writeUInt8(name.length, big);
    image.writeUInt32BE(sector, big + 2);
    image.writeUInt16BE(parent, big + 6);
    name.copy(image, big + 8);
    offset += pathRecordBytes(folder, root, layout.hierarchy);
  }
}

function writeFolders(image: Buffer, layout: Layout, fileSectors: Map<Node, number>, created: Date): void {
  for (const folder of layout.folders) {
    const own = layout.extents.get(folder);
    const parent = layout.extents.get(folder.parent ?? folder);
    if (own === undefined || parent === undefined) continue;
    const start = own.sector * SECTOR_BYTES;
    writeRecord(image, start, Buffer.from([0]), own, true, created);
    writeRecord(image, start + recordBytes(1), Buffer.from([1]), parent, true, created);
    for (const { node, offset } of placeRecords(folder, layout.hierarchy)) {
      const extent =
        'children' in node
          ? layout.extents.get(node)
          : { sector: fileSectors.get(node) ?? 0, bytes: node.content.length };
      if (extent === undefined) continue;
      writeRecord(image, start + offset, identifier(node, layout.hierarchy), extent, 'children' in node, created);
    }
  }
}

/** Many numbers stand twice, little-endian and then big-endian. */
function writeBoth32(image: Buffer, value: number, offset: number): void {
  image.writeUInt32LE(value, offset);
  image.writeUInt32BE(value, offset + 4);
}

function writeBoth16(image: Buffer, value: number, offset: number): void {
  image.writeUInt16LE(value, offset);
  image.writeUInt16BE(value, offset + 2);
}

function writeRecord(
  image: Buffer,
  offset: number,
  name: Buffer,
  extent: { sector: number; bytes: number },
  isFolder: boolean,
  created: Date,
): void {
  image.writeUInt8(recordBytes(name.length), offset);
  writeBoth32(image, extent.sector, offset + 2);
  writeBoth32(image, extent.bytes, offset + 10);
  image.writeUInt8(created.getUTCFullYear() - 1900, offset + 18);
  image.writeUInt8(created.getUTCMonth() + 1, offset + 19);
  image.writeUInt8(created.getUTCDate(), offset + 20);
  image.writeUInt8(created.getUTCHours(), offset + 21);
  image.writeUInt8(created.getUTCMinutes(), offset + 22);
  image.writeUInt8(created.getUTCSeconds(), offset + 23);
  image.writeUInt8(isFolder ? 2 : 0, offset + 25);
  writeBoth16(image, 1, offset + 28);
  image.writeUInt8(name.length, offset + 32);
  name.copy(image, offset + 33);
}

function writeDescriptor(
  image: Buffer,
  sector: number,
  label: string,
  layout: Layout,
  totalSectors: number,
  created: Date,
): void {
  const at = sector * SECTOR_BYTES;
  const isJoliet = layout.hierarchy === 'joliet';
  const text = (value: string, offset: number, length: number) => {
    if (isJoliet) {
      const padded = value.padEnd(Math.floor(length / 2), ' ');
      Buffer.from(padded, 'utf16le')
        .swap16()
        .copy(image, at + offset);
    } else {
      image.write(value.padEnd(length, ' '), at + offset, 'latin1');
    }
  };
  image.writeUInt8(isJoliet ? 2 : 1, at);
  image.write('CD001\x01', at + 1, 'latin1');
  text('', 8, 32);
  text(label, 40, 32);
  writeBoth32(image, totalSectors, at + 80);
  if (isJoliet) JOLIET_ESCAPE.copy(image, at + 88);
  writeBoth16(image, 1, at + 120);
  writeBoth16(image, 1, at + 124);
  writeBoth16(image, SECTOR_BYTES, at + 128);
  writeBoth32(image, layout.pathTableBytes, at + 132);
  image.writeUInt32LE(layout.pathTables.little, at + 140);
  image.writeUInt32BE(layout.pathTables.big, at + 148);
  const [root] = layout.folders;
  const extent = root && layout.extents.get(root);
  if (extent !== undefined) writeRecord(image, at + 156, Buffer.from([0]), extent, true, created);
  for (const offset of [190, 318, 446, 574]) text('', offset, 128);
  for (const offset of [702, 739, 776]) text('', offset, 37);
  const stamp = created.toISOString().replace(/\D/g, '').slice(0, 16);
  for (const offset of [813, 830]) image.write(stamp, at + offset, 'latin1');
  // Never expires, effective at once: digits '0', which ECMA-119 reads as "not specified".
  for (const offset of [847, 864]) image.write('0'.repeat(16), at + offset, 'latin1');
  image.writeUInt8(1, at + 881);
}
