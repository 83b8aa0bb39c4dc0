import { expect, it } from 'vitest';
import { detectFormat, HEAD_BYTES, suggestImageName } from './disk-format.ts';

function head(...marks: [at: number, bytes: string | number[]][]): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  for (const [at, mark] of marks) {
    bytes.set(typeof mark === 'string' ? new TextEncoder().encode(mark) : mark, at);
  }
  return bytes;
}

it.each([
  ['qcow2', head([0, [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]])],
  ['vmdk', head([0, 'KDMV'])],
  ['vmdk', head([0, '# Disk DescriptorFile\nversion=1'])],
  ['vdi', head([0, '<<< Oracle VM VirtualBox Disk Image >>>\n'], [64, [0x7f, 0x10, 0xda, 0xbe]])],
  ['vhdx', head([0, 'vhdxfile'])],
  ['vhd', head([0, 'conectix'])],
  ['raw', head([510, [0x55, 0xaa]])],
  ['iso', head([32_769, 'CD001'])],
  ['iso', head([510, [0x55, 0xaa]], [32_769, 'CD001'])],
])('knows %s by its bytes, whatever it is called', (format, bytes) => {
  expect(detectFormat('something.img', bytes)).toEqual({ format, by: 'content', packedAs: null });
  expect(detectFormat('lies.qcow2', bytes).format).toBe(format);
});

it('goes by the name where bytes say nothing, and takes the rest as raw', () => {
  expect(detectFormat('disk.ISO', head())).toEqual({ format: 'iso', by: 'name', packedAs: null });
  expect(detectFormat('disk.vhd', head())).toEqual({ format: 'vhd', by: 'name', packedAs: null });
  expect(detectFormat('disk.img', head())).toEqual({ format: 'raw', by: 'nothing', packedAs: null });
  expect(detectFormat('', new Uint8Array())).toEqual({ format: 'raw', by: 'nothing', packedAs: null });
});

it('sees that a file is packed', () => {
  expect(detectFormat('disk.qcow2.gz', head([0, [0x1f, 0x8b]])).packedAs).toBe('gzip');
  expect(detectFormat('disk.raw.xz', head([0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]])).packedAs).toBe('xz');
  expect(detectFormat('machine.ova', head([257, 'ustar'])).packedAs).toBe('tar');
  expect(detectFormat('disk.qcow2', head([0, [0x51, 0x46, 0x49, 0xfb]])).packedAs).toBeNull();
});

it('suggests the name without its ending', () => {
  expect(suggestImageName('debian-12-genericcloud-amd64.qcow2')).toBe('debian-12-genericcloud-amd64');
  expect(suggestImageName('Fedora-Cloud-43-1.6.x86_64.raw.xz')).toBe('Fedora-Cloud-43-1.6.x86_64');
  expect(suggestImageName('C:\\images\\windows server.vhdx')).toBe('windows server');
  expect(suggestImageName('.img')).toBe('.img');
  expect(suggestImageName(`${'x'.repeat(300)}.iso`)).toHaveLength(255);
});
