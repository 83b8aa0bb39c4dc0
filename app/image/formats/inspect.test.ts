import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import {
  isoImage,
  MIB,
  qcow2Image,
  readerOf,
  VMDK_DESCRIPTOR,
  vdiImage,
  vhdImage,
  vhdxImage,
  vmdkImage,
} from './disk-image.fixture.ts';
import { checkHead, DISK_FORMATS, type DiskFormat, inspectDisk } from './inspect.ts';

const LIMIT = 2 ** 44;
const run = promisify(execFile);

async function inspect(format: DiskFormat, bytes: Buffer, size?: number): Promise<number | null> {
  return await inspectDisk(format, readerOf(bytes, size), LIMIT);
}

/** The image with some bytes written over. */
function bent(image: Buffer, change: (image: Buffer) => void): Buffer {
  change(image);
  return image;
}

test('well-formed images of each format are accepted, with the size a guest sees', async () => {
  expect(await inspect('qcow2', qcow2Image(64 * MIB))).toBe(64 * MIB);
  expect(await inspect('vmdk', vmdkImage())).toBe(64 * MIB);
  expect(await inspect('vhd', vhdImage('fixed'))).toBe(4096);
  expect(await inspect('vhd', vhdImage('dynamic', 8 * MIB))).toBe(8 * MIB);
  expect(await inspect('vhdx', vhdxImage())).toBe(64 * MIB);
  expect(await inspect('vdi', vdiImage())).toBe(MIB);
  expect(await inspect('iso', isoImage())).toBe(40_000);
  expect(await inspect('raw', Buffer.alloc(1000))).toBe(1000);
  expect(await inspect('raw', Buffer.alloc(0))).toBe(0);
  expect(await inspect('aki', Buffer.from('anything'))).toBeNull();
  // An image for CD and disk at once is a disk too.
  expect(await inspect('raw', isoImage())).toBe(40_000);
});

