import { expect, it } from 'vitest';
import type { ImageView } from '../../../app/contract/openstack.ts';
import { downloadName } from './download-image.ts';

const name = (given: string | null, disk_format: ImageView['disk_format'] = 'qcow2'): string =>
  downloadName({ id: 'the-id', name: given, disk_format });

it('names the file after the image and its format', () => {
  expect(name('debian 12')).toBe('debian 12.qcow2');
  expect(name('Debian.QCOW2')).toBe('Debian.QCOW2');
  expect(name('系统', 'iso')).toBe('系统.iso');
  expect(name(null)).toBe('the-id.qcow2');
  expect(name('kernel', null)).toBe('kernel.img');
});

it('makes no paths and no hidden files of names', () => {
  expect(name('../../etc/passwd')).toBe('-..-etc-passwd.qcow2');
  expect(name('a<b>:"c"|?*\n')).toBe('a-b-c-.qcow2');
  expect(name('...')).toBe('the-id.qcow2');
});
