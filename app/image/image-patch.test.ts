import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CumuletError } from '../contract/errors.ts';
import { applyPatch, type PatchDraft, parsePatch } from './image-patch.ts';
import { newImageRecord } from './image-record.service.ts';

function patched(body: unknown, draft: PatchDraft = 10) {
  const properties: Record<string, string> = { color: 'red' };
  const image = { ...newImageRecord({ owner: 'p' }), properties, tags: ['a'] };
  applyPatch(image, parsePatch(body, draft), draft);
  return image;
}

test('attributes and properties are replaced, added and removed', () => {
  const image = patched([
    { op: 'replace', path: '/name', value: 'new' },
    { op: 'add', path: '/min_ram', value: 512 },
    { op: 'replace', path: '/tags', value: ['b', 'b', 'c'] },
    { op: 'add', path: '/size~1of~0me', value: 'slash and tilde' },
    { op: 'remove', path: '/color' },
    { op: 'replace', path: '/disk_format', value: 'qcow2' },
  ]);
  expect(image).toMatchObject({ name: 'new', minRam: 512, tags: ['b', 'c'], diskFormat: 'qcow2' });
  expect(image.properties).toEqual({ 'size/of~me': 'slash and tilde' });
});

test('a patch has a thousand operations at most', () => {
  const operations = (count: number) =>
    Array.from({ length: count }, () => ({ op: 'replace', path: '/name', value: 'x' }));
  expect(patched(operations(1000)).name).toBe('x');
  expect(() => patched(operations(1001))).toThrow(
    expect.objectContaining({ code: 'bad_request', field: 'body', message: 'A patch has at most 1000 operations.' }),
  );
});

test('the older draft names the operation by its key and does not add what is there', () => {
  expect(patched([{ add: '/shape', value: 'round' }, { remove: '/color' }], 4).properties).toEqual({ shape: 'round' });
  expect(() => patched([{ add: '/color', value: 'blue' }], 4)).toThrow('Property color already present.');
  expect(() => patched([{ add: '/a', remove: '/b' }], 4)).toThrow('exactly one member');
  expect(patched([{ op: 'add', path: '/color', value: 'blue' }]).properties.color).toBe('blue');
});

test.each([
  ['not a list', {}, 'bad_request'],
  ['not an object', [1], 'bad_request'],
  ['no operation', [{ path: '/a', value: 'b' }], 'bad_request'],
  ['unknown operation', [{ op: 'move', path: '/a', value: 'b' }], 'bad_request'],
  ['no path', [{ op: 'add', value: 'b' }], 'bad_request'],
  ['path of a number', [{ op: 'add', path: 1, value: 'b' }], 'bad_request'],
  ['relative path', [{ op: 'add', path: 'a', value: 'b' }], 'bad_request'],
  ['root', [{ op: 'add', path: '/', value: 'b' }], 'bad_request'],
  ['deep path', [{ op: 'add', path: '/a/b', value: 'b' }], 'bad_request'],
  ['bad escape', [{ op: 'add', path: '/a~2', value: 'b' }], 'bad_request'],
  ['no value', [{ op: 'add', path: '/a' }], 'bad_request'],
  ['number for a property', [{ op: 'add', path: '/a', value: 1 }], 'bad_request'],
  ['null for a property', [{ op: 'add', path: '/a', value: null }], 'bad_request'],
  ['negative memory', [{ op: 'replace', path: '/min_ram', value: -1 }], 'bad_request'],
  ['fraction of a GiB', [{ op: 'replace', path: '/min_disk', value: 1.5 }], 'bad_request'],
  ['unknown format', [{ op: 'replace', path: '/disk_format', value: 'floppy' }], 'bad_request'],
  ['read-only', [{ op: 'replace', path: '/status', value: 'active' }], 'forbidden'],
  ['id', [{ op: 'replace', path: '/id', value: 'x' }], 'forbidden'],
  ['reserved', [{ op: 'add', path: '/deleted', value: 'x' }], 'forbidden'],
  ['prototype', [{ op: 'add', path: '/__proto__', value: 'x' }], 'forbidden'],
  ['reserved prefix', [{ op: 'add', path: '/os_glance_import_task', value: 'x' }], 'forbidden'],
  ['removing an attribute', [{ op: 'remove', path: '/name' }], 'forbidden'],
  ['removing what is not there', [{ op: 'remove', path: '/shape' }], 'conflict'],
  ['replacing what is not there', [{ op: 'replace', path: '/shape', value: 'round' }], 'conflict'],
])('refused: %s', (_what, body, code) => {
  expect(() => patched(body)).toThrow(expect.objectContaining({ code }));
});

test('formats are fixed once there is data', () => {
  const image = { ...newImageRecord({ owner: 'p' }), status: 'active' as const };
  const changes = parsePatch([{ op: 'replace', path: '/disk_format', value: 'raw' }], 10);
  expect(() => applyPatch(image, changes, 10)).toThrow('can be only replaced for a queued image');
});

test('any property name survives the way through a pointer', () => {
  const names = fc
    .string({ minLength: 1, maxLength: 40 })
    // Names such as `name` may be the image's own attributes; the tests above have those.
    .filter((name) => name.trim() === name && !/\/$|\/\s*\/|^[a-z_]+$/.test(name));
  fc.assert(
    fc.property(names, fc.string(), (name, value) => {
      const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      try {
        expect(patched([{ op: 'add', path: pointer, value }]).properties[name]).toBe(value);
      } catch (error) {
        // Reserved names are refused, everything else is data.
        expect(error).toBeInstanceOf(CumuletError);
        expect(name).toMatch(/^(os_glance|__proto__)/);
      }
    }),
  );
});
