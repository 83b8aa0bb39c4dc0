import { expect, it } from 'vitest';
import { HEAD_BYTES, TAIL_BYTES } from '../../../app/contract/disk-format.ts';
import { detectFormat, type FileEnds, readEnds, suggestImageName } from './disk-format.ts';

function ends(...marks: [at: number, bytes: string | number[]][]): FileEnds {
  return { head: head(...marks), tail: new Uint8Array(TAIL_BYTES) };
}

function head(...marks: [at: number, bytes: string | number[]][]): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  for (const [at, mark] of marks) {
    bytes.set(typeof mark === 'string' ? new TextEncoder().encode(mark) : mark, at);
  }
  return bytes;
}

it.each([
  ['qcow2', ends([0, [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]])],
  ['vmdk', ends([0, 'KDMV'])],
  ['vmdk', ends([0, '# Disk DescriptorFile\nversion=1'])],
  ['vdi', ends([0, '<<< Oracle VM VirtualBox Disk Image >>>\n'], [64, [0x7f, 0x10, 0xda, 0xbe]])],
  ['vhdx', ends([0, 'vhdxfile'])],
  ['vhd', ends([0, 'conectix'])],
  ['raw', ends([510, [0x55, 0xaa]])],
  ['iso', ends([32_769, 'CD001'])],
  ['iso', ends([510, [0x55, 0xaa]], [32_769, 'CD001'])],
])('knows %s by its bytes, whatever it is called', (format, bytes) => {
  expect(detectFormat('something.img', bytes)).toEqual({ format, by: 'content', packedAs: null, foreign: null });
  expect(detectFormat('lies.qcow2', bytes).format).toBe(format);
});

it('knows a bootable fixed VHD by its end, and by nothing else', async () => {
  const footer = new Uint8Array(TAIL_BYTES);
  footer.set(new TextEncoder().encode('conectix'));
  const file = new Blob([head([510, [0x55, 0xaa]]) as Uint8Array<ArrayBuffer>, footer]);
  expect(detectFormat('azure.img', await readEnds(file))).toEqual({
    format: 'vhd',
    by: 'content',
    packedAs: null,
    foreign: null,
  });
  expect(detectFormat('azure.img', await readEnds(file.slice(0, -1))).format).toBe('raw');
});

it('says of a disk that no API has a name for what it is', () => {
  const parallels = ends([0, 'WithouFreSpacExt'], [510, [0x55, 0xaa]]);
  expect(detectFormat('disk.hdd', parallels)).toEqual({
    format: 'raw',
    by: 'content',
    packedAs: null,
    foreign: 'parallels',
  });
});

it('goes by the name where bytes say nothing, and takes the rest as raw', () => {
  expect(detectFormat('disk.ISO', ends())).toEqual({ format: 'iso', by: 'name', packedAs: null, foreign: null });
  expect(detectFormat('disk.vhd', ends())).toEqual({ format: 'vhd', by: 'name', packedAs: null, foreign: null });
  expect(detectFormat('disk.img', ends())).toEqual({ format: 'raw', by: 'nothing', packedAs: null, foreign: null });
  expect(detectFormat('', { head: new Uint8Array(), tail: new Uint8Array() })).toEqual({
    format: 'raw',
    by: 'nothing',
    packedAs: null,
    foreign: null,
  });
});

it('sees that a file is packed', () => {
  expect(detectFormat('disk.qcow2.gz', ends([0, [0x1f, 0x8b]])).packedAs).toBe('gzip');
  expect(detectFormat('disk.raw.xz', ends([0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]])).packedAs).toBe('xz');
  expect(detectFormat('machine.ova', ends([257, 'ustar'])).packedAs).toBe('tar');
  expect(detectFormat('disk.qcow2', ends([0, [0x51, 0x46, 0x49, 0xfb]])).packedAs).toBeNull();
});

it('suggests the name without its ending', () => {
  expect(suggestImageName('debian-12-genericcloud-amd64.qcow2')).toBe('debian-12-genericcloud-amd64');
  expect(suggestImageName('Fedora-Cloud-43-1.6.x86_64.raw.xz')).toBe('Fedora-Cloud-43-1.6.x86_64');
  expect(suggestImageName('C:\\images\\windows server.vhdx')).toBe('windows server');
  expect(suggestImageName('.img')).toBe('.img');
  expect(suggestImageName(`${'x'.repeat(300)}.iso`)).toHaveLength(255);
});