test('content of another format than the declared one is refused', async () => {
  const images: [string, Buffer][] = [
    ['qcow2', qcow2Image()],
    ['vmdk', vmdkImage()],
    ['vmdk', Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/shadow" 0\n')],
    ['vmdk', Buffer.from('COWD')],
    ['vhd', vhdImage('dynamic')],
    ['vhd', vhdImage('fixed')],
    ['vhdx', vhdxImage()],
    ['vdi', vdiImage()],
    ['qed', Buffer.from('QED\0')],
    ['parallels', Buffer.from('WithoutFreeSpace')],
    ['parallels', Buffer.from('WithouFreSpacExt')],
    ['bochs', Buffer.from('Bochs Virtual HD Image')],
    ['cloop', Buffer.from('#!/bin/sh\n#V2.0 Format\nmodprobe cloop')],
    // What QEMU takes for a descriptor needs no first line.
    ['vmdk', Buffer.from('#\n  \nversion=1\nRW 1 FLAT "/etc/shadow" 0\n')],
  ];
  for (const [actual, bytes] of images) {
    for (const declared of ['raw', 'iso', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'] as const) {
      if (declared === actual && bytes.length > 100) continue;
      await expect(inspect(declared, bytes), `${actual} as ${declared}`).rejects.toMatchObject({
        code: 'image_unusable',
      });
    }
  }
  // An ISO that is qcow2 to whoever guesses.
  const polyglot = bent(qcow2Image(), (image) => image.write('\x01CD001', 32_768, 'latin1'));
  await expect(inspect('iso', polyglot)).rejects.toThrow('is qcow2, not iso');
});

const QCOW2_ATTACKS: [string, RegExp, (image: Buffer) => void][] = [
  ['backing file', /backing file/, (image) => image.writeBigUInt64BE(200n, 8)],
  ['backing name without offset', /backing file/, (image) => image.writeUInt32BE(11, 16)],
  ['external data file', /another file/, (image) => image.writeBigUInt64BE(4n, 72)],
  ['corrupt', /corrupt/, (image) => image.writeBigUInt64BE(2n, 72)],
  ['unknown feature', /not known \(0x20\)/, (image) => image.writeBigUInt64BE(32n, 72)],
  ['version 1', /version 1/, (image) => image.writeUInt32BE(1, 4)],
  ['version 4', /version 4/, (image) => image.writeUInt32BE(4, 4)],
  ['encrypted', /encrypted/, (image) => image.writeUInt32BE(2, 32)],
  ['tiny clusters', /2\^8/, (image) => image.writeUInt32BE(8, 20)],
  ['huge clusters', /2\^40/, (image) => image.writeUInt32BE(40, 20)],
  ['huge L1', /L1 table is too large/, (image) => image.writeUInt32BE(0xffff_ffff, 36)],
  ['L1 too small for the size', /too small/, (image) => image.writeBigUInt64BE(2n ** 43n, 24)],
  ['size beyond all numbers', /out of range/, (image) => image.writeBigUInt64BE(2n ** 63n, 24)],
  ['L1 beyond the end', /ends before its L1/, (image) => image.writeBigUInt64BE(2n ** 40n, 40)],
  ['L1 not aligned', /not aligned/, (image) => image.writeBigUInt64BE(200n, 40)],
  ['L1 over the header', /over its header/, (image) => image.writeBigUInt64BE(0n, 40)],
  ['refcounts over the header', /over its header/, (image) => image.writeBigUInt64BE(0n, 48)],
  ['huge refcount table', /refcount table is too large/, (image) => image.writeUInt32BE(1000, 56)],
  ['many snapshots', /snapshots/, (image) => image.writeUInt32BE(100_000, 60)],
  ['refcount width', /refcount width/, (image) => image.writeUInt32BE(7, 96)],
  ['header length', /header length/, (image) => image.writeUInt32BE(72, 100)],
  ['L2 beyond the end', /before its data/, (image) => image.writeBigUInt64BE(2n ** 40n, 3 * 65_536)],
  ['L2 not aligned', /L1 table is not aligned/, (image) => image.writeBigUInt64BE(512n, 3 * 65_536)],
  [
    'name of a data file',
    /names an external/,
    (image) => {
      image.writeUInt32BE(0x6803f857, 104);
      image.writeUInt32BE(3, 108);
      image.writeUInt32BE(0x44415441, 120);
    },
  ],
];

test.each(QCOW2_ATTACKS)('qcow2 with %s is refused', async (_name, message, change) => {
  await expect(inspect('qcow2', bent(qcow2Image(), change))).rejects.toThrow(message);
});

test('what is wrong with a qcow2 header is seen in its first bytes, before the rest has come', () => {
  const image = bent(qcow2Image(), (header) => header.writeBigUInt64BE(200n, 8));
  expect(() => checkHead('qcow2', image.subarray(0, 65_536))).toThrow(/backing file/);
  expect(() => checkHead('raw', qcow2Image().subarray(0, 512))).toThrow(/is qcow2, not raw/);
  expect(() => checkHead('qcow2', qcow2Image().subarray(0, 65_536))).not.toThrow();
});

test('VMDK is one file or it is refused', async () => {
  const refused = [
    VMDK_DESCRIPTOR.replace('monolithicSparse', 'monolithicFlat'),
    VMDK_DESCRIPTOR.replace('monolithicSparse', 'twoGbMaxExtentSparse'),
    VMDK_DESCRIPTOR.replace('RW 131072 SPARSE', 'RW 131072 FLAT'),
    VMDK_DESCRIPTOR.replace('"disk.vmdk"', '"/etc/shadow"'),
    `${VMDK_DESCRIPTOR}RW 1 SPARSE "second.vmdk"\n`,
    `${VMDK_DESCRIPTOR}RDONLY 1 FLAT "second.vmdk" 0\n`,
    VMDK_DESCRIPTOR.replace('ffffffff', '01234567'),
    `${VMDK_DESCRIPTOR}parentFileNameHint="base.vmdk"\n`,
    VMDK_DESCRIPTOR.replace(/createType.*\n/, ''),
    'nothing',
  ];
  for (const descriptor of refused) {
    await expect(inspect('vmdk', vmdkImage(descriptor)), descriptor).rejects.toMatchObject({ code: 'image_unusable' });
  }
  await expect(inspect('vmdk', vmdkImage(VMDK_DESCRIPTOR, 0))).rejects.toThrow('no capacity');
  await expect(
    inspect(
      'vmdk',
      bent(vmdkImage(), (image) => image.writeBigUInt64LE(2n, 28)),
    ),
  ).rejects.toThrow('second sector');
});

/** A stream: the header leaves the grain directory to the footer, which repeats it. */
function vmdkStream(change: (footer: Buffer) => void = () => {}): Buffer {
  const stream = bent(vmdkImage(STREAM_DESCRIPTOR), (image) => image.writeBigUInt64LE(2n ** 64n - 1n, 56));
  const marker = Buffer.alloc(512);
  marker.writeUInt32LE(1, 0);
  marker.writeUInt32LE(3, 12);
  const footer = bent(Buffer.from(stream.subarray(0, 512)), (header) => header.writeBigUInt64LE(26n, 56));
  change(footer);
  return Buffer.concat([stream, marker, footer, Buffer.alloc(512)]);
}

/** As VMware's export writes it. */
const STREAM_DESCRIPTOR = VMDK_DESCRIPTOR.replace('monolithicSparse', 'streamOptimized').replace(
  'RW 131072 SPARSE "disk.vmdk"',
  'RDONLY 131072 SPARSE "generated-stream.vmdk"',
);

test('the footer of a VMDK says what its header says', async () => {
  expect(await inspect('vmdk', vmdkStream())).toBe(64 * MIB);
  await expect(inspect('vmdk', vmdkStream().subarray(0, -512))).rejects.toThrow('without its footer');
  const otherwise: ((footer: Buffer) => void)[] = [
    (footer) => footer.writeUInt32LE(2, 4),
    (footer) => footer.writeUInt32LE(1, 8),
    (footer) => footer.writeBigUInt64LE(0n, 12),
    (footer) => footer.writeBigUInt64LE(4_000_000n, 12),
    (footer) => footer.writeBigUInt64LE(8n, 20),
    (footer) => footer.writeBigUInt64LE(30n, 28),
    (footer) => footer.writeUInt16LE(1, 77),
    (footer) => footer.writeBigUInt64LE(2n ** 64n - 1n, 56),
  ];
  for (const change of otherwise) {
    await expect(inspect('vmdk', vmdkStream(change)), String(change)).rejects.toThrow('otherwise than its header');
  }
});

test('differences to other disks are refused in every format that has them', async () => {
  await expect(inspect('vhd', vhdImage('differencing'))).rejects.toThrow('difference');
  await expect(inspect('vhdx', vhdxImage(MIB, true))).rejects.toThrow('difference');
  await expect(
    inspect(
      'vdi',
      bent(vdiImage(), (image) => image.writeUInt32LE(4, 0x4c)),
    ),
  ).rejects.toThrow('difference');
  await expect(
    inspect(
      'vdi',
      bent(vdiImage(), (image) => image.writeUInt8(1, 0x1a8)),
    ),
  ).rejects.toThrow('difference');
});

test('a virtual size beyond the limit is refused with both numbers', async () => {
  await expect(inspectDisk('qcow2', readerOf(qcow2Image(64 * MIB)), MIB)).rejects.toThrow(
    `virtual size of ${64 * MIB} bytes is more than the ${MIB} bytes`,
  );
  await expect(inspectDisk('raw', readerOf(Buffer.alloc(0), 2 * MIB), MIB)).rejects.toThrow('virtual size');
});

test('whatever the bytes, the answer is a size or a refusal, never another error', async () => {
  const images = [qcow2Image(), vmdkImage(), vhdImage('dynamic'), vdiImage(), vhdxImage(), isoImage()];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...images),
      fc.constantFrom(...DISK_FORMATS),
      fc.array(fc.tuple(fc.nat(600), fc.uint8Array({ minLength: 1, maxLength: 8 })), { maxLength: 6 }),
      fc.option(fc.nat(70_000)),
      async (image, format, changes, cut) => {
        const bytes = Buffer.from(image);
        for (const [at, value] of changes) bytes.set(value, Math.min(at, bytes.length - value.length));
        try {
          const size = await inspect(format, cut === null ? bytes : bytes.subarray(0, cut));
          expect(size === null || (Number.isSafeInteger(size) && size <= LIMIT)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

const hasQemuImg = await run('qemu-img', ['--version']).then(
  () => true,
  () => false,
);
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cumulet-formats-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

test.skipIf(!hasQemuImg)(
  'images that qemu-img makes are read as it made them',
  async () => {
    const made: [DiskFormat, string[]][] = [
      ['qcow2', ['-f', 'qcow2']],
      ['qcow2', ['-f', 'qcow2', '-o', 'compat=0.10']],
      ['qcow2', ['-f', 'qcow2', '-o', 'cluster_size=2M']],
      ['qcow2', ['-f', 'qcow2', '-o', 'extended_l2=on']],
      ['qcow2', ['-f', 'qcow2', '-o', 'compression_type=zstd']],
      ['vmdk', ['-f', 'vmdk']],
      ['vmdk', ['-f', 'vmdk', '-o', 'subformat=streamOptimized']],
      ['vdi', ['-f', 'vdi']],
      ['vhdx', ['-f', 'vhdx']],
      ['vhd', ['-f', 'vpc', '-o', 'force_size=on']],
      ['vhd', ['-f', 'vpc', '-o', 'subformat=fixed,force_size=on']],
      ['raw', ['-f', 'raw']],
    ];
    for (const [index, [format, options]] of made.entries()) {
      const path = join(dir, String(index));
      await run('qemu-img', ['create', '-q', ...options, path, '32M']);
      expect(await inspect(format, await readFile(path)), options.join(' ')).toBe(32 * MIB);
    }
    const base = join(dir, '0');
    const refused: [DiskFormat, string[]][] = [
      ['qcow2', ['-f', 'qcow2', '-b', base, '-F', 'qcow2']],
      ['qcow2', ['-f', 'qcow2', '-o', `data_file=${join(dir, 'data')}`]],
      ['vmdk', ['-f', 'vmdk', '-o', 'subformat=monolithicFlat']],
      ['vmdk', ['-f', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse']],
    ];
    for (const [index, [format, options]] of refused.entries()) {
      const path = join(dir, `refused-${index}.${format}`);
      await run('qemu-img', ['create', '-q', ...options, path, '32M']);
      await expect(inspect(format, await readFile(path)), options.join(' ')).rejects.toMatchObject({
        code: 'image_unusable',
      });
    }
  },
  120_000,
);
