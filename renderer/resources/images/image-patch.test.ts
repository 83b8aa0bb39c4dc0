import { expect, it } from 'vitest';
import type { ImageView } from '../../../app/contract/openstack.ts';
import { buildImagePatch, editsOf } from './image-patch.ts';
import { propertiesOf } from './image-properties.ts';

const image: ImageView = {
  id: 'i',
  name: 'debian',
  status: 'active',
  visibility: 'private',
  owner: 'p',
  disk_format: 'qcow2',
  container_format: 'bare',
  size: 1,
  virtual_size: 2,
  min_disk: 1,
  min_ram: 0,
  checksum: null,
  os_hash_algo: null,
  os_hash_value: null,
  protected: false,
  os_hidden: false,
  tags: ['a'],
  created_at: '',
  updated_at: '',
  self: '',
  file: '',
  schema: '',
  os_distro: 'debian',
  'a/b~c': 'odd',
};

it('asks for nothing where nothing was changed', () => {
  expect(buildImagePatch(image, editsOf(image))).toEqual([]);
  expect(buildImagePatch(image, {})).toEqual([]);
});

it('replaces only the attributes that differ', () => {
  expect(buildImagePatch(image, { ...editsOf(image), name: 'Debian', min_ram: 512, protected: true })).toEqual([
    { op: 'replace', path: '/name', value: 'Debian' },
    { op: 'replace', path: '/min_ram', value: 512 },
    { op: 'replace', path: '/protected', value: true },
  ]);
  expect(buildImagePatch(image, { tags: ['a', 'b'] })).toEqual([{ op: 'replace', path: '/tags', value: ['a', 'b'] }]);
});

it('adds, replaces and removes properties, with names escaped', () => {
  const properties = [
    { key: 'os_distro', value: 'ubuntu' },
    { key: ' x/y ', value: '1' },
    { key: '', value: 'dropped' },
  ];
  expect(buildImagePatch(image, { properties })).toEqual([
    { op: 'remove', path: '/a~1b~0c' },
    { op: 'replace', path: '/os_distro', value: 'ubuntu' },
    { op: 'add', path: '/x~1y', value: '1' },
  ]);
});

it('tells properties from attributes', () => {
  expect(propertiesOf(image)).toEqual([
    { key: 'a/b~c', value: 'odd' },
    { key: 'os_distro', value: 'debian' },
  ]);
});
