import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { buildIso, SECTOR_BYTES } from './iso9660.ts';

const CREATED = new Date('2026-01-02T03:04:05.670Z');

describe('an image read with isoinfo, from the Debian package genisoimage', () => {
  test('has the label, the long names and the contents', async () => {
    await using folder = await makeTemporaryFolder();
    const files = new Map<string, Buffer>([
      ['openstack/latest/meta_data.json', Buffer.from('{"uuid":"x"}')],
      ['openstack/latest/user_data', Buffer.alloc(5000, 'u')],
      ['openstack/content/0000', Buffer.alloc(0)],
    ]);
    for (let number = 0; number < 60; number++) {
      files.set(`many/a-long-lowercase-name-number-${number}.txt`, Buffer.from(`content ${number}`));
    }
    const path = join(folder.path, 'drive.iso');
    writeFileSync(path, buildIso('config-2', files, CREATED));
    const isoinfo = (...args: string[]) => execFileSync('isoinfo', [...args, '-i', path]);
    expect(isoinfo('-d').toString()).toContain('Volume id: config-2\n');
    const found = isoinfo('-J', '-f').toString().trim().split('\n').sort();
    const folders = ['/many', '/openstack', '/openstack/content', '/openstack/latest'];
    expect(found).toEqual([...[...files.keys()].map((name) => `/${name}`), ...folders].sort());
    for (const [name, content] of files) expect(isoinfo('-J', '-x', `/${name}`)).toEqual(content);
    // The plain hierarchy is whole too, for readers without Joliet.
    expect(isoinfo('-l').toString()).toContain('F0000059.;1');
  });
});

const name = fc.stringMatching(/^[a-z0-9_.-]{1,64}$/).filter((text) => text !== '.' && text !== '..');
const files = fc.dictionary(
  fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
  fc.uint8Array({ maxLength: 5000 }),
  { maxKeys: 40, noNullPrototype: true },
);

describe('buildIso', () => {
  test('what is written can be read again', () => {
    fc.assert(
      fc.property(files, (record) => {
        const written = new Map(Object.entries(record).filter(([path]) => !isAlsoFolder(path, Object.keys(record))));
        const read = readJoliet(buildIso('config-2', written, CREATED));
        expect(new Map([...read].sort())).toEqual(
          new Map([...written].map(([path, bytes]) => [path, Buffer.from(bytes)] as const).sort()),
        );
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['a//b', 'empty part'],
    ['../x', 'parent'],
    ['a/./b', 'relative'],
    ['a*b', 'wildcard'],
    ['a\nb', 'control character'],
    [`a/${'x'.repeat(65)}`, 'too long'],
  ])('refuses the path %j (%s)', (path) => {
    expect(() => buildIso('config-2', new Map([[path, Buffer.alloc(1)]]), CREATED)).toThrow(
      expect.objectContaining({ code: 'bad_request', field: 'configDrive' }),
    );
  });

  test('refuses a file that is also a folder', () => {
    const clash = new Map([
      ['a', Buffer.alloc(1)],
      ['a/b', Buffer.alloc(1)],
    ]);
    expect(() => buildIso('config-2', clash, CREATED)).toThrow(/is a file and a folder/);
  });
});

function isAlsoFolder(path: string, all: string[]): boolean {
  return all.some((other) => other.startsWith(`${path}/`));
}

/** A reader of its own, straight from the specification: it shares nothing with the writer. */
function readJoliet(image: Buffer): Map<string, Buffer> {
  const descriptor = image.subarray(17 * SECTOR_BYTES);
  if (descriptor[0] !== 2 || descriptor.toString('latin1', 88, 91) !== '%/E') throw new Error('no Joliet descriptor');
  const result = new Map<string, Buffer>();
  const walk = (sector: number, bytes: number, prefix: string) => {
    const start = sector * SECTOR_BYTES;
    for (let offset = start; offset < start + bytes; ) {
      const length = image.readUInt8(offset);
      if (length === 0) {
        offset = (Math.floor(offset / SECTOR_BYTES) + 1) * SECTOR_BYTES;
        continue;
      }
      const nameBytes = image.subarray(offset + 33, offset + 33 + image.readUInt8(offset + 32));
      const at = image.readUInt32LE(offset + 2);
      const size = image.readUInt32LE(offset + 10);
      expect(image.readUInt32BE(offset + 6)).toBe(at);
      expect(image.readUInt32BE(offset + 14)).toBe(size);
      if (nameBytes.length > 1) {
        const path = prefix + Buffer.from(nameBytes).swap16().toString('utf16le');
        if ((image.readUInt8(offset + 25) & 2) !== 0) walk(at, size, `${path}/`);
        else result.set(path, image.subarray(at * SECTOR_BYTES, at * SECTOR_BYTES + size));
      }
      offset += length;
    }
  };
  walk(descriptor.readUInt32LE(156 + 2), descriptor.readUInt32LE(156 + 10), '');
  return result;
}
